import protobuf from 'protobufjs';
import { describeBytes } from './describe-bytes.js';
import { MODEL_PROTO } from './onnx-schema.js';

/** Why a file is no ONNX model: ends a sentence that starts with "the file". */
export interface Unreadable {
  readonly found: string;
  readonly hint: string;
}

const REPLACE = 'Fetch or export the model again, and compare its SHA-256 with that of the source.';
const WIRE = { bytes: 2 } as const;

/** Says what was found in place of an ONNX model. @param reason why decoding gave up */
export function describeUnreadable(bytes: Uint8Array, reason: string): Unreadable {
  const other = describeBytes(bytes);
  if (other !== null) {
    return other;
  }
  const broken = whereItBreaks(bytes);
  if (broken === null) {
    return {
      found: `of ${bytes.length} bytes is no ONNX model: ${reason}. It starts with ${firstBytes(bytes)}`,
      hint: 'Needed is a model in the ONNX format, as torch.onnx.export and the like write it.',
    };
  }
  if (broken.missing > 0) {
    return {
      found: `ends in the middle of ${broken.path}: ${bytes.length} bytes are there and at least ${broken.missing} are missing`,
      hint: REPLACE,
    };
  }
  return { found: `is corrupt in ${broken.path}`, hint: REPLACE };
}

interface Broken {
  /** Such as `graph.initializer "conv1.weight".raw_data`. */
  readonly path: string;
  /** How many bytes the file is too short at least; 0 when it is long enough and wrong. */
  readonly missing: number;
}

/**
 * Finds the first field of a file that runs beyond its end or beyond the message around it. Walks as far as the messages
 * of the schema go; what they do not list is skipped.
 */
function whereItBreaks(bytes: Uint8Array): Broken | null {
  const reader = protobuf.Reader.create(bytes);
  return walk({ reader, end: bytes.length, type: MODEL_PROTO, path: '' }, 0);
}

interface Place {
  readonly reader: protobuf.Reader;
  readonly end: number;
  readonly type: protobuf.Type;
  readonly path: string;
}

function walk({ reader, end, type, path }: Place, depth: number): Broken | null {
  let inside = path;
  let at = path;
  const steps = new Map<number, string>(type.fieldsArray.map((field) => [field.id, snakeCase(field.name)]));
  try {
    while (reader.pos < end) {
      at = inside === '' ? 'the model' : inside;
      const tag = reader.uint32();
      const field = type.fieldsById[tag >>> 3];
      const step = steps.get(tag >>> 3) ?? `field ${tag >>> 3}`;
      at = inside === '' ? step : `${inside}.${step}`;
      if ((tag & 7) !== WIRE.bytes) {
        reader.skipType(tag & 7);
        continue;
      }
      const stop = reader.uint32() + reader.pos;
      const message = field?.resolve().resolvedType;
      if (message instanceof protobuf.Type && depth < protobuf.Reader.recursionLimit) {
        const broken = walk({ reader, end: Math.min(stop, reader.len), type: message, path: at }, depth + 1);
        if (broken !== null) {
          return { ...broken, missing: Math.max(broken.missing, stop - reader.len, 0) };
        }
      }
      if (stop > end) {
        return { path: at, missing: Math.max(0, stop - reader.len) };
      }
      if (field?.name === 'name') {
        inside =
          `${path} ${JSON.stringify(Buffer.from(reader.buf.subarray(reader.pos, stop)).toString())}`.trim();
      }
      reader.pos = stop;
    }
  } catch {
    // A number is cut off, or a tag is none. Near the end of the file it is the end that is missing.
    return { path: at, missing: reader.len - reader.pos < 10 ? 1 : 0 };
  }
  return reader.pos > end ? { path: at, missing: 0 } : null;
}

/** protobufjs writes `rawData` for what `onnx.proto` calls `raw_data`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function firstBytes(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
