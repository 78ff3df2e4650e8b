import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import type { Prediction } from '@tidewatch/samples';
import type { SliEventQuery, SliEventSlice } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { storeSpans, type SpanSample } from '../harness/span-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;

interface Event {
  readonly at: number;
  readonly good: boolean;
  readonly group: string;
}

/** The definition, word for word, of what the store counts in SQL. */
function recount(
  events: readonly Event[],
  range: { from: number; to: number },
  sliceMs: number,
): SliEventSlice[] {
  const slices = new Map<string, SliEventSlice>();
  for (const { at, good, group } of events.filter((each) => each.at >= range.from && each.at < range.to)) {
    const start = Math.floor(at / sliceMs) * sliceMs;
    const key = `${JSON.stringify([group])} ${start}`;
    const known = slices.get(key) ?? { group: [group], start, good: 0, total: 0 };
    slices.set(key, { ...known, good: known.good + Number(good), total: known.total + 1 });
  }
  return [...slices.values()].sort((one, other) =>
    one.group[0] === other.group[0] ? one.start - other.start : one.group[0]! < other.group[0]! ? -1 : 1,
  );
}

/** Which spans are cold: the definition of a first request, span by span. */
function coldOf(spans: readonly SpanSample[]): Set<SpanSample> {
  const instanceOf = (span: SpanSample) => span.resource?.['service.instance.id'] ?? '';
  const serviceOf = (span: SpanSample) => span.resource?.['service.name'] ?? '';
  const endOf = (span: SpanSample) => span.at + Math.min(span.durationMs ?? 0, 10 * MINUTE);
  const cold = new Set<SpanSample>();
  for (const span of spans) {
    const same = spans.filter(
      (each) =>
        instanceOf(each) !== '' &&
        instanceOf(each) === instanceOf(span) &&
        serviceOf(each) === serviceOf(span),
    );
    const requests = same.filter((each) => each.kind === 2 || each.kind === 5 || each.parent === undefined);
    const firsts = requests.filter(
      (each) =>
        !requests.some((other) => other.at >= each.at - 30 * MINUTE && other.at < each.at) &&
        !requests.some((other) => other.at === each.at && endOf(other) < endOf(each)),
    );
    if (firsts.some((first) => span.at === first.at || (span.at > first.at && span.at < endOf(first)))) {
      cold.add(span);
    }
  }
  return cold;
}

describe.each(STORE_BACKENDS.slice(0, 1))('counts equal a plain recount on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test.each([1, 2, 3, 4, 5, 6])('of spans, seed %i', async (seed) => {
    const random = seededRandom(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const grid = pick([1, SECOND, 10 * SECOND]);
    const onGrid = (length: number) => Math.floor((random() * length) / grid) * grid;
    const spans = Array.from({ length: 250 }, (_, id): SpanSample => ({
      id: id + 1,
      at: START - 90 * MINUTE + onGrid(110 * MINUTE),
      durationMs: random() < 0.7 ? onGrid(20 * SECOND) : onGrid(70 * MINUTE),
      status: pick([0, 1, 2]),
      kind: pick([1, 2, 3, 5]),
      ...(random() < 0.5 ? { parent: 1 } : {}),
      attributes: { tenant: pick(['', 'a', 'b']) },
      resource: {
        'service.name': pick(['ranker', 'ranker', 'other']),
        'service.instance.id': pick(['', 'i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6']),
      },
    }));
    const project = `spans ${seed}`;
    await storeSpans(backend.store, project, spans.slice(0, 200));
    await storeSpans(
      backend.store,
      project,
      spans.filter(() => random() < 0.3),
    );
    await storeSpans(backend.store, project, spans.slice(100));
    const cold = coldOf(spans);
    const eventsOf = (excluded: boolean): Event[] =>
      spans
        .filter(
          (span) =>
            span.resource?.['service.name'] === 'ranker' &&
            (span.durationMs ?? 0) <= HOUR &&
            !(excluded && cold.has(span)),
        )
        .map((span) => ({
          at: span.at + (span.durationMs ?? 0),
          good: span.status !== 2 && (span.durationMs ?? 0) / 1000 <= 10,
          group: span.attributes?.['tenant'] ?? '',
        }));
    const queries = (['include', 'exclude'] as const).map((coldStarts): SliEventQuery => ({
      sli: {
        kind: 'spans',
        total: [{ field: 'service', op: '=', value: 'ranker' }],
        good: [
          { field: 'status', op: '!=', value: 'error' },
          { field: 'duration', op: '<=', value: 10 },
        ],
        bad: null,
        coldStarts,
      },
      groupBy: ['tenant'],
    }));
    expect(cold.size).toBeGreaterThan(0);
    for (const sliceMs of [10 * SECOND, MINUTE, HOUR]) {
      const range = { from: START + onGrid(2 * MINUTE), to: START + 10 * MINUTE + onGrid(5 * MINUTE) };
      const answers = await backend.store.sliEvents.count(project, queries, range, sliceMs);
      expect(answers).toEqual([
        recount(eventsOf(false), range, sliceMs),
        recount(eventsOf(true), range, sliceMs),
      ]);
    }
  });

  test.each([7, 8, 9])('of samples, seed %i', async (seed) => {
    const random = seededRandom(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const samples = Array.from({ length: 400 }, (_, id): Prediction =>
      prediction({
        predictionId: `p${id}`,
        timestamp: START + Math.floor(random() * 1_200) * pick([1, 100, 1_000]),
        latencyMs: pick([null, NaN, Infinity, 10, 20, 20.5]),
        status: pick(['ok', 'error']),
        model: pick(['ranker', 'other']),
        region: pick(['', 'eu']),
      }),
    );
    const project = `samples ${seed}`;
    const { predictions } = backend.store;
    await storeBlocks(backend.store, predictions.encode(project, samples), project);
    await storeBlocks(
      backend.store,
      predictions.encode(
        project,
        samples.filter(() => random() < 0.5),
      ),
      project,
    );
    const query: SliEventQuery = {
      sli: {
        kind: 'predictions',
        total: [{ field: 'model', op: '=~', value: 'rank.*' }],
        good: null,
        bad: [{ field: 'latency_ms', op: '>', value: 15 }],
        labelDelayMs: 0,
      },
      groupBy: ['region'],
    };
    const events = samples
      .filter(({ model }) => model === 'ranker')
      .map(({ timestamp, latencyMs, region }): Event => ({
        at: timestamp,
        good: latencyMs === null || !Number.isFinite(latencyMs) || latencyMs <= 15,
        group: region,
      }));
    for (const sliceMs of [10 * SECOND, MINUTE, HOUR]) {
      const range = { from: START + pick([0, 10_000, 1]), to: START + pick([60_000, 700_000]) };
      expect(await backend.store.sliEvents.count(project, [query], range, sliceMs)).toEqual([
        recount(events, range, sliceMs),
      ]);
    }
  });
});
