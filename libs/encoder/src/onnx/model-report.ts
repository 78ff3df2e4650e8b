import type { OnnxOpset, OnnxValue } from './onnx-model.js';

/** What is wrong with a model: an error keeps it from being used, a warning does not. */
export interface ModelProblem {
  readonly severity: 'error' | 'warning';
  /** What was found, and what is needed. */
  readonly message: string;
}

/** How often an operator is used, inside of subgraphs and functions too. */
export interface OperatorCount {
  readonly domain: string;
  readonly type: string;
  readonly count: number;
}

/** A file beside the model that holds some of its numbers. */
export interface ExternalFile {
  /** As the model names it, relative to the model's folder. */
  readonly location: string;
  readonly tensors: number;
  /** Whether it lies in the model's folder or below: another is never opened. */
  readonly inside: boolean;
}

/** Something large inside a model. */
export interface ModelBlob {
  readonly what: string;
  readonly bytes: number;
}

/** What is in an ONNX model. Plain values: it can be written as JSON. */
export interface ModelReport {
  readonly bytes: number;
  readonly irVersion: number;
  /** Name and version of the program that wrote the file; empty when it says neither. */
  readonly producer: string;
  readonly modelVersion: number;
  /** Name of the main graph. */
  readonly graph: string;
  readonly opsets: readonly OnnxOpset[];
  /** Most frequent first. */
  readonly operators: readonly OperatorCount[];
  /** Operators that the model defines itself, as `domain:name`. */
  readonly functions: readonly string[];
  /** Domains of operators that neither ONNX Runtime nor the model defines. */
  readonly customDomains: readonly string[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Long values are cut. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Elements of all initialisers and tensor attributes, and how much room they take, in other files too. */
  readonly parameters: { readonly count: number; readonly bytes: number };
  readonly externalFiles: readonly ExternalFile[];
  /** Larger than the limit, largest first. */
  readonly blobs: readonly ModelBlob[];
  readonly problems: readonly ModelProblem[];
}

/** `images float32 [batch, 3, 224, 224]`. */
export function formatValue({ name, kind, element, shape }: OnnxValue): string {
  return `${name} ${formatValueType({ kind, element, shape })}`;
}

/** `float32 [batch, 3, 224, 224]`; `float32 of unknown rank`; `of kind sequence`. */
export function formatValueType({ kind, element, shape }: Omit<OnnxValue, 'name'>): string {
  return kind === 'tensor'
    ? `${element} ${shape === null ? 'of unknown rank' : `[${shape.join(', ')}]`}`
    : `of kind ${kind}`;
}
