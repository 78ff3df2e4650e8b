/** What an ONNX file says, as plain values. Numbers that are part of the model are views into the file's bytes. */
export interface OnnxModel {
  /** Length of the file. */
  readonly bytes: number;
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly modelVersion: number;
  readonly docString: string;
  /** The default domain is written `ai.onnx`. */
  readonly opsets: readonly OnnxOpset[];
  readonly metadata: readonly OnnxMetadata[];
  readonly graph: OnnxGraph;
  /** Operators that the model defines itself. */
  readonly functions: readonly OnnxFunction[];
}

/** Which version of a domain's operators a model uses. */
export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

/** A key and its value, of the model or of a node. */
export interface OnnxMetadata {
  readonly key: string;
  readonly value: string;
}

/** Nodes and the numbers they use: that of the model, or one inside a node (`If`, `Loop`, `Scan`). */
export interface OnnxGraph {
  readonly name: string;
  readonly docString: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** Without those that an initialiser fills: before IR version 4 each initialiser was an input as well. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: readonly OnnxMetadata[];
}

/** An operator that a model defines by nodes of others. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly docString: string;
  readonly opsets: readonly OnnxOpset[];
  readonly nodes: readonly OnnxNode[];
}

/** One application of an operator. */
export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly docString: string;
  readonly attributes: readonly OnnxAttribute[];
  readonly metadata: readonly OnnxMetadata[];
}

/** A setting of a node. Whole and real numbers are left out but for their size: nothing asks for them. */
export interface OnnxAttribute {
  readonly name: string;
  /** Of the texts and lists in it; tensors and graphs are counted by themselves. */
  readonly bytes: number;
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraph[];
}

/** Numbers that are part of the model. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** `float32`, `int64`, … */
  readonly element: string;
  /** Row-major and little-endian, a view into the file; `null` when they are kept in lists or in another file. */
  readonly raw: Uint8Array | null;
  /** How many elements are kept in lists (`float_data` and the like); 0 when `raw` or `external` holds them. */
  readonly listed: number;
  /** The file that holds the numbers, as the model names it; `null` when the model holds them. */
  readonly external: string | null;
  readonly docString: string;
}

/** A size; the name of one that is known only when the model runs; `?` when nothing is said of it. */
export type OnnxDimension = number | string;

/** What goes in or comes out. */
export interface OnnxValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sparse tensor' | 'sequence' | 'map' | 'optional' | 'untyped';
  /** Of a tensor; empty for others. */
  readonly element: string;
  /** `null` when not even the number of axes is known. */
  readonly shape: readonly OnnxDimension[] | null;
}
