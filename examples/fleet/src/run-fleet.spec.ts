import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseBaseline, parseDeployments, parseLabels, parsePredictions } from '@tidewatch/samples';
import { pointsBySeries, startReceiver, totalIncrease } from '../test/otlp-receiver.js';
import type { OtlpReceiver } from '../test/otlp-receiver.js';
import { createNarrator } from './narrator.js';
import type { FleetEvent } from './narrator.js';
import { readOptions } from './options.js';
import type { FleetOptions } from './options.js';
import { runFleet } from './run-fleet.js';
import type { PredictionSample } from './samples.js';

let receiver: OtlpReceiver;
let lines: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  lines = [];
});
afterEach(() => receiver.close());

const narrator = createNarrator((line) => lines.push(line.trimEnd()), Date.now);

function options(...extra: string[]): FleetOptions {
  return readOptions(['--otlp', receiver.url, '--api', receiver.url, ...extra]) as FleetOptions;
}

const events = (): FleetEvent[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as FleetEvent);

const rows = <T>(path: string): T[] =>
  receiver.calls
    .filter((call) => call.path === path)
    .flatMap((call) => call.body.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as T);

/** What the server's own parsers refuse of what was sent. */
function refusedRows(): unknown[] {
  const ndjson = { contentType: 'application/x-ndjson', project: 'default', now: Date.now() } as const;
  return receiver.calls.flatMap(({ path, body }): unknown[] => {
    const bytes = Buffer.from(body);
    switch (path) {
      case '/v1/predictions':
        return parsePredictions(bytes, { ...ndjson, newId: () => 'none' }).rejected;
      case '/v1/labels':
        return parseLabels(bytes, ndjson).rejected;
      case '/v1/deployments':
        return parseDeployments(bytes, { ...ndjson, contentType: 'application/json' }).rejected;
      default:
        return parseBaseline(bytes, ndjson).rows === 10_000 ? [] : [path];
    }
  });
}

describe('runFleet', () => {
  test('tells the whole story: baselines, past, live traffic, bad deploy, evening, rollback', async () => {
    const signal = new AbortController().signal;
    const times = [
      '--history',
      '20m',
      '--incident-after',
      '1s',
      '--rollback-after',
      '2s',
      '--duration',
      '4s',
    ];
    await runFleet(options(...times), { narrator, signal });

    expect(events().map((event) => event.event)).toEqual([
      'live',
      'bad-deploy',
      'evening-traffic',
      'evening-light',
      'rollback',
      'stopped',
    ]);
    const at = events()[1]?.at ?? NaN;
    const rolledBackAt = events()[4]?.at ?? NaN;

    expect(rows('/v1/baselines/ranker/training-2026-11')).toHaveLength(10_000);
    expect(rows('/v1/baselines/fraud-score/training-2026-11')).toHaveLength(10_000);
    const deployments = rows<{ deployment_id: string; kind: string }[]>('/v1/deployments').flat();
    expect(deployments.map((row) => row.deployment_id)).toEqual([
      'd-ranker-142',
      'd-vision-230',
      'd-fraud-310',
      'd-ranker-150',
      'd-ranker-142',
    ]);
    expect(deployments.map((row) => row.kind)).toEqual(['deploy', 'deploy', 'deploy', 'deploy', 'rollback']);

    const samples = rows<PredictionSample>('/v1/predictions');
    expect(new Set(samples.map((sample) => sample.prediction_id)).size).toBe(samples.length);
    const after = samples.filter((sample) => Date.parse(sample.timestamp) >= at);
    const ranker = after.filter((sample) => sample.model === 'ranker');
    const isRolledBack = ({ timestamp }: PredictionSample): boolean => Date.parse(timestamp) >= rolledBackAt;
    const releases = (rows: PredictionSample[]) => new Set(rows.map((sample) => sample.deployment_id));
    expect(releases(ranker.filter((sample) => !isRolledBack(sample)))).toEqual(new Set(['d-ranker-150']));
    expect(releases(ranker.filter(isRolledBack))).toEqual(new Set(['d-ranker-142']));
    expect(ranker.every((sample) => /^[0-9a-f]{32}$/.test(sample.trace_id ?? ''))).toBe(true);
    const fraud = after.filter(
      ({ model, tags }) => model === 'fraud-score' && tags.channel === 'card_present',
    );
    const quick = fraud.filter((sample) => Number(sample.features?.seconds_since_last_payment) < 3_600);
    expect(quick.length / fraud.length).toBeGreaterThan(0.8);

    // 0.2 a second over 20 min and 5 a second over 4 s are 260 images; 5 standard deviations of a Poisson count are 80.
    const vision = samples.filter((sample) => sample.model === 'defect-detector');
    expect(Math.abs(vision.length - 260)).toBeLessThan(80);
    expect(vision.every((sample) => sample.inputs?.['frame']?.media_type === 'image/jpeg')).toBe(true);
    const packing = after.filter(({ tags }) => tags['hall'] === 'packing');
    expect(packing.length).toBeGreaterThan(0);

    const failed = [...pointsBySeries(receiver.points, 'ranker-api', 'inference.errors').values()]
      .filter((series) => series[0]?.series.attributes['deployment.id'] === 'd-ranker-150')
      .reduce((sum, series) => sum + totalIncrease(series), 0);
    // 2 s at 30 requests a second, 15 % of which fail: 9 expected, and fewer than 1 once in 8,000 runs.
    expect(failed).toBeGreaterThanOrEqual(1);
    const attributes = new Set(receiver.points.flatMap((point) => Object.keys(point.series.attributes)));
    expect([...attributes].sort()).toEqual([
      'deployment.id',
      'error.type',
      'hw.id',
      'model.name',
      'model.version',
      'stage',
    ]);
    expect(refusedRows()).toEqual([]);
    expect(rows('/v1/labels').length).toBeGreaterThan(100);
    expect(receiver.traceRequests.count).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('WARNING'))).toEqual([]);
  });

  test('stops within two seconds when told to', async () => {
    const stop = new AbortController();
    let stoppedAt = NaN;
    const listening = createNarrator((line) => {
      if (line.includes('"live"')) {
        setTimeout(() => {
          stoppedAt = Date.now();
          stop.abort();
        }, 700);
      }
    }, Date.now);
    await runFleet(options('--history', '0s'), { narrator: listening, signal: stop.signal });
    expect(Date.now() - stoppedAt).toBeLessThan(2_000);
    expect(rows('/v1/predictions').length).toBeGreaterThan(0);
  });

  test('stops quietly in the middle of the history', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    await runFleet(options('--history', '24h'), { narrator, signal: stop.signal });
    expect(events()).toEqual([]);
  });

  test('gives up on a server that does not answer, and says where it looked and what to do', async () => {
    const signal = new AbortController().signal;
    const nowhere = { ...options(), apiUrl: 'http://127.0.0.1:9' };
    await expect(runFleet(nowhere, { narrator, signal, patienceMs: 50 })).rejects.toThrow(
      /127\.0\.0\.1:9 does not answer.*--api/,
    );
  });
});
