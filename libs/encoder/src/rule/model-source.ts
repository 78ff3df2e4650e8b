import { z } from 'zod';
import type { Preprocess } from '../inputs/preprocess.js';
import { referenceEncoder, type ReferenceName } from '../reference/reference-encoders.js';
import { TABULAR_FEATURES } from '../reference/tabular-encoder.js';
import { modelUrlProblem } from './model-url.js';
import { preprocessField } from './preprocess-fields.js';
import { textField, wordField } from './rule-fields.js';

/** Where an encoder's model comes from. */
export type ModelSource =
  | { readonly kind: 'reference'; readonly name: ReferenceName }
  /** Relative to the rules directory. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** The keys of `spec` that say which model is run, and how inputs become what it takes. */
export const sourceFields = {
  reference: wordField(['image', 'tabular', 'text']).optional(),
  file: textField.optional(),
  url: textField
    .superRefine((value, context) => {
      const problem = modelUrlProblem(value);
      if (problem !== undefined) {
        context.addIssue(problem);
      }
    })
    .optional(),
  sha256: z
    .string({ error: 'must be text; write it in quotation marks' })
    .regex(/^[0-9a-f]{64}$/i, 'must be a SHA-256 of 64 hexadecimal digits, as sha256sum prints it')
    .toLowerCase()
    .optional(),
  signature: z.strictObject({ signatureFile: textField, publicKeyFile: textField }).optional(),
  preprocess: preprocessField.optional(),
} as const;

/** What was written for {@link sourceFields}. */
export type WrittenSource = Partial<z.output<z.ZodObject<typeof sourceFields>>>;

/** Something wrong with a key. */
export interface KeyProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Problems of the source and of what depends on it. */
export function sourceProblems(written: WrittenSource): KeyProblem[] {
  const { reference, file, url, sha256, signature, preprocess } = written;
  const given = [reference, file, url].filter((each) => each !== undefined).length;
  if (given !== 1) {
    const found = given === 0 ? 'none' : String(given);
    return [{ path: [], message: `must have exactly one of reference, file and url, and has ${found}` }];
  }
  if (reference !== undefined) {
    const message = 'must not be given with a reference encoder, whose checksum is known';
    return [
      ...(sha256 === undefined ? [] : [{ path: ['sha256'], message }]),
      ...(signature === undefined ? [] : [{ path: ['signature'], message }]),
      ...referencePreprocessProblems(reference, preprocess),
    ];
  }
  return [
    ...(sha256 !== undefined
      ? []
      : [
          {
            path: ['sha256'],
            message: 'must be given with a file or url: the checksum that "tidewatch model inspect" prints',
          },
        ]),
    ...(preprocess !== undefined
      ? []
      : [
          {
            path: ['preprocess'],
            message:
              'must say how inputs become what the model takes; its kind is image, text, features or tensor',
          },
        ]),
  ];
}

function referencePreprocessProblems(
  reference: ReferenceName,
  preprocess: Preprocess | undefined,
): KeyProblem[] {
  if (reference !== 'tabular') {
    return preprocess === undefined
      ? []
      : [
          {
            path: ['preprocess'],
            message: `must not be given: the reference encoder ${reference} brings its own`,
          },
        ];
  }
  if (preprocess?.kind !== 'features') {
    return [
      {
        path: ['preprocess'],
        message: 'must be of kind features, with names, mean and std, for the reference encoder tabular',
      },
    ];
  }
  const count = preprocess.names.length;
  return count <= TABULAR_FEATURES
    ? []
    : [
        {
          path: ['preprocess', 'names'],
          message: `must be at most ${TABULAR_FEATURES} for the reference encoder tabular, and are ${count}`,
        },
      ];
}

/** The model and the preprocessing of a rule without {@link sourceProblems}. */
export function resolveSource({ reference, file, url, preprocess }: WrittenSource): {
  readonly source: ModelSource;
  readonly preprocess: Preprocess;
} {
  const source: ModelSource =
    reference !== undefined
      ? { kind: 'reference', name: reference }
      : file !== undefined
        ? { kind: 'file', path: file }
        : { kind: 'url', url: url ?? '' };
  const resolved = preprocess ?? (reference === undefined ? null : referenceEncoder(reference).preprocess);
  if (resolved === null) {
    throw new TypeError('A rule without preprocess was not refused.');
  }
  return { source, preprocess: resolved };
}
