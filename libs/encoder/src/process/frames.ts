import { AppError } from '@tidewatch/core';

/** One message on the pipe between a process and its child: a header that JSON can carry, and bytes that it need not. */
export interface Frame {
  readonly header: unknown;
  readonly parts: readonly Uint8Array[];
}

/** A frame that was read. */
export interface ReceivedFrame extends Frame {
  /** What header and parts lie in. */
  readonly body: Uint8Array;
}

/** What a reader accepts at most; a frame above is a damaged stream, not a large message. */
export interface FrameLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

/** A header is small; a body holds the inputs of a batch, or a matrix of a few hundred megabytes. */
export const FRAME_LIMITS: FrameLimits = { headerBytes: 64 * 2 ** 20, bodyBytes: 2 ** 30 };

// magic (uint32), bytes of the header (uint32), bytes of the body (float64), all little-endian. The header is the JSON of
// [header, lengths of the parts]; it and every part are filled up to a multiple of 8, so that each part, as it lies in the
// body that is read, can be looked at as numbers of any width without being copied.
const MAGIC = 0x31465754;
const PREFIX_BYTES = 16;
const ALIGNMENT = 8;
/** Parts below this size are copied together: a system call for each costs more. */
const SMALL_PART_BYTES = 4096;

/**
 * The bytes of a frame, in the order in which they are sent. Large parts are passed on as they are, not copied.
 *
 * @throws AppError `process.frame` when the frame is above `limits`
 */
export function frameChunks({ header, parts }: Frame, limits: FrameLimits = FRAME_LIMITS): Uint8Array[] {
  const json = Buffer.from(JSON.stringify([header, parts.map((part) => part.byteLength)]));
  const bodyBytes = parts.reduce((sum, part) => sum + padded(part.byteLength), 0);
  checkSizes(json.length, bodyBytes, limits);
  const head = Buffer.alloc(PREFIX_BYTES + padded(json.length));
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(json.length, 4);
  head.writeDoubleLE(bodyBytes, 8);
  head.set(json, PREFIX_BYTES);
  const chunks: Uint8Array[] = [];
  let small: Uint8Array[] = [head];
  const flush = (): void => {
    if (small.length > 0) {
      chunks.push(small.length === 1 ? (small[0] as Uint8Array) : Buffer.concat(small));
      small = [];
    }
  };
  for (const part of parts) {
    if (part.byteLength >= SMALL_PART_BYTES) {
      flush();
      chunks.push(part);
    } else {
      small.push(part);
    }
    const padding = padded(part.byteLength) - part.byteLength;
    if (padding > 0) {
      small.push(new Uint8Array(padding));
    }
  }
  flush();
  return chunks.filter((chunk) => chunk.byteLength > 0);
}

/** Puts frames together from the bytes of a stream, however they are cut. */
export class FrameReader {
  private readonly limits: FrameLimits;
  private readonly allocate: (bytes: number) => Uint8Array;
  private readonly prefix = Buffer.alloc(PREFIX_BYTES);
  private target: Uint8Array = this.prefix;
  private filled = 0;
  private head: { headerBytes: number; bodyBytes: number } | null = null;

  /** @param allocate makes what a frame is read into, of exactly the length that is asked for */
  constructor(
    limits: FrameLimits = FRAME_LIMITS,
    allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
  ) {
    this.limits = limits;
    this.allocate = allocate;
  }

  /** Whether a frame has begun and not ended: a stream that ends now was cut off. */
  get inFrame(): boolean {
    return this.head !== null || this.filled > 0;
  }

  /**
   * Takes the next bytes and gives the frames that they complete. The parts of a frame lie in one buffer.
   *
   * @throws AppError `process.frame` when the bytes are no frame, or it is above the limits; the stream is of no use then
   */
  push(chunk: Uint8Array): ReceivedFrame[] {
    const frames: ReceivedFrame[] = [];
    let at = 0;
    while (at < chunk.byteLength) {
      const taken = Math.min(chunk.byteLength - at, this.target.byteLength - this.filled);
      this.target.set(chunk.subarray(at, at + taken), this.filled);
      at += taken;
      this.filled += taken;
      if (this.filled === this.target.byteLength) {
        const frame = this.complete();
        if (frame !== null) {
          frames.push(frame);
        }
      }
    }
    return frames;
  }

  private complete(): ReceivedFrame | null {
    this.filled = 0;
    if (this.head === null) {
      this.head = this.readPrefix();
      this.target = this.allocate(padded(this.head.headerBytes) + this.head.bodyBytes);
      return null;
    }
    const { headerBytes } = this.head;
    const frame = readBody(this.target, headerBytes);
    this.head = null;
    this.target = this.prefix;
    return frame;
  }

  private readPrefix(): { headerBytes: number; bodyBytes: number } {
    if (this.prefix.readUInt32LE(0) !== MAGIC) {
      throw frameError('the bytes do not begin with the mark of a frame');
    }
    const headerBytes = this.prefix.readUInt32LE(4);
    const bodyBytes = this.prefix.readDoubleLE(8);
    checkSizes(headerBytes, bodyBytes, this.limits);
    return { headerBytes, bodyBytes };
  }
}

function readBody(bytes: Uint8Array, headerBytes: number): ReceivedFrame {
  const [header, lengths] = parseHeader(bytes.subarray(0, headerBytes));
  const parts: Uint8Array[] = [];
  const whole = lengths.reduce((sum, length) => sum + padded(length), padded(headerBytes));
  if (whole !== bytes.byteLength) {
    throw frameError('the lengths of its parts do not add up to its own');
  }
  let at = padded(headerBytes);
  for (const length of lengths) {
    parts.push(bytes.subarray(at, at + length));
    at += padded(length);
  }
  return { header, parts, body: bytes };
}

function parseHeader(bytes: Uint8Array): [unknown, number[]] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    throw frameError('its header is not JSON', cause);
  }
  const [header, lengths] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const isLength = (each: unknown): boolean => Number.isSafeInteger(each) && (each as number) >= 0;
  if (!Array.isArray(lengths) || !lengths.every(isLength)) {
    throw frameError('its header does not say how long its parts are');
  }
  return [header, lengths as number[]];
}

function checkSizes(headerBytes: number, bodyBytes: number, limits: FrameLimits): void {
  const whole = Number.isSafeInteger(bodyBytes) && bodyBytes >= 0 && bodyBytes % ALIGNMENT === 0;
  if (!whole || headerBytes > limits.headerBytes || bodyBytes > limits.bodyBytes) {
    throw frameError(
      `it has ${headerBytes} bytes of header and ${bodyBytes} of content, and the limits are ${limits.headerBytes} and ${limits.bodyBytes}`,
    );
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function frameError(problem: string, cause?: unknown): AppError {
  return new AppError({
    code: 'process.frame',
    message: `A message between Tidewatch and its child process cannot be passed on: ${problem}.`,
    cause,
  });
}
