/** A whole number of 64 bits as protobufjs gives it: an object that `Number` reads, or a number. */
export type Int64 = number | { toString(): string };

// The messages of `onnx-schema.ts` as protobufjs decodes them: lists and texts that are absent are empty, messages null.

export interface WireModel {
  readonly irVersion: Int64;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly modelVersion: Int64;
  readonly docString: string;
  readonly graph: WireGraph | null;
  readonly opsetImport: readonly WireOpset[];
  readonly metadataProps: readonly WireEntry[];
  readonly functions: readonly WireFunction[];
}

export interface WireOpset {
  readonly domain: string;
  readonly version: Int64;
}

export interface WireEntry {
  readonly key: string;
  readonly value: string;
}

export interface WireFunction {
  readonly name: string;
  readonly domain: string;
  readonly docString: string;
  readonly node: readonly WireNode[];
  readonly opsetImport: readonly WireOpset[];
}

export interface WireGraph {
  readonly name: string;
  readonly docString: string;
  readonly node: readonly WireNode[];
  readonly initializer: readonly WireTensor[];
  readonly sparseInitializer: readonly WireSparse[];
  readonly input: readonly WireValue[];
  readonly output: readonly WireValue[];
  readonly metadataProps: readonly WireEntry[];
}

export interface WireNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly docString: string;
  readonly attribute: readonly WireAttribute[];
  readonly metadataProps: readonly WireEntry[];
}

export interface WireAttribute {
  readonly name: string;
  readonly s: Uint8Array;
  readonly strings: readonly Uint8Array[];
  readonly floats: readonly number[];
  readonly ints: readonly Int64[];
  readonly t: WireTensor | null;
  readonly tensors: readonly WireTensor[];
  readonly g: WireGraph | null;
  readonly graphs: readonly WireGraph[];
  readonly sparseTensor: WireSparse | null;
  readonly sparseTensors: readonly WireSparse[];
}

export interface WireSparse {
  readonly values: WireTensor | null;
  readonly indices: WireTensor | null;
}

export interface WireTensor {
  readonly name: string;
  readonly dims: readonly Int64[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly Int64[];
  readonly uint64Data: readonly Int64[];
  readonly doubleData: readonly number[];
  readonly stringData: readonly Uint8Array[];
  readonly externalData: readonly WireEntry[];
  readonly dataLocation: number;
  readonly docString: string;
}

export interface WireValue {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly { readonly dimValue?: Int64; readonly dimParam: string }[];
      } | null;
    } | null;
    readonly sequenceType: object | null;
    readonly mapType: object | null;
    readonly optionalType: object | null;
    readonly sparseTensorType: object | null;
  } | null;
}
