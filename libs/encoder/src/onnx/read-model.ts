import { AppError, errorMessage } from '@tidewatch/core';
import { elementName } from './element-type.js';
import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxMetadata,
  OnnxModel,
  OnnxNode,
  OnnxOpset,
  OnnxTensor,
  OnnxValue,
} from './onnx-model.js';
import { MODEL_PROTO } from './onnx-schema.js';
import { describeUnreadable } from './read-model-failure.js';
import type {
  Int64,
  WireAttribute,
  WireEntry,
  WireGraph,
  WireModel,
  WireNode,
  WireOpset,
  WireTensor,
  WireValue,
} from './wire-model.js';

/** `TensorProto.DataLocation.EXTERNAL`. */
const EXTERNAL = 1;

/**
 * Reads the bytes of an ONNX file. Large tensors are not copied: the model refers to `bytes`, which must not change.
 *
 * @throws AppError `encoder.model-unreadable` that says what was found instead
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  const model = decode(bytes);
  if (model.graph == null) {
    throw unreadable(describeUnreadable(bytes, 'it has no graph'));
  }
  return {
    bytes: bytes.byteLength,
    irVersion: Number(model.irVersion),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    modelVersion: Number(model.modelVersion),
    docString: model.docString,
    opsets: model.opsetImport.map(opset),
    metadata: model.metadataProps.map(metadata),
    graph: graph(model.graph),
    functions: model.functions.map((each) => ({
      domain: domainName(each.domain),
      name: each.name,
      docString: each.docString,
      opsets: each.opsetImport.map(opset),
      nodes: each.node.map(node),
    })),
  };
}

function decode(bytes: Uint8Array): WireModel {
  try {
    // A Buffer is needed: protobufjs reads other arrays several times slower. Both share the memory.
    return MODEL_PROTO.decode(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ) as unknown as WireModel;
  } catch (error) {
    throw unreadable(describeUnreadable(bytes, errorMessage(error)), error);
  }
}

function unreadable({ found, hint }: { found: string; hint: string }, cause?: unknown): AppError {
  return new AppError({
    code: 'encoder.model-unreadable',
    message: `The ONNX model cannot be read: the file ${found}.`,
    hint,
    cause,
  });
}

/** The default domain has two names, of which files use the empty one. */
function domainName(domain: string): string {
  return domain === '' ? 'ai.onnx' : domain;
}

function opset({ domain, version }: WireOpset): OnnxOpset {
  return { domain: domainName(domain), version: Number(version) };
}

function metadata({ key, value }: WireEntry): OnnxMetadata {
  return { key, value };
}

function graph(wire: WireGraph): OnnxGraph {
  const initializers = [
    ...wire.initializer,
    ...wire.sparseInitializer.flatMap(({ values, indices }) => [values ?? [], indices ?? []].flat()),
  ].map(tensor);
  const filled = new Set(initializers.map(({ name }) => name));
  return {
    name: wire.name,
    docString: wire.docString,
    nodes: wire.node.map(node),
    initializers,
    inputs: wire.input.filter(({ name }) => !filled.has(name)).map(value),
    outputs: wire.output.map(value),
    metadata: wire.metadataProps.map(metadata),
  };
}

function node(wire: WireNode): OnnxNode {
  return {
    name: wire.name,
    opType: wire.opType,
    domain: domainName(wire.domain),
    docString: wire.docString,
    attributes: wire.attribute.map(attribute),
    metadata: wire.metadataProps.map(metadata),
  };
}

function attribute(wire: WireAttribute): OnnxAttribute {
  const sparse = [wire.sparseTensor ?? [], ...wire.sparseTensors].flat();
  const tensors = [
    wire.t ?? [],
    ...wire.tensors,
    ...sparse.flatMap(({ values, indices }) => [values ?? [], indices ?? []].flat()),
  ].flat();
  return {
    name: wire.name,
    bytes:
      wire.s.length +
      wire.strings.reduce((sum, { length }) => sum + length, 0) +
      wire.floats.length * 4 +
      wire.ints.length * 8,
    tensors: tensors.map(tensor),
    graphs: [wire.g ?? [], ...wire.graphs].flat().map(graph),
  };
}

function tensor(wire: WireTensor): OnnxTensor {
  const external = wire.dataLocation === EXTERNAL || wire.externalData.length > 0;
  const listed =
    wire.floatData.length +
    wire.int32Data.length +
    wire.int64Data.length +
    wire.doubleData.length +
    wire.uint64Data.length +
    wire.stringData.length;
  return {
    name: wire.name,
    dims: wire.dims.map(Number),
    element: elementName(wire.dataType),
    raw: external || listed > 0 ? null : wire.rawData,
    listed,
    external: external ? (wire.externalData.find(({ key }) => key === 'location')?.value ?? '') : null,
    docString: wire.docString,
  };
}

function value({ name, type }: WireValue): OnnxValue {
  const tensorType = type?.tensorType;
  if (tensorType != null) {
    const { elemType, shape } = tensorType;
    return {
      name,
      kind: 'tensor',
      element: elementName(elemType),
      shape: shape == null ? null : shape.dim.map(dimension),
    };
  }
  return { name, kind: kindOf(type), element: '', shape: null };
}

function kindOf(type: WireValue['type']): OnnxValue['kind'] {
  return type == null
    ? 'untyped'
    : type.sequenceType != null
      ? 'sequence'
      : type.mapType != null
        ? 'map'
        : type.optionalType != null
          ? 'optional'
          : type.sparseTensorType != null
            ? 'sparse tensor'
            : 'untyped';
}

/** Some exporters write an open size as -1. */
function dimension(wire: { readonly dimValue?: Int64; readonly dimParam: string }): OnnxDimension {
  if (Object.hasOwn(wire, 'dimValue')) {
    const size = Number(wire.dimValue);
    return size < 0 ? '?' : size;
  }
  return wire.dimParam === '' ? '?' : wire.dimParam;
}
