import { inspectOperators } from './inspect-model-operators.js';
import { inspectTensors } from './inspect-model-tensors.js';
import type { ModelReport } from './model-report.js';
import type { OnnxModel } from './onnx-model.js';

/** Few encoders have a tensor of this size; those that do are mostly right to, as BERT is with a token table of 90 MiB. */
const DEFAULT_BLOB_BYTES = 67_108_864;
const SHOWN_TEXT = 1_000;

/**
 * Reports what is in a model and what is wrong with it, whatever it is to be used for.
 *
 * @param maximumBlobBytes what no initialiser or attribute may exceed. Without it those above 64 MiB are warned about
 */
export function inspectModel(model: OnnxModel, maximumBlobBytes?: number): ModelReport {
  const { operators, customDomains, problems } = inspectOperators(model);
  const tensors = inspectTensors(
    model,
    maximumBlobBytes === undefined
      ? { bytes: DEFAULT_BLOB_BYTES, severity: 'warning' }
      : { bytes: maximumBlobBytes, severity: 'error' },
  );
  return {
    bytes: model.bytes,
    irVersion: model.irVersion,
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    modelVersion: model.modelVersion,
    graph: model.graph.name,
    opsets: model.opsets,
    operators,
    functions: model.functions.map(({ domain, name }) => `${domain}:${name}`),
    customDomains,
    inputs: model.graph.inputs,
    outputs: model.graph.outputs,
    metadata: Object.fromEntries(model.metadata.map(({ key, value }) => [key, cut(value)])),
    parameters: tensors.parameters,
    externalFiles: tensors.externalFiles,
    blobs: tensors.blobs,
    problems: [...problems, ...tensors.problems],
  };
}

function cut(text: string): string {
  return text.length <= SHOWN_TEXT ? text : `${text.slice(0, SHOWN_TEXT)}…`;
}
