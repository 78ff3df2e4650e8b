import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tidewatch/core';
import type { Preprocess } from '../inputs/preprocess.js';
import { IMAGE_DIMENSION, IMAGE_PREPROCESS } from './image-encoder.js';
import { TABULAR_DIMENSION } from './tabular-encoder.js';
import { TEXT_DIMENSION, TEXT_PREPROCESS } from './text-encoder.js';

/** An encoder that comes with Tidewatch. */
export type ReferenceName = 'image' | 'tabular' | 'text';

/** Where a reference encoder is and what it takes and gives. */
export interface ReferenceEncoder {
  readonly name: ReferenceName;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** Of the file's bytes, in hexadecimal. */
  readonly sha256: string;
  /** `null` for `tabular`: which features, and their means and standard deviations, the rule says; 64 at most. */
  readonly preprocess: Preprocess | null;
  /** Length of its vectors. */
  readonly dimension: number;
}

const OUTPUTS: Readonly<Record<ReferenceName, Pick<ReferenceEncoder, 'preprocess' | 'dimension'>>> = {
  image: { preprocess: IMAGE_PREPROCESS, dimension: IMAGE_DIMENSION },
  tabular: { preprocess: null, dimension: TABULAR_DIMENSION },
  text: { preprocess: TEXT_PREPROCESS, dimension: TEXT_DIMENSION },
};

/** The models lie beside the sources, also for the compiled program. */
const FOLDERS = ['../../models/', '../../../../../libs/encoder/models/'];

/**
 * The encoder that a rule names with `reference`.
 *
 * @throws AppError `encoder.reference-missing` when the installation lacks the models
 */
export function referenceEncoder(name: ReferenceName): ReferenceEncoder {
  const folder = referenceFolder();
  const checksums = JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8')) as Record<
    ReferenceName,
    { readonly file: string; readonly sha256: string }
  >;
  const { file, sha256 } = checksums[name];
  return { name, path: join(folder, file), sha256, ...OUTPUTS[name] };
}

/**
 * The folder of the reference models.
 *
 * @throws AppError `encoder.reference-missing` when there is none
 */
export function referenceFolder(): string {
  const candidates = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined) {
    throw new AppError({
      code: 'encoder.reference-missing',
      message: `The reference encoders were looked for in ${candidates.join(' and ')}, and are in neither.`,
      hint: 'Restore the folder libs/encoder/models from the repository; the container image needs it too.',
    });
  }
  return found;
}
