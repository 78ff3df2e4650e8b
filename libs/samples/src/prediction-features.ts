import { LIMITS } from './limits.js';
import type { PredictionFeatures } from './prediction.js';
import type { RowReader } from './row-reader.js';

/** Reads `features`: each value goes by its JSON type, and nothing is converted. */
export function readFeatures(reader: RowReader, value: unknown): PredictionFeatures {
  const numeric: Record<string, number> = {};
  const text: Record<string, string> = {};
  const boolean: Record<string, boolean> = {};
  const nulls: string[] = [];
  const features = reader.object(value, 'features') ?? {};
  let entries = 0;
  for (const name in features) {
    reader.entryName(name, 'features');
    if (++entries > LIMITS.entries) {
      reader.refuse('features', `more than ${LIMITS.entries} entries`);
    }
    if (reader.fault !== undefined) {
      break;
    }
    const feature = features[name];
    if (typeof feature === 'number') {
      numeric[name] = feature;
      if (!Number.isFinite(feature)) {
        reader.refuse(`features.${name}`, 'the number is too large');
      }
    } else if (typeof feature === 'string') {
      text[name] = reader.text(feature, `features.${name}`, LIMITS.textLength);
    } else if (typeof feature === 'boolean') {
      boolean[name] = feature;
    } else if (feature === null) {
      nulls.push(name);
    } else {
      reader.refuse(
        `features.${name}`,
        'a number, string, boolean or null is expected; vectors go into embeddings',
      );
    }
  }
  return { numeric, text, boolean, nulls };
}
