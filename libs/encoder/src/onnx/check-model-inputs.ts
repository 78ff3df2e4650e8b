import { expectedInputs, formatExpected, type ExpectedAxis, type ExpectedInput } from './expected-inputs.js';
import { formatValue, formatValueType } from './model-report.js';
import type { OnnxDimension, OnnxValue } from './onnx-model.js';
import type { EncoderRule } from '../rule/encoder-rule.js';

/** The inputs that a rule feeds, or what is wrong with them. */
export interface InputFindings {
  readonly inputs: readonly OnnxValue[];
  readonly problems: readonly string[];
}

/** Holds a model's inputs against what the rule's preprocessing makes. */
export function checkInputs(
  inputs: readonly OnnxValue[],
  rule: Pick<EncoderRule, 'source' | 'preprocess'>,
): InputFindings {
  const expected = expectedInputs(rule.preprocess, rule.source.kind === 'reference');
  if (expected === null) {
    const [input] = inputs;
    return input === undefined || inputs.length > 1
      ? { inputs: [], problems: [countProblem(inputs, 'a tensor whose sizes are fixed but for the batch')] }
      : { inputs, problems: tensorProblems(input) };
  }
  const [single] = expected;
  if (single?.name === null) {
    const [input] = inputs;
    return input === undefined || inputs.length > 1
      ? { inputs: [], problems: [countProblem(inputs, formatExpected(single))] }
      : { inputs, problems: inputProblems(input, single) };
  }
  return namedInputs(inputs, expected);
}

/** What is wrong with the first axis of an input or output, which must take any number of rows. */
export function batchProblem(what: string, size: OnnxDimension | undefined): string[] {
  return typeof size !== 'number' || size === 1
    ? []
    : [`${what} has a fixed batch of ${size}; needed is a batch size that is left open, or 1`];
}

function namedInputs(inputs: readonly OnnxValue[], expected: readonly ExpectedInput[]): InputFindings {
  const names = expected.map(({ name }) => name);
  const wanted = `${names.slice(0, -1).join(', ')} and, if it has it, ${names.at(-1)}`;
  const missing = expected.filter(
    ({ name, optional }) => !optional && !inputs.some((input) => input.name === name),
  );
  const unknown = inputs.filter(({ name }) => !names.includes(name));
  return {
    inputs: inputs.filter(({ name }) => names.includes(name)),
    problems: [
      ...missing.map((each) => `the input ${each.name} is missing; needed is ${formatExpected(each)}`),
      ...unknown.map(
        (input) => `the input ${formatValue(input)} is not one that text is made into; needed are ${wanted}`,
      ),
      ...inputs.flatMap((input) => {
        const each = expected.find(({ name }) => name === input.name);
        return each === undefined ? [] : inputProblems(input, each);
      }),
    ],
  };
}

function countProblem(inputs: readonly OnnxValue[], needed: string): string {
  return inputs.length === 0
    ? `the model has no input; needed is one, ${needed}`
    : `the model has ${inputs.length} inputs (${inputs.map(formatValue).join('; ')}); needed is one, ${needed}`;
}

function inputProblems(input: OnnxValue, expected: ExpectedInput): string[] {
  const shape = expected.shapes.find(({ length }) => length === input.shape?.length);
  if (input.element !== expected.element || input.shape === null || shape === undefined) {
    return [
      `the input ${input.name} is ${formatValueType(input)}; needed by the rule's preprocess is ${formatExpected(expected)}`,
    ];
  }
  return shape.flatMap((axis, index) => axisProblem(input, axis, input.shape?.[index] ?? '?'));
}

function axisProblem(input: OnnxValue, axis: ExpectedAxis, found: OnnxDimension): string[] {
  if (axis.kind === 'batch') {
    return batchProblem(`the input ${formatValue(input)}`, found);
  }
  // A size that the model leaves open is what the rule makes it.
  if (typeof found !== 'number') {
    return [];
  }
  const fits = axis.kind === 'size' ? found === axis.size : found >= axis.size;
  const needed = axis.kind === 'size' ? 'makes' : 'needs at least';
  return fits
    ? []
    : [
        `the input ${formatValue(input)} has ${found} as its ${axis.what}; the rule's preprocess ${needed} ${axis.size}`,
      ];
}

function tensorProblems(input: OnnxValue): string[] {
  const { kind, shape } = input;
  const needed = 'needed is a tensor whose sizes are fixed but for the batch, such as float32 [batch, 128]';
  if (kind !== 'tensor' || shape === null || shape.length === 0) {
    return [`the input ${formatValue(input)} takes no rows; ${needed}`];
  }
  const [batch, ...rest] = shape;
  const open = rest.filter((size) => typeof size !== 'number' || size === 0);
  return [
    ...batchProblem(`the input ${formatValue(input)}`, batch),
    ...(open.length === 0
      ? []
      : [`the input ${formatValue(input)} has sizes that are not fixed: ${open.join(', ')}; ${needed}`]),
  ];
}
