import { describe, expect, test } from '@jest/globals';
import { EvaluationHorizon } from './evaluation-horizon.js';

const NOW = 1_700_000_000_000;

function horizon(watermark: number | null) {
  const asked: number[] = [];
  const ingest = {
    watermark: async (now: number) => {
      asked.push(now);
      return watermark;
    },
  };
  return { horizon: new EvaluationHorizon({ ingest }), asked };
}

describe('windows end', () => {
  test.each<[string, number | null, number]>([
    ['at the watermark, when something older is still on its way to ClickHouse', NOW - 7_000, NOW - 7_000],
    ['a moment ago, when everything is stored: clients send in batches', NOW - 100, NOW - 2_000],
    ['a moment ago, when nobody takes data', null, NOW - 2_000],
    ['no further back than a bounded wait, when a process is stuck', NOW - 600_000, NOW - 20_000],
    ['a moment ago, when a clock runs ahead', NOW + 60_000, NOW - 2_000],
  ])('%s', async (_what, watermark, expected) => {
    expect(await horizon(watermark).horizon.at(NOW)).toBe(expected);
  });
});

test('rounds of the same second ask once', async () => {
  const { horizon: shared, asked } = horizon(NOW);
  await Promise.all([shared.at(NOW), shared.at(NOW + 300), shared.at(NOW + 900)]);
  await shared.at(NOW + 1_500);
  expect(asked).toEqual([NOW, NOW + 1_500]);
});
