import { describe, expect, test } from '@jest/globals';
import { blockOf, recordOf } from '../fixtures/records.js';
import type { IngestRecord } from './ingest-record.js';
import { encodeRecord, placeFrame } from './record-frame.js';
import { readSegment } from './read-segment.js';
import { encodeFooter } from './segment-footer.js';
import { encodeHeader, HEADER_BYTES } from './segment-header.js';
import { SegmentIndex } from './segment-index.js';

const SYNC = Buffer.from('sync-xyz');

interface Built {
  readonly bytes: Buffer;
  /** Where each record ends. */
  readonly ends: number[];
}

function segmentOf(records: readonly IngestRecord[], closed: boolean): Built {
  const pieces: Uint8Array[] = [encodeHeader({ journalId: '00112233aabbccdd', sync: SYNC, sequence: 7 })];
  const index = new SegmentIndex();
  const ends: number[] = [];
  let at = HEADER_BYTES;
  for (const record of records) {
    const encoded = encodeRecord(record, 1);
    placeFrame(encoded, SYNC, at);
    pieces.push(encoded.head, ...encoded.blocks);
    index.add(record, 1);
    at += encoded.bytes;
    ends.push(at);
  }
  if (closed) {
    pieces.push(...encodeFooter(index, at, SYNC));
  }
  return { bytes: Buffer.concat(pieces), ends };
}

/** Number of each record that could be read; fails when one is not as it was written. */
function numbersIn(bytes: Buffer, written: readonly IngestRecord[]): number[] {
  const contents = readSegment(bytes);
  return (contents?.records ?? []).map((record) => {
    const n = written.findIndex((each) => Buffer.from(each.id).equals(record.id));
    const { time, ...rest } = record;
    expect(time).toBe(1);
    expect({ ...rest, id: Uint8Array.from(rest.id) }).toEqual(written[n]);
    return n;
  });
}

const records = [
  recordOf(0),
  recordOf(1, { blocks: [blockOf({ layout: 'series/1', bytes: 'series' }), blockOf({ bytes: 'points' })] }),
  recordOf(2, { blocks: [] }),
  recordOf(3),
];
const all = [0, 1, 2, 3];

describe('reading a segment', () => {
  test.each([
    ['closed', true],
    ['not closed', false],
  ])('%s: every record, nothing damaged, nothing torn', (_, closed) => {
    const { bytes, ends } = segmentOf(records, closed);
    expect(numbersIn(bytes, records)).toEqual(all);
    expect(readSegment(bytes)).toMatchObject({
      closed,
      recordsEnd: ends.at(-1),
      damage: { records: 0, bytes: 0 },
      tornBytes: 0,
      header: { journalId: '00112233aabbccdd', sequence: 7 },
    });
  });

  test.each([
    ['closed', true],
    ['not closed', false],
  ])('%s and cut at any byte: every whole record before the cut', (_, closed) => {
    const { bytes, ends } = segmentOf(records, closed);
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const whole = all.filter((n) => ends[n]! <= cut);
      expect(numbersIn(bytes.subarray(0, cut), records)).toEqual(whole);
    }
  });

  test.each([
    ['closed', true],
    ['not closed', false],
  ])('%s and any byte damaged: at most the record that it is in is missing', (_, closed) => {
    const { bytes, ends } = segmentOf(records, closed);
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at & 7);
      const hit = at < HEADER_BYTES ? -1 : ends.findIndex((end) => at < end);
      const left = numbersIn(damaged, records);
      expect(left).toEqual(all.filter((n) => n !== hit));
      const { damage, tornBytes } = readSegment(damaged)!;
      const start = ends[hit - 1] ?? HEADER_BYTES;
      if (hit === -1) {
        expect(damage).toEqual({ records: 0, bytes: 0 });
      } else if (closed || hit < 3) {
        expect(damage).toEqual({ records: 1, bytes: ends[hit]! - start });
      } else {
        expect(tornBytes).toBe(ends[hit]! - start);
      }
    }
  });

  test('a stretch of garbage over several records loses those and no others', () => {
    const { bytes, ends } = segmentOf(records, true);
    bytes.fill(0x55, ends[0]! + 2, ends[2]! - 2);
    expect(numbersIn(bytes, records)).toEqual([0, 3]);
    expect(readSegment(bytes)!.damage.bytes).toBe(ends[2]! - ends[0]!);
  });

  test('a payload that looks like frames is not taken for records, not even behind a damaged head', () => {
    const inner = segmentOf([recordOf(8), recordOf(9)], true).bytes;
    const outer = [recordOf(0), recordOf(1, { blocks: [blockOf({ bytes: inner })] }), recordOf(2)];
    const { bytes, ends } = segmentOf(outer, true);
    bytes[ends[0]! + 9]! ^= 0xff;
    expect(numbersIn(bytes, outer)).toEqual([0, 2]);
  });

  test('both copies of the header gone: nothing, rather than something under a wrong token', () => {
    const { bytes } = segmentOf(records, true);
    bytes[0]! ^= 1;
    bytes[HEADER_BYTES / 2]! ^= 1;
    expect(readSegment(bytes)).toBeNull();
  });

  test('a segment of a later format is refused, not guessed at', () => {
    const { bytes } = segmentOf(records, true);
    const later = encodeHeader({ journalId: '00112233aabbccdd', sync: SYNC, sequence: 7 }, 2);
    later.copy(bytes);
    expect(() => readSegment(bytes)).toThrow(expect.objectContaining({ code: 'journal.newer-format' }));
  });
});
