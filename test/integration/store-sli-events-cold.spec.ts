import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SliEventSlice } from '@tidewatch/store';
import { storeSpans } from '../harness/span-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;

describe.each(STORE_BACKENDS)('cold starts on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const request = (id: number, at: number, durationMs: number, instance = 'i-1', partial = {}) => ({
    id,
    at: START + at,
    durationMs,
    resource: { 'service.name': 'ranker', ...(instance === '' ? {} : { 'service.instance.id': instance }) },
    ...partial,
  });
  const total = async (project: string, from = 0, to = 10 * MINUTE, service = 'ranker') => {
    const range = { from: START + from, to: START + to };
    const [included, excluded] = await backend.store.sliEvents.count(
      project,
      (['include', 'exclude'] as const).map((coldStarts) => ({
        sli: {
          kind: 'spans',
          total: [{ field: 'service', op: '=', value: service }],
          good: [],
          bad: null,
          coldStarts,
        },
        groupBy: [],
      })),
      range,
      HOUR,
    );
    const sum = (answer: unknown) => (answer as SliEventSlice[]).reduce((all, each) => all + each.total, 0);
    return [sum(included), sum(excluded)];
  };

  test('requests that began before the first one had ended', async () => {
    const rows = [
      request(1, 0, 5_000),
      request(2, 4_999.5, 10),
      request(3, 5_000, 10),
      request(4, 0, 5_500),
      // A child of the first: of the same instance and just as slow.
      request(5, 1_000, 100, 'i-1', { kind: 1, parent: 1 }),
      request(6, 9_000, 10),
    ];
    await storeSpans(backend.store, 'cold', rows);
    await storeSpans(backend.store, 'cold', rows);
    expect(await total('cold')).toEqual([6, 2]);
  });

  test('an instance that had a request in the 30 minutes before is warm', async () => {
    await storeSpans(backend.store, 'warm', [
      request(1, -30 * MINUTE, 10),
      request(2, 0, 5_000),
      request(3, 1_000, 10),
      // The same at another instance, which was quiet a moment longer.
      request(4, -30 * MINUTE - 1, 10, 'i-2'),
      request(5, 0, 5_000, 'i-2'),
      request(6, 1_000, 10, 'i-2'),
      // A span inside of a request is no request.
      request(7, -MINUTE, 10, 'i-3', { kind: 1, parent: 99 }),
      request(8, 0, 5_000, 'i-3'),
    ]);
    expect(await total('warm')).toEqual([5, 2]);
    // Whatever the stretch that is counted.
    expect(await total('warm', 1_000, 2_000)).toEqual([2, 1]);
  });

  test('the attribute is taken at its word, and no instance is no cold start', async () => {
    await storeSpans(backend.store, 'says', [
      request(1, 0, 1_000, '', { attributes: { 'faas.coldstart': 'true' } }),
      request(2, 0, 1_000, '', { attributes: { 'faas.coldstart': 'false' } }),
      request(3, 0, 1_000, ''),
    ]);
    expect(await total('says')).toEqual([3, 2]);
  });

  test('a first request that hangs hides its instance for ten minutes at most; instances belong to services', async () => {
    await storeSpans(backend.store, 'hangs', [
      request(1, -11 * MINUTE, 15 * MINUTE),
      request(2, -MINUTE - 1, MINUTE + 10),
      request(3, 0, 10),
      request(4, -20 * MINUTE, 1, 'i-1', {
        resource: { 'service.name': 'other', 'service.instance.id': 'i-1' },
      }),
    ]);
    expect(await total('hangs')).toEqual([3, 1]);
  });
});
