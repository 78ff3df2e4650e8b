import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Population } from '@tidewatch/drift';
import type { Prediction } from '@tidewatch/samples';
import { deployment, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;
const WINDOW = { from: NOW - HOUR, to: NOW };
const YESTERDAY = { from: WINDOW.from - DAY, to: WINDOW.to - DAY };
const LONG_AGO = { from: WINDOW.from - 2 * DAY, to: WINDOW.to - 2 * DAY };
const SKEW = { aheadMs: MINUTE, behindMs: HOUR };

describe.each(STORE_BACKENDS)('what is counted for the quality of data, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const population = (model: string): Population => ({ model, service: '', region: '', where: {} });
  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const quality = () => backend.store.quality;
  const at = (model: string, timestamp: number, id: string, partial: Partial<Prediction> = {}) =>
    prediction({ predictionId: id, timestamp, model, ...partial });

  test('samples, repetitions and skewed clocks, per range and in none between', async () => {
    await store([
      at('traffic', WINDOW.from, 'a', { inputHash: 'h1' }),
      at('traffic', WINDOW.from + 1, 'a', { inputHash: 'h1' }),
      at('traffic', WINDOW.from + 2, 'b', { inputHash: 'h2' }),
      at('traffic', WINDOW.to - 1, 'c'),
      // The end is not in the range.
      at('traffic', WINDOW.to, 'd'),
      at('traffic', WINDOW.from - 2 * HOUR, 'e'),
      at('traffic', YESTERDAY.from, 'f', { receivedAt: YESTERDAY.from - MINUTE - 1 }),
      at('traffic', YESTERDAY.from, 'g', { receivedAt: YESTERDAY.from + HOUR + 1 }),
      at('traffic', YESTERDAY.from, 'h', { receivedAt: YESTERDAY.from + HOUR }),
      at('other', WINDOW.from, 'i'),
    ]);
    const ranges = [WINDOW, YESTERDAY, LONG_AGO];
    expect(await quality().traffic('default', population('traffic'), ranges, SKEW)).toEqual([
      { range: WINDOW, samples: 4, repeatedIds: 1, hashed: 3, repeatedInputs: 1, ahead: 0, behind: 0 },
      { range: YESTERDAY, samples: 3, repeatedIds: 0, hashed: 0, repeatedInputs: 0, ahead: 1, behind: 1 },
      { range: LONG_AGO, samples: 0, repeatedIds: 0, hashed: 0, repeatedInputs: 0, ahead: 0, behind: 0 },
    ]);
  });

  test('the first and the last sample of a range', async () => {
    await store([at('span', YESTERDAY.from, 'a'), at('span', WINDOW.from, 'b'), at('span', WINDOW.to, 'c')]);
    expect(await quality().span('default', population('span'), { from: 0, to: WINDOW.to })).toEqual({
      from: YESTERDAY.from,
      to: WINDOW.from,
    });
    expect(await quality().span('default', population('span'), { from: 0, to: YESTERDAY.from })).toBeNull();
  });

  test('samples per value of a tag and of a column', async () => {
    const camera = (id: string, timestamp: number, value: string) =>
      at('sources', timestamp, id, { tags: { camera: value }, region: 'eu' });
    await store([
      camera('a', WINDOW.from, '1'),
      camera('b', WINDOW.from + 1, '1'),
      camera('c', YESTERDAY.from, '1'),
      camera('d', YESTERDAY.from, '2'),
      camera('e', LONG_AGO.from, '2'),
      at('sources', WINDOW.from, 'f', { region: 'eu' }),
    ]);
    const ranges = [WINDOW, YESTERDAY, LONG_AGO];
    const found = await quality().sources('default', population('sources'), ['camera', 'region'], ranges);
    expect(found).toEqual([
      { dimension: 'region', value: 'eu', current: 3, history: [2, 1] },
      { dimension: 'camera', value: '1', current: 2, history: [1, 0] },
      { dimension: 'camera', value: '2', current: 0, history: [1, 1] },
    ]);
    expect(await quality().sources('default', population('sources'), [], ranges)).toEqual([]);
  });

  test('batch jobs, the oldest first', async () => {
    await store([
      at('jobs', YESTERDAY.from, 'a', { jobId: 'monday' }),
      at('jobs', YESTERDAY.from + MINUTE, 'b', { jobId: 'monday' }),
      at('jobs', WINDOW.from, 'c', { jobId: 'tuesday' }),
      at('jobs', WINDOW.from, 'd'),
    ]);
    expect(
      await quality().jobs('default', population('jobs'), { from: LONG_AGO.from, to: WINDOW.to }),
    ).toEqual([
      { jobId: 'monday', from: YESTERDAY.from, to: YESTERDAY.from + MINUTE, records: 2 },
      { jobId: 'tuesday', from: WINDOW.from, to: WINDOW.from, records: 1 },
    ]);
  });

  test('numbers outside limits; what is no number is not outside', async () => {
    const sample = (id: string, numeric: Record<string, number>, text: Record<string, string> = {}) =>
      at('outside', WINDOW.from, id, { features: { numeric, text, boolean: {}, nulls: [] } });
    await store([
      sample('a', { age: -1 }),
      sample('b', { age: 0 }),
      sample('c', { age: 121 }),
      sample('d', { age: NaN }),
      sample('e', { age: Infinity }),
      sample('f', {}, { age: 'old' }),
    ]);
    const limits = { age: { min: 0, max: 120 }, height: { min: null, max: 3 } };
    expect(await quality().outside('default', population('outside'), WINDOW, limits)).toEqual([
      { variable: 'age', values: 3, below: 1, above: 1 },
      { variable: 'height', values: 0, below: 0, above: 0 },
    ]);
    const open = { age: { min: null, max: 120 } };
    expect(await quality().outside('default', population('outside'), WINDOW, open)).toEqual([
      { variable: 'age', values: 3, below: 0, above: 1 },
    ]);
  });

  test('checksums of the versions that serve; variants are files of their own', async () => {
    await store([at('artifacts', WINDOW.from, 'a', { modelVersion: '2' })]);
    let ids = 0;
    const deployed = (modelVersion: string, sha256: string, variant = '') => {
      const plain = deployment({ deploymentId: `q-${(ids += 1)}`, timestamp: YESTERDAY.from });
      return {
        ...plain,
        model: 'artifacts',
        modelVersion,
        variant,
        artifact: { ...plain.artifact, sha256 },
      };
    };
    const rows = [
      deployed('1', 'old'),
      deployed('1', 'older'),
      deployed('2', 'bbb'),
      deployed('2', 'aaa'),
      deployed('2', ''),
      deployed('2', 'ccc', 'int8'),
    ];
    await storeBlocks(backend.store, backend.store.deployments.encode('default', rows));
    expect(await quality().artifacts('default', population('artifacts'), WINDOW)).toEqual([
      { version: '2', variant: '', checksums: ['aaa', 'bbb'] },
      { version: '2', variant: 'int8', checksums: ['ccc'] },
    ]);
  });
});
