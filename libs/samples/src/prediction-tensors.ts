import { LIMITS } from './limits.js';
import type { TensorInput } from './prediction.js';
import type { RowReader } from './row-reader.js';

/** Bytes per element of the data types that an input may have. */
const BYTES_PER_ELEMENT: ReadonlyMap<string, number> = new Map([
  ['float16', 2],
  ['bfloat16', 2],
  ['float32', 4],
  ['float64', 8],
  ['int8', 1],
  ['int16', 2],
  ['int32', 4],
  ['int64', 8],
  ['uint8', 1],
  ['uint16', 2],
  ['uint32', 4],
  ['uint64', 8],
  ['bool', 1],
]);

const INPUT_FIELDS = new Set(['dtype', 'shape', 'data']);

/** Reads one vector of `embeddings`: finite numbers, stored as float32. */
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
  return vector;
}

/** Reads one tensor of `inputs`; its bytes must be exactly as many as data type and shape say. */
export function readInput(reader: RowReader, value: unknown, field: string): TensorInput {
  const input = reader.object(value, field);
  if (input === undefined) {
    reader.refuse(field, 'an object with dtype, shape and data is expected');
    return { dataType: '', shape: [], data: new Uint8Array(0) };
  }
  reader.onlyKnown(input, INPUT_FIELDS, `${field}.`);
  const dataType = reader.requiredText(input['dtype'], `${field}.dtype`);
  const bytesPerElement = BYTES_PER_ELEMENT.get(dataType);
  if (bytesPerElement === undefined) {
    reader.refuse(`${field}.dtype`, `must be one of ${[...BYTES_PER_ELEMENT.keys()].join(', ')}`);
  }
  const shape = readShape(reader, input['shape'], `${field}.shape`);
  const data = readBase64(reader, input['data'], `${field}.data`);
  const expected = shape.reduce((product, size) => product * size, bytesPerElement ?? 0);
  if (data.length !== expected) {
    reader.refuse(
      `${field}.data`,
      `${data.length} bytes, but ${dataType} with shape [${shape.join(', ')}] has ${expected}`,
    );
  }
  return { dataType, shape, data };
}

function readShape(reader: RowReader, value: unknown, field: string): number[] {
  const items = reader.array(value, field);
  if (items === undefined || items.length === 0 || items.length > LIMITS.tensorRank) {
    reader.refuse(field, `an array of 1 to ${LIMITS.tensorRank} sizes is expected`);
    return [];
  }
  return items.map((item, index) => {
    const size = reader.count(item, `${field}[${index}]`) ?? 0;
    if (size < 1) {
      reader.refuse(`${field}[${index}]`, 'a size of at least 1 is expected');
    }
    return size;
  });
}

function readBase64(reader: RowReader, value: unknown, field: string): Uint8Array {
  // Buffer.from skips what is not base64, so the alphabet is checked first.
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    reader.refuse(field, 'base64 is expected');
    return new Uint8Array(0);
  }
  return new Uint8Array(Buffer.from(value, 'base64'));
}
