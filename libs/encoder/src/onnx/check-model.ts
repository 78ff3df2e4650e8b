import { AppError } from '@tidewatch/core';
import type { EncoderRule } from '../rule/encoder-rule.js';
import { batchProblem, checkInputs } from './check-model-inputs.js';
import { formatValue, type ModelReport } from './model-report.js';
import type { OnnxDimension, OnnxValue } from './onnx-model.js';

/** How a model is fed and read for a rule. */
export interface ModelFit {
  /** In the model's order. Sizes may be names: those of the rule's preprocessing are meant. */
  readonly inputs: readonly OnnxValue[];
  /** Name of the output that is the vector. */
  readonly output: string;
  /** Length of a vector. */
  readonly dimension: number;
  /** 1 when the model takes one input at a time; `null` when it takes any number. */
  readonly fixedBatch: 1 | null;
  /** How many tokens each row of ids must have, filled up; `null` when it may be any number, or there are no ids. */
  readonly fixedTokens: number | null;
  /** `mean`: the output is `[batch, tokens, dimension]`, and the vector is its mean over the tokens that the mask keeps. */
  readonly pooling: 'none' | 'mean';
}

/**
 * Holds a model against what a rule needs of it.
 *
 * @throws AppError `encoder.model-unfit` that lists everything wrong, each with what was found and what is needed
 */
export function checkModel(
  report: ModelReport,
  rule: Pick<EncoderRule, 'name' | 'source' | 'preprocess' | 'output'>,
): ModelFit {
  const ofModel = report.problems.filter(({ severity }) => severity === 'error');
  const { inputs, problems: ofInputs } = checkInputs(report.inputs, rule);
  const output = checkOutput(report.outputs, rule);
  const problems = [...ofModel.map(({ message }) => message), ...ofInputs, ...output.problems];
  if (problems.length > 0 || output.value === null) {
    throw new AppError({
      code: 'encoder.model-unfit',
      message: `The model of Encoder ${rule.name} cannot be used:\n${problems.map((each) => `  ${each}`).join('\n')}`,
      hint: 'Correct the rule, or export the model anew; "tidewatch model inspect" shows what is in it.',
    });
  }
  const batches = [...inputs, output.value].map(({ shape }) => shape?.[0]);
  const ids = rule.preprocess.kind === 'text' && rule.preprocess.as === 'ids';
  const tokens = inputs.map(({ shape }) => shape?.[1]).find((size) => typeof size === 'number');
  return {
    inputs,
    output: output.value.name,
    dimension: output.dimension,
    fixedBatch: batches.includes(1) ? 1 : null,
    fixedTokens: ids ? (tokens ?? null) : null,
    pooling: output.pooling,
  };
}

interface OutputFindings {
  readonly value: OnnxValue | null;
  readonly dimension: number;
  readonly pooling: ModelFit['pooling'];
  readonly problems: readonly string[];
}

function checkOutput(
  outputs: readonly OnnxValue[],
  { preprocess, output: wanted }: Pick<EncoderRule, 'preprocess' | 'output'>,
): OutputFindings {
  const value = wanted.name === null ? outputs[0] : outputs.find(({ name }) => name === wanted.name);
  const has = outputs.length === 0 ? 'none' : outputs.map(formatValue).join('; ');
  if (value === undefined) {
    return refused(
      wanted.name === null
        ? 'the model has no output; needed is one that is float32 [batch, dimension]'
        : `the model has no output ${wanted.name}; it has ${has}`,
    );
  }
  if (wanted.name === null && outputs.length > 1) {
    return refused(`the model has ${outputs.length} outputs (${has}); name one of them as output.name`);
  }
  const ids = preprocess.kind === 'text' && preprocess.as === 'ids';
  const needed = `needed is float32 [batch, dimension]${ids ? ', or [batch, tokens, dimension], of which the mean is taken' : ''}`;
  const shape = value.shape ?? [];
  const axes = vectorAxes(shape, ids);
  if (value.element !== 'float32' || axes === null) {
    return refused(`the output ${formatValue(value)} is no vector per input; ${needed}`);
  }
  const { dimension, pooling } = axes;
  const fixed = typeof dimension === 'number' && dimension > 0;
  return {
    value,
    dimension: fixed ? dimension : 0,
    pooling,
    problems: [
      ...batchProblem(`the output ${formatValue(value)}`, shape[0]),
      ...(fixed
        ? []
        : [
            `the output ${formatValue(value)} does not have a fixed dimension (${dimension}); ` +
              'needed is a number above 0: export the model with that size fixed',
          ]),
      ...(fixed && wanted.dimension !== null && dimension !== wanted.dimension
        ? [`the output ${formatValue(value)} has dimension ${dimension}; the rule needs ${wanted.dimension}`]
        : []),
    ],
  };
}

/** Which axis is the vector: `[batch, d]`, `[batch, d, 1, 1]` as global pooling leaves it, or `[batch, tokens, d]`. */
function vectorAxes(
  shape: readonly OnnxDimension[],
  ids: boolean,
): { readonly dimension: OnnxDimension; readonly pooling: ModelFit['pooling'] } | null {
  const [, second = '?', third = '?', fourth = '?'] = shape;
  switch (shape.length) {
    case 2:
      return { dimension: second, pooling: 'none' };
    case 3:
      return ids ? { dimension: third, pooling: 'mean' } : null;
    case 4:
      return third === 1 && fourth === 1 ? { dimension: second, pooling: 'none' } : null;
    default:
      return null;
  }
}

function refused(problem: string): OutputFindings {
  return { value: null, dimension: 0, pooling: 'none', problems: [problem] };
}
