import { LIMITS } from './limits.js';
import type { RowReader } from './row-reader.js';

/**
 * Reads one vector of `embeddings`: finite numbers, stored as float32, not all of them 0. A zero vector has no direction: it
 * is what a model answers that failed, and would look like drift wherever distances are taken.
 */
export function readEmbedding(reader: RowReader, value: unknown, field: string): Float32Array {
  const items = reader.array(value, field);
  if (items === undefined || items.length === 0) {
    reader.refuse(field, 'an array of at least one number is expected');
    return new Float32Array(0);
  }
  if (items.length > LIMITS.embeddingDimensions) {
    reader.refuse(field, `more than ${LIMITS.embeddingDimensions} dimensions`);
    return new Float32Array(0);
  }
  const vector = new Float32Array(items.length);
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (typeof item !== 'number') {
      reader.refuse(`${field}[${index}]`, 'a number is expected');
      break;
    }
    vector[index] = item;
    if (!Number.isFinite(vector[index])) {
      reader.refuse(`${field}[${index}]`, 'the number is too large for float32');
      break;
    }
  }
  if (reader.fault === undefined && vector.every((number) => number === 0)) {
    reader.refuse(field, 'all its numbers are 0: a zero vector has no direction, the model has failed');
  }
  return vector;
}
