import { describe, expect, test } from '@jest/globals';
import type { SealedBatch } from '@tidewatch/core';
import { blockOf, DAY, recordOf } from '../fixtures/records.js';
import { planBatches } from './plan-batches.js';

const series = blockOf({ layout: 'series/1', bytes: 's' });
const points = (day = DAY, rows = 1) => blockOf({ layout: 'points/1', day, rows, bytes: 'p' });

function summary({ token, layout, day, rows }: SealedBatch) {
  return `${token} ${layout} ${day} ${rows}`;
}

function batchesOf(blocks: ReturnType<typeof points>[][], limits?: { rows: number; bytes: number }) {
  const records = blocks.map((each, n) => recordOf(n, { blocks: each }));
  return planBatches('j:7', records, limits).batches.map(({ batch }) => summary(batch));
}

describe('batches of a segment', () => {
  test('hold one layout and one day each, in the order of first appearance', () => {
    expect(
      batchesOf([[points(2), points(1)], [points(2)], [blockOf({ layout: 'spans/1', day: 1 })]]),
    ).toEqual(['j:7:0 points/1 2 2', 'j:7:1 points/1 1 1', `j:7:2 spans/1 1 1`]);
  });

  test('series go before points even when only a later record brings them', () => {
    expect(batchesOf([[points(1)], [series, points(1)]])).toEqual([
      `j:7:0 series/1 ${DAY} 1`,
      'j:7:1 points/1 1 2',
    ]);
  });

  test('layouts that precede each other in different records keep the order of first appearance', () => {
    expect(
      batchesOf([
        [points(DAY), series],
        [series, points(DAY)],
      ]),
    ).toEqual([`j:7:0 points/1 ${DAY} 2`, `j:7:1 series/1 ${DAY} 2`]);
  });

  test('are split at the limit of rows and of bytes; a larger block is a batch of its own', () => {
    expect(batchesOf([[points(1, 6)], [points(1, 4)], [points(1, 1)]], { rows: 10, bytes: 100 })).toEqual([
      'j:7:0 points/1 1 10',
      'j:7:1 points/1 1 1',
    ]);
    expect(batchesOf([[points(1, 1)], [points(1, 50)], [points(1, 1)]], { rows: 10, bytes: 100 })).toEqual([
      'j:7:0 points/1 1 1',
      'j:7:1 points/1 1 50',
      'j:7:2 points/1 1 1',
    ]);
    expect(batchesOf([[points(1)], [points(1)], [points(1)]], { rows: 10, bytes: 2 })).toEqual([
      'j:7:0 points/1 1 2',
      'j:7:1 points/1 1 1',
    ]);
  });

  test('have a part for each project with the bounds of its times', () => {
    const block = (minTime: number, maxTime: number, bytes: string) =>
      blockOf({ minTime, maxTime, bytes, rows: 2 });
    const records = [
      recordOf(1, { project: 'a', blocks: [block(5, 9, 'x')] }),
      recordOf(2, { project: 'b', blocks: [block(1, 2, 'y')] }),
      recordOf(3, { project: 'a', blocks: [block(3, 6, 'z')] }),
    ];
    const [planned] = planBatches('j:1', records).batches;
    expect(planned!.batch.parts).toEqual([
      { project: 'a', rows: 4, minTime: 3, maxTime: 9, bytes: [Buffer.from('x'), Buffer.from('z')] },
      { project: 'b', rows: 2, minTime: 1, maxTime: 2, bytes: [Buffer.from('y')] },
    ]);
  });

  test('share the items of a record, last blocks first, and always all of them', () => {
    const records = [
      recordOf(1, { items: 5, blocks: [series, points(1, 3), points(2, 2)] }),
      recordOf(2, { items: 9, signal: 'logs', blocks: [points(1, 4)] }),
      recordOf(3, { items: 7, signal: 'traces', blocks: [] }),
    ];
    const { batches, itemsWithoutRows } = planBatches('j:1', records);
    expect(batches.map(({ batch, items }) => [batch.layout, batch.day, ...items.slice(0, 3)])).toEqual([
      ['series/1', DAY, 0, 0, 0],
      ['points/1', 1, 3, 0, 9],
      ['points/1', 2, 2, 0, 0],
    ]);
    expect(itemsWithoutRows).toEqual([0, 7, 0, 0, 0, 0]);
  });
});
