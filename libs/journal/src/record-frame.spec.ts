import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockOf, DAY_START, recordOf } from '../fixtures/records.js';
import { SIGNALS, type IngestRecord } from './ingest-record.js';
import { encodeRecord, FRAME_HEAD_BYTES, placeFrame, readBody, readFrameHead } from './record-frame.js';

const SYNC = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const block = fc.record({
  layout: fc.string({ maxLength: 40 }),
  day: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  rows: u32,
  minTime: fc.double({ noNaN: true }),
  maxTime: fc.double({ noNaN: true }),
  bytes: fc.uint8Array({ maxLength: 300 }),
});
const anyRecord: fc.Arbitrary<IngestRecord> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  project: fc.string({ unit: 'grapheme', maxLength: 60 }),
  signal: fc.constantFrom(...SIGNALS),
  items: u32,
  rejected: u32,
  blocks: fc.array(block, { maxLength: 6 }),
});

function frameOf(record: IngestRecord, offset: number): Buffer {
  const encoded = encodeRecord(record, DAY_START);
  placeFrame(encoded, SYNC, offset);
  const frame = Buffer.concat([encoded.head, ...encoded.blocks]);
  expect(frame.length).toBe(encoded.bytes);
  return Buffer.concat([Buffer.alloc(offset), frame]);
}

function readAt(bytes: Buffer, offset: number) {
  const head = readFrameHead(bytes, offset, SYNC);
  return head === null ? null : readBody(bytes.subarray(offset + FRAME_HEAD_BYTES), head);
}

describe('frame of a record', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(anyRecord, fc.integer({ min: 0, max: 5000 }), (record, offset) => {
        const read = readAt(frameOf(record, offset), offset);
        expect({
          ...read,
          id: Uint8Array.from(read!.id),
          blocks: read!.blocks.map((each) => ({ ...each, bytes: Uint8Array.from(each.bytes) })),
        }).toEqual({ ...record, time: DAY_START });
      }),
    );
  });

  test('does not copy the bytes of the blocks', () => {
    const rows = blockOf({ bytes: 'some rows' });
    const { blocks } = encodeRecord(recordOf(1, { blocks: [rows] }), 0);
    expect(blocks[0]).toBe(rows.bytes);
  });

  test('is none at another offset, so that a copy inside a payload stays a payload', () => {
    const frame = frameOf(recordOf(1), 0);
    expect(readAt(Buffer.concat([Buffer.alloc(1), frame]), 1)).toBeNull();
    expect(readAt(frame, 0)).not.toBeNull();
  });

  test('is none under the sync bytes of another segment', () => {
    expect(
      readFrameHead(
        frameOf(recordOf(1), 0),
        0,
        SYNC.map((byte) => byte + 1),
      ),
    ).toBeNull();
  });

  test('with any bit flipped is no record', () => {
    const frame = frameOf(recordOf(1), 0);
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const damaged = Buffer.from(frame);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(readAt(damaged, 0)).toBeNull();
    }
  });

  test('an id of another length than 16 bytes is a mistake of the caller', () => {
    expect(() => encodeRecord(recordOf(1, { id: new Uint8Array(15) }), 0)).toThrow('16 bytes');
  });
});
