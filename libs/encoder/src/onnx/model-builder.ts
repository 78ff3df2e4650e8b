import { MODEL_PROTO } from './onnx-schema.js';

/** Element types of ONNX tensors, by the numbers of `TensorProto.DataType`. */
export const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, string: 8, bool: 9 } as const;

/** A size, or the name of one that is known only when the model runs. */
export type Dimension = number | string;

/** An attribute of a node: a whole number, a list of them, a text, or a tensor; other numbers are given as `{float}`. */
export type Attribute =
  number | readonly number[] | string | { readonly float: number } | { readonly tensor: Initializer };

/** Numbers that are part of the model. */
export interface Initializer {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;
}

/** What goes in or comes out. */
export interface ModelValue {
  readonly name: string;
  readonly element: keyof typeof ELEMENT;
  readonly shape: readonly Dimension[];
}

/** A model to be written. */
export interface NewModel {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly metadata?: Readonly<Record<string, string>>;
}

// IR version 8 is what opsets 13 to 18 came with; every runtime since 2022 reads it.
const IR_VERSION = 8;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** Puts an ONNX model together, node by node. The same calls give the same bytes. */
export class ModelBuilder {
  private readonly model: NewModel;
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];

  constructor(model: NewModel) {
    this.model = model;
  }

  /** Adds numbers under a name, which nodes take as an input. */
  initializer(name: string, { dims, data }: Initializer): string {
    this.initializers.push(tensorProto(name, { dims, data }));
    return name;
  }

  /** Adds a node with one output, and returns the name of that. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes.push({
      opType,
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return output;
  }

  /** The bytes of the ONNX file. */
  build(): Uint8Array {
    const { name, opset, inputs, outputs, metadata = {} } = this.model;
    return MODEL_PROTO.encode(
      MODEL_PROTO.fromObject({
        irVersion: IR_VERSION,
        producerName: 'tidewatch',
        opsetImport: [{ domain: '', version: opset }],
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
        graph: {
          name,
          node: this.nodes,
          initializer: this.initializers,
          input: inputs.map(valueProto),
          output: outputs.map(valueProto),
        },
      }),
    ).finish();
  }
}

function valueProto({ name, element, shape }: ModelValue): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim } } } };
}

function tensorProto(name: string, { dims, data }: Initializer): object {
  return {
    name,
    dims: [...dims],
    dataType: elementOf(data),
    // Row-major and little-endian, as typed arrays are on every platform that we run on.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function elementOf(data: Initializer['data']): number {
  return data instanceof Float32Array
    ? ELEMENT.float32
    : data instanceof BigInt64Array
      ? ELEMENT.int64
      : data instanceof Int32Array
        ? ELEMENT.int32
        : data instanceof Int8Array
          ? ELEMENT.int8
          : ELEMENT.uint8;
}

function attributeProto(name: string, value: Attribute): object {
  if (typeof value === 'number') {
    return { name, type: ATTRIBUTE_TYPE.int, i: value };
  }
  if (typeof value === 'string') {
    return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  }
  if ('float' in value) {
    return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  }
  if ('tensor' in value) {
    return { name, type: ATTRIBUTE_TYPE.tensor, t: tensorProto('', value.tensor) };
  }
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value] };
}
