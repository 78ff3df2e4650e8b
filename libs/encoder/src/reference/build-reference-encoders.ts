import { createHash } from 'node:crypto';
import { buildImageEncoder } from './image-encoder.js';
import type { ReferenceName } from './reference-encoders.js';
import { buildTabularEncoder } from './tabular-encoder.js';
import { buildTextEncoder } from './text-encoder.js';

/** A reference encoder as it is written to its file. */
export interface BuiltEncoder {
  readonly name: ReferenceName;
  /** Name of the file. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Another seed gives other weights, and vectors that must not be compared with those of this one. */
const SEED = 2019;

/** Builds the reference encoders anew: the same bytes each time and on every platform. Takes some seconds. */
export function buildReferenceEncoders(): readonly BuiltEncoder[] {
  return [
    built('image', buildImageEncoder(SEED)),
    built('tabular', buildTabularEncoder(SEED)),
    built('text', buildTextEncoder(SEED)),
  ];
}

/** The contents of `checksums.json`. */
export function checksumsOf(encoders: readonly BuiltEncoder[]): string {
  const entries = encoders.map(({ name, file, sha256 }) => [name, { file, sha256 }]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function built(name: ReferenceName, bytes: Uint8Array): BuiltEncoder {
  return { name, file: `${name}.onnx`, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
