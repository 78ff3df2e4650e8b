import { AppError } from '@tidewatch/core';
import type { TensorForm } from './convert-tensor.js';
import { isNumericElement } from './element-array.js';
import { channelCount, modelPixelDims } from './image/model-pixels.js';
import type { FeaturesPreprocess, ImagePreprocess, Preprocess, TextPreprocess } from './preprocess.js';
import { readTokenRules, type TokenRules } from './text/token-rules.js';

/** The input of a model that a rule's tensors go to; for token ids, `input_ids`. */
export interface ModelInput {
  /** Element type by its name, such as `float32` or `string`. */
  readonly element: string;
  /** Sizes without that of the batch; `null` for one that is known only when the model runs. */
  readonly dims: readonly (number | null)[];
}

/** All that is needed to prepare a rule's inputs, read and checked once. */
export type Preparation =
  | { readonly kind: 'image'; readonly preprocess: ImagePreprocess }
  | {
      readonly kind: 'strings';
      /** Sizes after that of the batch: none, or a 1. */ readonly dims: readonly number[];
    }
  | {
      readonly kind: 'ids';
      readonly rules: TokenRules;
      readonly maximumTokens: number;
      /** Of all rows; `null` for that of a batch's longest. */
      readonly length: number | null;
    }
  | { readonly kind: 'ngrams'; readonly size: number; readonly n: number }
  | { readonly kind: 'features'; readonly preprocess: FeaturesPreprocess; readonly width: number }
  | { readonly kind: 'tensor'; readonly form: TensorForm };

/** How a preparation is opened. */
export interface PreparationOptions {
  readonly preprocess: Preprocess;
  readonly input: ModelInput;
  /** Whether a rule may name fewer features than the model takes; the places after them are 0. Default `false`. */
  readonly padFeatures?: boolean;
}

/**
 * Reads what a rule's preprocessing needs, and checks that it makes what the model's input takes.
 *
 * @throws AppError `encoder.input-mismatch` when it makes something else, `encoder.preprocess` when its numbers make no
 * sense, `encoder.tokenizer` when its tokenizer file cannot be used
 */
export async function openPreparation(options: PreparationOptions): Promise<Preparation> {
  const { preprocess, input } = options;
  switch (preprocess.kind) {
    case 'image':
      checkNormalisation(preprocess);
      checkInput(input, preprocess.dataType, modelPixelDims(preprocess));
      return { kind: 'image', preprocess };
    case 'text':
      return openTextPreparation(preprocess, input);
    case 'features':
      return openFeaturePreparation(preprocess, options);
    case 'tensor':
      return { kind: 'tensor', form: fixedForm(input) };
  }
}

async function openTextPreparation(preprocess: TextPreprocess, input: ModelInput): Promise<Preparation> {
  switch (preprocess.as) {
    case 'string': {
      const dims = input.dims.length === 1 ? [1] : [];
      checkInput(input, 'string', dims);
      return { kind: 'strings', dims };
    }
    case 'ngrams':
      checkInput(input, 'float32', [preprocess.size]);
      return { kind: 'ngrams', size: preprocess.size, n: preprocess.n };
    case 'ids': {
      const { tokenizerFile, maximumTokens } = preprocess;
      const length = input.dims[0] ?? null;
      checkInput(input, 'int64', [length ?? maximumTokens]);
      const rules = await readTokenRules(tokenizerFile);
      checkRoom(maximumTokens, rules, length);
      return { kind: 'ids', rules, maximumTokens, length };
    }
  }
}

function openFeaturePreparation(
  preprocess: FeaturesPreprocess,
  { input, padFeatures = false }: PreparationOptions,
): Preparation {
  const { names, mean, std } = preprocess;
  if (mean.length !== names.length || std.length !== names.length) {
    throw invalid(
      `${names.length} features are named, with ${mean.length} means and ${std.length} deviations`,
    );
  }
  checkNumbers(mean, std);
  const taken = input.dims[0] ?? names.length;
  const width = padFeatures && taken > names.length ? taken : names.length;
  checkInput(input, 'float32', [width]);
  return { kind: 'features', preprocess, width };
}

/** The form that tensors must have, all of whose sizes are known. */
function fixedForm({ element, dims }: ModelInput): TensorForm {
  const fixed = dims.filter((size) => size !== null);
  if (!isNumericElement(element) || fixed.length !== dims.length) {
    throw new AppError({
      code: 'encoder.input-mismatch',
      message: `Preparing tensors for the encoder: its model takes ${describe({ element, dims })}.`,
      hint: 'Tensors can only be sent to a model that takes numbers and whose sizes, but for the batch, are all fixed.',
    });
  }
  return { element, dims: fixed };
}

function checkInput(input: ModelInput, element: string, dims: readonly number[]): void {
  const fits =
    input.element === element &&
    input.dims.length === dims.length &&
    input.dims.every((size, axis) => size === null || size === dims[axis]);
  if (!fits) {
    throw new AppError({
      code: 'encoder.input-mismatch',
      message: `Preparing inputs for the encoder: the rule makes ${describe({ element, dims })}, but the model takes ${describe(input)}.`,
      hint: 'Change preprocess in the rule so that it makes what the model takes.',
    });
  }
}

function describe({ element, dims }: ModelInput): string {
  return `${element} [batch${dims.map((size) => `, ${size ?? '?'}`).join('')}]`;
}

function checkNormalisation({ channels, scale, mean, std }: ImagePreprocess): void {
  const count = channelCount(channels);
  for (const numbers of [mean, std]) {
    if (numbers.length > 1 && numbers.length !== count) {
      throw invalid(`${numbers.length} numbers are given for ${count} channels (${channels})`);
    }
  }
  if (!Number.isFinite(scale)) {
    throw invalid(`scale is ${scale}`);
  }
  checkNumbers(mean, std);
}

function checkNumbers(mean: readonly number[], std: readonly number[]): void {
  if (!mean.every(Number.isFinite) || !std.every((value) => Number.isFinite(value) && value > 0)) {
    throw invalid('means have to be numbers, and standard deviations numbers above 0');
  }
}

function checkRoom(maximumTokens: number, { before, after }: TokenRules, length: number | null): void {
  const special = before.length + after.length;
  if (maximumTokens <= special) {
    throw invalid(`maximumTokens is ${maximumTokens}, and the tokenizer adds ${special} tokens of its own`);
  }
  if (length !== null && maximumTokens > length) {
    throw invalid(`maximumTokens is ${maximumTokens}, and the model takes ${length}`);
  }
}

function invalid(problem: string): AppError {
  return new AppError({
    code: 'encoder.preprocess',
    message: `Preparing inputs for the encoder: ${problem}.`,
    hint: 'Correct preprocess in the rule.',
  });
}
