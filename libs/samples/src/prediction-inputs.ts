import { LIMITS } from './limits.js';
import type { PrivateBox, SampleInput } from './prediction.js';
import type { JsonObject, RowReader } from './row-reader.js';

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

const SEEN_FIELDS = ['occlusion_rate', 'private_boxes'];
const TENSOR_FIELDS = new Set(['dtype', 'shape', 'data', ...SEEN_FIELDS]);
const IMAGE_FIELDS = new Set(['media_type', 'data', ...SEEN_FIELDS]);
const TEXT_FIELDS = new Set(['text']);
const INPUT_FIELDS = new Set([...TENSOR_FIELDS, ...IMAGE_FIELDS, ...TEXT_FIELDS]);

const IMAGE_TYPES = ['image/png', 'image/jpeg'];

/** What stands for an input that was refused. */
const NO_INPUT: SampleInput = {
  dataType: '',
  shape: [],
  data: new Uint8Array(0),
  occlusionRate: null,
  privateBoxes: [],
};

/** Reads one entry of `inputs`: a tensor (dtype, shape, data), an image file (media_type, data) or a text. */
export function readInput(reader: RowReader, value: unknown, field: string): SampleInput {
  const input = reader.object(value, field);
  if (input === undefined) {
    reader.refuse(
      field,
      'an object with dtype, shape and data, with media_type and data, or with text is expected',
    );
    return NO_INPUT;
  }
  reader.onlyKnown(input, INPUT_FIELDS, `${field}.`);
  if (input['text'] != null) {
    return readText(reader, input, field);
  }
  return input['media_type'] == null ? readTensor(reader, input, field) : readImage(reader, input, field);
}

/** Its bytes must be exactly as many as data type and shape say. */
function readTensor(reader: RowReader, input: JsonObject, field: string): SampleInput {
  refuseOthers(reader, input, field, ['a tensor', TENSOR_FIELDS]);
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
  return { dataType, shape, data, ...readSeen(reader, input, field) };
}

/** A file as it is: whether it can be decoded, the encoder finds out. */
function readImage(reader: RowReader, input: JsonObject, field: string): SampleInput {
  refuseOthers(reader, input, field, ['an image', IMAGE_FIELDS]);
  const dataType = reader.requiredText(input['media_type'], `${field}.media_type`);
  if (!IMAGE_TYPES.includes(dataType)) {
    reader.refuse(`${field}.media_type`, `must be one of ${IMAGE_TYPES.join(', ')}`);
  }
  const data = readBase64(reader, input['data'], `${field}.data`);
  if (data.length === 0) {
    reader.refuse(`${field}.data`, 'the file is empty');
  }
  return { dataType, shape: [], data, ...readSeen(reader, input, field) };
}

function readText(reader: RowReader, input: JsonObject, field: string): SampleInput {
  refuseOthers(reader, input, field, ['a text', TEXT_FIELDS]);
  const text = reader.text(input['text'], `${field}.text`, LIMITS.inputTextBytes);
  const data = new Uint8Array(Buffer.from(text));
  if (data.length > LIMITS.inputTextBytes) {
    reader.refuse(`${field}.text`, `longer than ${LIMITS.inputTextBytes} bytes in UTF-8`);
  }
  return { ...NO_INPUT, dataType: 'text/plain', data };
}

/** Refuses fields that belong to another kind of input. */
function refuseOthers(
  reader: RowReader,
  input: JsonObject,
  field: string,
  [kind, known]: readonly [string, ReadonlySet<string>],
): void {
  for (const name in input) {
    if (input[name] != null && !known.has(name)) {
      reader.refuse(`${field}.${name}`, `${kind} has no ${name}`);
    }
  }
}

/** What a service may say of anything that can be looked at. */
function readSeen(
  reader: RowReader,
  input: JsonObject,
  field: string,
): Pick<SampleInput, 'occlusionRate' | 'privateBoxes'> {
  const boxes = reader.array(input['private_boxes'], `${field}.private_boxes`) ?? [];
  if (boxes.length > LIMITS.privateBoxes) {
    reader.refuse(`${field}.private_boxes`, `more than ${LIMITS.privateBoxes} boxes`);
  }
  return {
    occlusionRate: reader.number(input['occlusion_rate'], `${field}.occlusion_rate`, 0, 1),
    privateBoxes: boxes
      .slice(0, LIMITS.privateBoxes)
      .map((box, index) => readBox(reader, box, `${field}.private_boxes[${index}]`)),
  };
}

function readBox(reader: RowReader, value: unknown, field: string): PrivateBox {
  const edges = reader.array(value, field);
  if (edges?.length !== 4) {
    reader.refuse(field, 'four numbers are expected: left, top, right, bottom');
    return [0, 0, 0, 0];
  }
  const [left = 0, top = 0, right = 0, bottom = 0] = edges.map((edge, index) =>
    reader.entryShare(edge, `${field}[${index}]`),
  );
  if (left >= right || top >= bottom) {
    reader.refuse(field, 'left must be below right, and top below bottom, as shares of width and height');
  }
  return [left, top, right, bottom];
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
