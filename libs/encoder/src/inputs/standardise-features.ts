import type { FeaturesPreprocess } from './preprocess.js';
import type { RawInput, Refused } from './raw-input.js';

// A value ten standard deviations off is as far off as any: one broken sensor must not outweigh all other features.
const CLIP = 10;

/**
 * The numeric features of a sample as a model takes them: `(x - mean) / std`, cut to -10..10, in the rule's order.
 *
 * A missing value is sent as NaN and counts as its mean, so it becomes 0. An infinite one is refused.
 *
 * @param width how many numbers the model takes; places beyond the rule's names are 0
 */
export function standardiseFeatures(
  { dataType, data }: RawInput,
  { names, mean, std }: FeaturesPreprocess,
  width: number,
): Float32Array | Refused {
  if (dataType !== 'features') {
    return { refused: `the rule encodes numeric features, and the input was sent as ${dataType}` };
  }
  if (data.length !== 8 * names.length) {
    return {
      refused: `${data.length} bytes were stored, and the rule's ${names.length} features have ${8 * names.length}`,
    };
  }
  const values = new Float64Array(new Uint8Array(data).buffer);
  const result = new Float32Array(width);
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value) && !Number.isNaN(value)) {
      return { refused: `the feature ${names[index]} is ${value}` };
    }
    const standard = (value - (mean[index] ?? 0)) / (std[index] ?? 1);
    result[index] = Number.isNaN(value) ? 0 : Math.min(CLIP, Math.max(-CLIP, standard));
  }
  return result;
}
