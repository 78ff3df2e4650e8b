import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emptyCounted, gridFromQuantiles } from '@tidewatch/drift';
import { asSent, ARRAYS_PER_STATEMENT, type CountStream } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const BUCKET = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;

describe.each(STORE_BACKENDS)('a model of many variables and segments, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('variables of a bucket that are too many for one statement are counted in parts', async () => {
    const at = BASE;
    const names = Array.from({ length: 300 }, (_, i) => `wide${i}`);
    const { version } = await backend.store.baselines.save('default', {
      model: 'wide',
      name: 'wide',
      source: 'test',
      sha256: '',
      rows: 1,
      profiles: names.map((variable) => {
        const grid = gridFromQuantiles([0, 1]);
        return { variable, type: 'numeric', grid, counted: { ...emptyCounted(grid), lag: null } };
      }),
    });
    await storeBlocks(
      backend.store,
      backend.store.predictions.encode(
        'default',
        Array.from({ length: 90 }, (_, i) =>
          prediction({
            predictionId: `wide-${i}`,
            timestamp: at,
            model: 'wide',
            tags: { user: `u${i}` },
            features: {
              numeric: Object.fromEntries(names.map((name) => [name, 0.5])),
              text: {},
              boolean: {},
              nulls: [],
            },
          }),
        ),
      ),
    );
    const wide: CountStream = {
      stream: 'wide',
      ...asSent({ model: 'wide', service: '', region: '', where: {} }),
      grid: { name: 'wide', version },
      segments: ['user'],
      bucketMs: BUCKET,
    };
    // 300 variables of 91 segments: more arrays than one statement makes.
    expect(300 * 91).toBeGreaterThan(ARRAYS_PER_STATEMENT);
    const bucket = { from: at, to: at + BUCKET };
    await backend.store.featureCounts.count('default', wide, bucket);
    const sums = await backend.store.featureCounts.sums('default', wide, { ranges: [bucket] });
    expect(sums).toHaveLength(300 * 91);
    const whole = sums.filter(({ segment }) => segment === '');
    expect(new Set(whole.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0)))).toEqual(
      new Set([90]),
    );
  });
});
