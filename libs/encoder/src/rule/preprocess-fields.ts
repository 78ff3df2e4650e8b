import { z } from 'zod';
import type {
  FeaturesPreprocess,
  ImagePreprocess,
  Preprocess,
  TextPreprocess,
} from '../inputs/preprocess.js';
import { numberField, textField, wholeField, wordField } from './rule-fields.js';

const positive = numberField.gt(0, 'must be above 0');

// Larger inputs than any published encoder takes; a mistyped size must not fill the memory.
const MAXIMUM_SIDE = 4_096;
const MAXIMUM_FEATURES = 1_024;
const MAXIMUM_TOKENS = 8_192;
const MAXIMUM_NGRAMS = 65_536;

const image = z
  .strictObject({
    kind: z.literal('image'),
    width: wholeField(1, MAXIMUM_SIDE),
    height: wholeField(1, MAXIMUM_SIDE),
    layout: wordField(['NCHW', 'NHWC']).default('NCHW'),
    dataType: wordField(['float32', 'uint8']).default('float32'),
    channels: wordField(['RGB', 'BGR', 'grayscale']).default('RGB'),
    resize: wordField(['stretch', 'crop']).default('stretch'),
    scale: positive.optional(),
    mean: z.array(numberField).optional(),
    std: z.array(positive).optional(),
  })
  .superRefine(({ dataType, channels, scale, mean, std }, context) => {
    const count = channels === 'grayscale' ? 1 : 3;
    for (const [key, value] of Object.entries({ mean, std })) {
      if (value !== undefined && value.length !== count) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `must have ${count} ${count === 1 ? 'number' : 'numbers'}, one per channel of ${channels}, and has ${value.length}`,
        });
      }
    }
    for (const [key, value] of Object.entries({ scale, mean, std })) {
      if (value !== undefined && dataType === 'uint8') {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'must not be given with dataType uint8: such models take pixels as they are, 0 to 255',
        });
      }
    }
  })
  .transform(({ scale = 1 / 255, mean = [], std = [], ...rest }): ImagePreprocess => ({
    ...rest,
    scale,
    mean,
    std,
  }));

const textInput = z.discriminatedUnion(
  'as',
  [
    z.strictObject({ kind: z.literal('text'), as: z.literal('string') }),
    z.strictObject({
      kind: z.literal('text'),
      as: z.literal('ids'),
      tokenizerFile: textField,
      // What sentence encoders are mostly trained with.
      maximumTokens: wholeField(2, MAXIMUM_TOKENS).default(256),
    }),
    z.strictObject({
      kind: z.literal('text'),
      as: z.literal('ngrams'),
      size: wholeField(2, MAXIMUM_NGRAMS),
      n: wholeField(1, 8).default(3),
    }),
  ],
  { error: 'must be string, ids or ngrams' },
) satisfies z.ZodType<TextPreprocess>;

const features = z
  .strictObject({
    kind: z.literal('features'),
    names: z
      .array(textField)
      .min(1, 'must name a feature')
      .max(MAXIMUM_FEATURES, `must name at most ${MAXIMUM_FEATURES} features`)
      .refine((names) => new Set(names).size === names.length, 'must not name a feature twice'),
    mean: z.array(numberField),
    std: z.array(positive),
  })
  .superRefine(({ names, mean, std }, context) => {
    for (const [key, value] of Object.entries({ mean, std })) {
      if (value.length !== names.length) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `must have one number per name, ${names.length}, and has ${value.length}`,
        });
      }
    }
  }) satisfies z.ZodType<FeaturesPreprocess>;

/** `preprocess` of an Encoder, with all defaults filled. */
export const preprocessField: z.ZodType<Preprocess> = z.discriminatedUnion(
  'kind',
  [image, textInput, features, z.strictObject({ kind: z.literal('tensor') })],
  { error: 'must be image, text, features or tensor' },
);
