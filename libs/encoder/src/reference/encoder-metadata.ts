import type { Preprocess } from '../inputs/preprocess.js';

/** What a reference encoder's file says about itself, as `metadata_props`. */
export function encoderMetadata(
  name: string,
  seed: number,
  /** `null` where the rule gives it. */
  preprocess: Preprocess | null,
): Record<string, string> {
  return {
    'tidewatch.name': name,
    'tidewatch.seed': String(seed),
    'tidewatch.preprocess': JSON.stringify(preprocess),
  };
}
