import { expect, test } from '@jest/globals';
import type { StoredBlock } from '@tidewatch/store';
import { LateBlocks } from './late-blocks.js';

const NOW = 1_700_000_000_000;

/** A list of blocks that answers as the store does; `visible` blocks come and are never taken away. */
function journalOf(visible: StoredBlock[], limit = 10_000) {
  const ingest = {
    blocksOf: async (_project: string, _tables: readonly string[], storedAt: number) =>
      visible
        .filter((block) => block.storedAt >= storedAt)
        .sort((a, b) => a.storedAt - b.storedAt)
        .slice(0, limit),
  };
  return new LateBlocks({ ingest }, ['predictions']);
}
const block = (token: string, storedAt: number, minTime = storedAt - 500): StoredBlock => ({
  token,
  storedAt,
  minTime,
  maxTime: storedAt,
});
const range = ({ minTime, maxTime }: StoredBlock) => ({ from: minTime, to: maxTime + 1 });

test('a block is told of once', async () => {
  const [first, second] = [block('a', NOW - 4_000), block('b', NOW + 1_000)];
  const visible = [first];
  const late = journalOf(visible);
  expect(await late.since('default', NOW)).toEqual([range(first)]);
  expect(await late.since('default', NOW + 500)).toEqual([]);
  visible.push(second);
  expect(await late.since('default', NOW + 2_000)).toEqual([range(second)]);
  expect(await late.since('default', NOW + 60_000)).toEqual([]);
  expect(await late.since('default', NOW + 120_000)).toEqual([]);
});

test('a block that becomes visible seconds after its time is not missed', async () => {
  const visible = [block('a', NOW + 9_000)];
  const late = journalOf(visible);
  await late.since('default', NOW);
  await late.since('default', NOW + 10_000);
  const slow = block('slow', NOW + 2_000, NOW - 7_200_000);
  visible.push(slow);
  expect(await late.since('default', NOW + 11_000)).toEqual([range(slow)]);
});

test('an answer cut short goes on where it ended', async () => {
  const blocks = Array.from({ length: 7 }, (_, index) => block(`t${index}`, NOW + index * 20_000));
  const late = journalOf([...blocks], 3);
  const told = [];
  for (let look = 0; look < 6; look += 1) {
    told.push(...(await late.since('default', NOW + 200_000)));
  }
  expect(told).toEqual(blocks.map(range));
});

test('projects are looked at on their own', async () => {
  const late = journalOf([block('a', NOW)]);
  expect(await late.since('one', NOW)).toHaveLength(1);
  expect(await late.since('two', NOW)).toHaveLength(1);
});
