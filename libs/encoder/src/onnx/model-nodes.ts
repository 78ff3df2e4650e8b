import type { OnnxGraph, OnnxModel, OnnxNode, OnnxOpset, OnnxTensor } from './onnx-model.js';

/** A node, and the versions of the operators around it: a function has its own. */
export interface NodeInPlace {
  readonly node: OnnxNode;
  readonly opsets: readonly OnnxOpset[];
}

/** Every node of a model: of its graph, of the graphs inside nodes, and of its functions. */
export function* nodesOf(model: OnnxModel): Generator<NodeInPlace> {
  yield* nodesBelow(model.graph.nodes, model.opsets);
  for (const each of model.functions) {
    yield* nodesBelow(each.nodes, each.opsets);
  }
}

/** Every graph of a model: its own and those inside nodes. */
export function* graphsOf(model: OnnxModel): Generator<OnnxGraph> {
  yield model.graph;
  for (const { node } of nodesOf(model)) {
    yield* node.attributes.flatMap(({ graphs }) => graphs);
  }
}

/** Every tensor of a model, with where it is. */
export function* tensorsOf(
  model: OnnxModel,
): Generator<{ readonly tensor: OnnxTensor; readonly what: string }> {
  for (const graph of graphsOf(model)) {
    for (const tensor of graph.initializers) {
      yield { tensor, what: `initialiser ${tensor.name}` };
    }
  }
  for (const { node } of nodesOf(model)) {
    for (const attribute of node.attributes) {
      for (const tensor of attribute.tensors) {
        yield { tensor, what: attributeName(node, attribute.name) };
      }
    }
  }
}

/** `attribute value of Constant node c1`. */
export function attributeName(node: OnnxNode, attribute: string): string {
  return `attribute ${attribute} of ${node.opType} node${node.name === '' ? '' : ` ${node.name}`}`;
}

function* nodesBelow(nodes: readonly OnnxNode[], opsets: readonly OnnxOpset[]): Generator<NodeInPlace> {
  for (const node of nodes) {
    yield { node, opsets };
    for (const { graphs } of node.attributes) {
      for (const graph of graphs) {
        yield* nodesBelow(graph.nodes, opsets);
      }
    }
  }
}
