import { Duplex, PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameWriter } from './frame-writer.js';
import { type Frame, frameChunks, FrameReader } from './frames.js';

const SMALL_LIMITS = { headerBytes: 1000, bodyBytes: 8000 };

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  header: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  parts: fc.array(
    fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4090, maxLength: 5000 })),
    { maxLength: 6 },
  ),
});

function bytesOf(frames: readonly Frame[]): Buffer {
  return Buffer.concat(frames.flatMap((frame) => frameChunks(frame)));
}

function plain(frames: readonly Frame[]) {
  return frames.map(({ header, parts }) => ({ header, parts: parts.map((part) => [...part]) }));
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
        (frames, cuts) => {
          const bytes = bytesOf(frames);
          const reader = new FrameReader();
          const read: Frame[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = cuts[i % cuts.length] as number;
            read.push(...reader.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(plain(read)).toEqual(plain(frames));
          expect(reader.inFrame).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('parts can be looked at as 64-bit numbers where they lie', () => {
    const parts = [new Uint8Array(3).fill(1), new Uint8Array(Float64Array.of(1.5, -2).buffer)];
    const [frame] = new FrameReader().push(bytesOf([{ header: 'h', parts }]));
    const numbers = frame?.parts[1] as Uint8Array;
    expect(numbers.byteOffset % 8).toBe(0);
    expect([...new Float64Array(numbers.buffer, numbers.byteOffset, 2)]).toEqual([1.5, -2]);
  });

  test('a large part is passed on without a copy', () => {
    const large = new Uint8Array(100_000);
    expect(frameChunks({ header: null, parts: [large] }).some((chunk) => chunk === large)).toBe(true);
  });

  test('a part that was cut off leaves the reader inside a frame', () => {
    const reader = new FrameReader();
    reader.push(bytesOf([{ header: {}, parts: [new Uint8Array(100)] }]).subarray(0, 60));
    expect(reader.inFrame).toBe(true);
  });

  const wrong: [string, (bytes: Buffer) => void][] = [
    ['another mark', (bytes) => bytes.writeUInt32LE(7, 0)],
    ['an absurd header length', (bytes) => bytes.writeUInt32LE(0xffffffff, 4)],
    ['an absurd body length', (bytes) => bytes.writeDoubleLE(1e15, 8)],
    ['a negative body length', (bytes) => bytes.writeDoubleLE(-8, 8)],
    ['a body length that is no number', (bytes) => bytes.writeDoubleLE(NaN, 8)],
    ['a header that is not JSON', (bytes) => bytes.fill(0x7b, 16, 20)],
    ['part lengths that do not add up', (bytes) => bytes.write('[1,[9]]', 16)],
    ['part lengths that are not numbers', (bytes) => bytes.write('[1,"a"]', 16)],
  ];
  test.each(wrong)('%s is refused', (_, damage) => {
    const bytes = bytesOf([{ header: 1, parts: [new Uint8Array(2)] }]);
    damage(bytes);
    expect(() => new FrameReader(SMALL_LIMITS).push(bytes)).toThrow(
      expect.objectContaining({ code: 'process.frame' }),
    );
  });

  test('random bytes never make a reader allocate or loop', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes) => {
        expect(() => new FrameReader(SMALL_LIMITS).push(bytes)).toThrow(
          expect.objectContaining({ code: 'process.frame' }),
        );
      }),
    );
  });

  test('a frame above the limits is refused before it is sent', () => {
    expect(() => frameChunks({ header: 0, parts: [new Uint8Array(9000)] }, SMALL_LIMITS)).toThrow(
      expect.objectContaining({ code: 'process.frame' }),
    );
  });
});

describe('the frame writer', () => {
  test('keeps the order of frames and lets the event loop turn within a large one', async () => {
    const pipe = new PassThrough({ highWaterMark: 16 * 1024 });
    const writer = new FrameWriter(pipe);
    const large = new Uint8Array(4 * 2 ** 20).map((_, i) => i % 251);
    let turns = 0;
    let sent = false;
    const all = Promise.all([
      writer.send({ header: 1, parts: [large] }),
      writer.send({ header: 2, parts: [] }),
    ]).then(() => (sent = true));
    const reader = new FrameReader();
    const frames: Frame[] = [];
    pipe.on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)));
    while (!sent) {
      await turn();
      turns++;
    }
    await all;
    expect(frames.map(({ header }) => header)).toEqual([1, 2]);
    expect(Buffer.compare(frames[0]?.parts[0] as Uint8Array, large)).toBe(0);
    expect(turns).toBeGreaterThan(8);
  });

  test('gives up when the stream is closed in the middle', async () => {
    const stuck = new Duplex({ read: () => undefined, write: () => undefined });
    const sending = new FrameWriter(stuck).send({ header: 1, parts: [new Uint8Array(2 ** 20)] });
    await turn();
    stuck.destroy();
    await expect(sending).resolves.toBeUndefined();
  });
});
