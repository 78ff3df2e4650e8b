import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { pointsBySeries, startReceiver, totalIncrease } from '../../test/otlp-receiver.js';
import type { OtlpReceiver, ReceivedPoint } from '../../test/otlp-receiver.js';
import { ApiClient } from '../api-client.js';
import { openMetricExporter } from '../exporters.js';
import { FLEET } from '../fleet.js';
import { createNarrator } from '../narrator.js';
import { LiveService } from '../service.js';
import { backfill } from './backfill.js';

const HISTORY_MS = 2 * 3_600_000;
const silent = createNarrator(() => undefined, Date.now);
let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

// Without prediction samples, which have a test of their own: writing 65,000 of them would take most of the time.
const PROFILES = Object.values(FLEET).map((profile) => ({ ...profile, samples: null }));

describe.each(PROFILES)('$service ($temporality, $encoding)', (profile) => {
  test('sends two hours of history and goes on live without a gap and without counting twice', async () => {
    const exporter = openMetricExporter(profile, receiver.url);
    const from = Date.now() - HISTORY_MS;
    const end = await backfill([{ profile, seed: 7, exporter }], {
      client: new ApiClient(receiver.url),
      narrator: silent,
      from,
      now: Date.now,
      signal: new AbortController().signal,
    });
    const historic = receiver.points.length;

    const live = new LiveService(profile, 9, end, { exporter, otlpUrl: receiver.url, exportIntervalMs: 150 });
    const until = Date.now() + 600;
    while (Date.now() < until) {
      live.tick(Date.now());
      await delay(20);
    }
    const stopped = Date.now();
    live.tick(stopped);
    await live.shutdown();

    for (const metric of ['inference.requests', 'inference.request.duration', 'inference.queue.wait']) {
      const [points = [], ...others] = pointsBySeries(receiver.points, profile.service, metric).values();
      expect(others).toEqual([]);
      const expected = (profile.traffic.requestsPerSecond * (stopped - from)) / 1_000;
      // 5 standard deviations of a Poisson count: 2 % to 1 % of two hours' requests.
      expect(Math.abs(totalIncrease(points) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }

    const ofRequests = (points: readonly ReceivedPoint[]): ReceivedPoint[] =>
      [...pointsBySeries(points, profile.service, 'inference.requests').values()].flat();
    const past = ofRequests(receiver.points.slice(0, historic));
    const present = ofRequests(receiver.points.slice(historic));
    expect(past[0]?.start).toBe(from);
    expect(past.at(-1)?.at).toBe(end);
    expect(present[0]?.start).toBeGreaterThanOrEqual(end);
    // Live recording starts as soon as the history has been sent; its first tick makes up for the time since `end`.
    expect((present[0]?.start ?? Infinity) - end).toBeLessThan(1_000);
    past.slice(1).forEach((point, index) => {
      expect(point.at - (past[index]?.at ?? 0)).toBeLessThanOrEqual(10_000);
      expect(point.start).toBe(profile.temporality === 'delta' ? past[index]?.at : from);
    });

    const errors = [...pointsBySeries(receiver.points, profile.service, 'inference.errors').values()];
    expect(errors).toHaveLength(profile.traffic.errorTypes.length);
    const failed = errors.reduce((sum, series) => sum + totalIncrease(series), 0);
    expect(failed / totalIncrease([...past, ...present])).toBeLessThan(0.0001);
    expect([...(receiver.encodings.get(profile.service) ?? [])]).toEqual([
      profile.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    ]);
  }, 90_000);
});
