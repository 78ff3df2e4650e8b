import { expect, test } from '@jest/globals';
import { encodedHorizon } from './encoded-horizon.js';

const HORIZON = 1_700_000_000_000;
const horizon = (oldest: number | null) =>
  encodedHorizon(
    { encoding: { oldestPending: () => Promise.resolve(oldest) } } as unknown as Parameters<
      typeof encodedHorizon
    >[0],
    HORIZON,
  );

test.each<[string, number | null, number]>([
  ['at that of the data, when nothing waits', null, HORIZON],
  ['at the oldest input that waits', HORIZON - 12_000, HORIZON - 12_000],
  ['at that of the data, when what waits is newer', HORIZON + 5_000, HORIZON],
  ['no more than five minutes back, when an encoder is broken', HORIZON - 3_600_000, HORIZON - 300_000],
])('windows of vectors end %s', async (_what, oldest, expected) => {
  expect(await horizon(oldest)).toBe(expected);
});
