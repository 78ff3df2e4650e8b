import type { ImagePreprocess, Preprocess, TextPreprocess } from '../inputs/preprocess.js';

/** What one axis of an input must be. */
export type ExpectedAxis =
  /** Any number of inputs at once. */
  | { readonly kind: 'batch' }
  /** This size, or left open by the model: the rule gives it. */
  | { readonly kind: 'size'; readonly what: string; readonly size: number }
  /** This size or more, or left open: what is missing is filled up. */
  | { readonly kind: 'at-least'; readonly what: string; readonly size: number };

/** An input that a model must have for a rule's preprocessing. */
export interface ExpectedInput {
  /** `null` when there is one input, whatever it is called. */
  readonly name: string | null;
  readonly optional: boolean;
  readonly element: string;
  /** One of these. */
  readonly shapes: readonly (readonly ExpectedAxis[])[];
}

const BATCH: ExpectedAxis = { kind: 'batch' };

/**
 * What a rule's preprocessing makes, as the inputs that the model must have; `null` for tensors as they are sent, which go
 * into one input of any element type and number of axes.
 *
 * @param filled whether features are filled up with zeros to what the model takes, as for the tabular reference encoder
 */
export function expectedInputs(preprocess: Preprocess, filled: boolean): readonly ExpectedInput[] | null {
  switch (preprocess.kind) {
    case 'image':
      return [only(preprocess.dataType, [imageShape(preprocess)])];
    case 'text':
      return textInputs(preprocess);
    case 'features': {
      const { length } = preprocess.names;
      return [
        only('float32', [
          [BATCH, { kind: filled ? 'at-least' : 'size', what: 'number of features', size: length }],
        ]),
      ];
    }
    case 'tensor':
      return null;
  }
}

/** `int64 [batch, 256]`; `string [batch] or [batch, 1]`. */
export function formatExpected({ element, shapes }: ExpectedInput): string {
  const axis = (each: ExpectedAxis) =>
    each.kind === 'batch' ? 'batch' : `${each.size}${each.kind === 'at-least' ? ' or more' : ''}`;
  return `${element} ${shapes.map((shape) => `[${shape.map(axis).join(', ')}]`).join(' or ')}`;
}

function only(element: string, shapes: ExpectedInput['shapes']): ExpectedInput {
  return { name: null, optional: false, element, shapes };
}

function imageShape({ width, height, layout, channels }: ImagePreprocess): readonly ExpectedAxis[] {
  const plane = [size('height', height), size('width', width)];
  const depth = size('number of channels', channels === 'grayscale' ? 1 : 3);
  return layout === 'NCHW' ? [BATCH, depth, ...plane] : [BATCH, ...plane, depth];
}

function textInputs(preprocess: TextPreprocess): readonly ExpectedInput[] {
  switch (preprocess.as) {
    case 'string':
      return [only('string', [[BATCH], [BATCH, size('second size', 1)]])];
    case 'ids': {
      const tokens: ExpectedAxis = {
        kind: 'at-least',
        what: 'number of tokens',
        size: preprocess.maximumTokens,
      };
      const shapes = [[BATCH, tokens]];
      return [
        { name: 'input_ids', optional: false, element: 'int64', shapes },
        { name: 'attention_mask', optional: false, element: 'int64', shapes },
        { name: 'token_type_ids', optional: true, element: 'int64', shapes },
      ];
    }
    case 'ngrams':
      return [only('float32', [[BATCH, size('length of n-gram vectors', preprocess.size)]])];
  }
}

function size(what: string, value: number): ExpectedAxis {
  return { kind: 'size', what, size: value };
}
