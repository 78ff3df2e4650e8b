import { elementBits } from './element-type.js';
import { attributeName, graphsOf, nodesOf, tensorsOf } from './model-nodes.js';
import type { ExternalFile, ModelBlob, ModelProblem } from './model-report.js';
import type { OnnxModel, OnnxTensor } from './onnx-model.js';

/** The numbers and texts inside a model, and what is wrong with them. */
export interface TensorFindings {
  readonly parameters: { readonly count: number; readonly bytes: number };
  readonly externalFiles: readonly ExternalFile[];
  readonly blobs: readonly ModelBlob[];
  readonly problems: readonly ModelProblem[];
}

/** Texts above this length are no description any more. */
const MAXIMUM_TEXT_BYTES = 65_536;

/** Adds up a model's parameters, and finds files it refers to, large blobs, and tensors whose size contradicts their shape. */
export function inspectTensors(
  model: OnnxModel,
  limit: { readonly bytes: number; readonly severity: ModelProblem['severity'] },
): TensorFindings {
  const parameters = { count: 0, bytes: 0 };
  const files = new Map<string, number>();
  const blobs: ModelBlob[] = [];
  const problems: ModelProblem[] = [];
  for (const { tensor, what } of tensorsOf(model)) {
    const bytes = sizeOf(tensor);
    parameters.count += elementsOf(tensor);
    parameters.bytes += bytes;
    if (tensor.external !== null) {
      files.set(tensor.external, (files.get(tensor.external) ?? 0) + 1);
    } else if (bytes > limit.bytes) {
      blobs.push({ what, bytes });
    }
    const wrong = sizeProblem(tensor);
    if (wrong !== undefined) {
      problems.push({ severity: 'error', message: `${what} is corrupt: ${wrong}` });
    }
  }
  for (const { node } of nodesOf(model)) {
    blobs.push(
      ...node.attributes
        .filter(({ bytes }) => bytes > limit.bytes)
        .map(({ name, bytes }) => ({ what: attributeName(node, name), bytes })),
    );
  }
  blobs.sort((a, b) => b.bytes - a.bytes);
  const externalFiles = [...files].map(([location, tensors]) => ({
    location,
    tensors,
    inside: staysInside(location),
  }));
  return {
    parameters,
    externalFiles,
    blobs,
    problems: [
      ...problems,
      ...externalFiles.flatMap((file) => externalProblem(file)),
      ...blobs.map(({ what, bytes }): ModelProblem => ({
        severity: limit.severity,
        message: `${what} has ${bytes} bytes, more than the limit of ${limit.bytes}`,
      })),
      ...textsOf(model)
        .filter(({ bytes }) => bytes > MAXIMUM_TEXT_BYTES)
        .map(({ what, bytes }): ModelProblem => ({
          severity: 'warning',
          message: `${what} has ${bytes} bytes, more than a description needs (${MAXIMUM_TEXT_BYTES})`,
        })),
    ],
  };
}

function elementsOf({ dims }: OnnxTensor): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** In bytes, by the shape: what is kept in lists or in other files takes as much once it is loaded. */
function sizeOf(tensor: OnnxTensor): number {
  const bits = elementBits(tensor.element);
  return bits === 0 ? (tensor.raw?.length ?? 0) : Math.ceil((elementsOf(tensor) * bits) / 8);
}

/** Numbers kept in lists are packed in several ways, so only those in raw bytes are held against the shape. */
function sizeProblem(tensor: OnnxTensor): string | undefined {
  const { dims, element, raw } = tensor;
  if (dims.some((size) => size < 0)) {
    return `its shape is [${dims.join(', ')}], and no size may be below 0`;
  }
  if (raw === null || elementBits(element) === 0 || raw.length === sizeOf(tensor)) {
    return undefined;
  }
  return `${element} [${dims.join(', ')}] takes ${sizeOf(tensor)} bytes, and ${raw.length} are there`;
}

/** Whether a path leads to the folder of the model or below. Backslashes count: Windows takes them for slashes. */
function staysInside(location: string): boolean {
  if (location === '' || /^([/\\]|[A-Za-z]:)/.test(location)) {
    return false;
  }
  let depth = 0;
  for (const part of location.split(/[/\\]/)) {
    depth += part === '..' ? -1 : part === '' || part === '.' ? 0 : 1;
    if (depth < 0) {
      return false;
    }
  }
  return depth > 0;
}

function externalProblem({ location, inside }: ExternalFile): ModelProblem[] {
  if (inside) {
    return [];
  }
  const reason =
    location === ''
      ? 'external data without a file name'
      : /^([/\\]|[A-Za-z]:)/.test(location)
        ? `external data in ${location}, an absolute path`
        : `external data in ${location}, outside of the model's folder`;
  return [
    {
      severity: 'error',
      message: `${reason}; needed is a path relative to the model's folder that stays in it`,
    },
  ];
}

function textsOf(model: OnnxModel): { readonly what: string; readonly bytes: number }[] {
  const graphs = [...graphsOf(model)];
  const nodes = [...nodesOf(model)].map(({ node }) => node);
  const named = (name: string) => (name === '' ? '' : ` ${name}`);
  return [
    { what: 'the documentation of the model', text: model.docString },
    ...graphs.map(({ name, docString }) => ({
      what: `the documentation of graph${named(name)}`,
      text: docString,
    })),
    ...nodes.map(({ name, opType, docString }) => ({
      what: `the documentation of ${opType} node${named(name)}`,
      text: docString,
    })),
    ...[...tensorsOf(model)].map(({ tensor, what }) => ({
      what: `the documentation of ${what}`,
      text: tensor.docString,
    })),
    ...model.functions.map(({ name, docString }) => ({
      what: `the documentation of function${named(name)}`,
      text: docString,
    })),
    ...[model, ...graphs, ...nodes].flatMap(({ metadata }) =>
      metadata.map(({ key, value }) => ({ what: `metadata ${key.slice(0, 100)}`, text: value })),
    ),
  ].map(({ what, text }) => ({ what, bytes: Buffer.byteLength(text) }));
}
