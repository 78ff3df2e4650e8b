import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { drainPending } from 'chdb';
import { CATALOGUE, dashboardJson } from '../../dashboards/src/catalogue/index.js';
import { queriesOf, readDashboard, type NamedQuery } from '../../dashboards/src/dashboard-json.js';
import { expandSql, type QueryContext } from '../../dashboards/src/macros.js';
import { seededDatabase } from './dashboards-database.js';
import { incidentSeed } from './dashboards-incidents.js';
import { clickhouseTime, dashboardSeed } from './dashboards-seed.js';

interface Answer {
  readonly meta: { name: string; type: string }[];
  readonly data: Record<string, unknown>[];
}

const END = Math.floor(Date.now() / 60_000) * 60_000;
const EVERYTHING: QueryContext = {
  from: END - 3_600_000,
  to: END + 5_000,
  intervalMs: 60_000,
  variables: {
    project: ['default'],
    service: '$__all',
    model: '$__all',
    latency: ['inference.request.duration'],
  },
};
const QUERIES = CATALOGUE.flatMap((entry) => queriesOf(readDashboard(dashboardJson(entry))));

let client: ClickHouseClient;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tidewatch-dashboards-'));
  client = await seededDatabase(directory, { ...dashboardSeed(END), ...incidentSeed(END) });
});

afterAll(async () => {
  await client.close();
  await drainPending();
  rmSync(directory, { recursive: true, force: true });
});

async function run(query: NamedQuery, context: QueryContext = EVERYTHING): Promise<Answer> {
  const result = await client.query({ query: expandSql(query.rawSql, context), format: 'JSON' });
  return result.json() as unknown as Answer;
}

async function rowsOf(name: string, context?: QueryContext): Promise<Record<string, unknown>[]> {
  const query = QUERIES.find((candidate) => candidate.name === name);
  if (query === undefined) {
    throw new Error(`No query is called ${name}`);
  }
  return (await run(query, context)).data;
}

/** Rows of a time series as `minutes since the range's start, labels…, value`. */
function points(rows: Record<string, unknown>[], ...columns: string[]): unknown[][] {
  return rows.map((row) => [
    (Date.parse(`${String(row['time'])}Z`) - EVERYTHING.from) / 60_000,
    ...columns.map((column) => row[column]),
  ]);
}

const isTime = (type: string): boolean => type.startsWith('DateTime');
const isText = (type: string): boolean => /^(LowCardinality\()?String/.test(type);
const isNumber = (type: string): boolean => /^(Nullable\()?(U?Int\d+|Float64)/.test(type);

describe('every query of every dashboard', () => {
  test.each(QUERIES)('$name finds seeded rows in the columns Grafana needs', async (query) => {
    const { meta, data } = await run(query);
    expect(data.length).toBeGreaterThan(0);
    if (query.format === 0) {
      // Lines need a time, any number of labels, and at least one number.
      expect(meta[0]?.name).toBe('time');
      expect(isTime(meta[0]?.type ?? '')).toBe(true);
      expect(meta.slice(1).every(({ type }) => isText(type) || isNumber(type))).toBe(true);
      expect(meta.some(({ type }) => isNumber(type))).toBe(true);
      expect(data.map((row) => row['time'])).toEqual([...data.map((row) => row['time'])].sort());
    } else if (query.format === null) {
      expect(meta.map(({ type }) => isText(type))).toEqual([true]);
    } else if (query.name.startsWith('annotation')) {
      expect(meta.map(({ name }) => name)).toEqual(['time', 'text', 'title', 'tags']);
    }
  });

  test.each(QUERIES)('$name runs with one service and model chosen', async (query) => {
    const variables = { ...EVERYTHING.variables, service: ['ranker', "o'brien"], model: ['ranker-v1'] };
    const { data } = await run(query, { ...EVERYTHING, variables });
    expect(JSON.stringify(data)).not.toContain(query.name.startsWith('variable') ? 'late' : 'embedder');
  });

  test.each(QUERIES)('$name runs for a project without data', async (query) => {
    const { data } = await run(query, {
      ...EVERYTHING,
      variables: { ...EVERYTHING.variables, project: ['nothing-yet'] },
    });
    expect(
      query.name === 'variable project'
        ? []
        : data.filter((row) =>
            Object.values(row).some((value) => typeof value === 'string' && value !== '0'),
          ),
    ).toEqual([]);
  });
});

describe('variables', () => {
  test('offer what the chosen project holds', async () => {
    expect(await rowsOf('variable project')).toEqual([{ project: 'default' }, { project: 'other' }]);
    expect(await rowsOf('variable service')).toEqual([{ service: 'embedder' }, { service: 'ranker' }]);
    expect(await rowsOf('variable model')).toEqual([{ model: 'clip' }, { model: 'ranker-v1' }]);
    expect(await rowsOf('variable latency')).toEqual([{ metric: 'inference.request.duration' }]);
  });
});

describe('latency percentiles', () => {
  test('follow Prometheus on summed deltas, per-series differences and a restart', async () => {
    const rows = await rowsOf('panel Latency percentiles by service');
    const embedder = points(
      rows.filter((row) => row['service'] === 'embedder'),
      'percentile',
      'latency',
    );
    const ranker = points(
      rows.filter((row) => row['service'] === 'ranker'),
      'percentile',
      'latency',
    );
    // ranker: the two instances sum to 100, 50, 35, 12, 3 (a block stored twice counts once); ranks 100, 190, 198 of 200.
    // p95 lies 5/12 into (0.5, 1]; p99 is in the overflow bucket, so it is the highest bound.
    expect(ranker.map(([minute, percentile]) => [minute, percentile])).toEqual([
      [30, 'p50'],
      [30, 'p95'],
      [30, 'p99'],
    ]);
    expect(ranker.map((row) => row[2])).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.5 + (0.5 * 5) / 12, 12),
      1,
    ]);
    // embedder, bounds in ms: minute 31 grew by 20, 10, 0 (ranks 15, 28.5, 29.7); minute 32 restarted with 4, 4, 2.
    expect(embedder.map(([minute, percentile]) => [minute, percentile])).toEqual([
      [31, 'p50'],
      [31, 'p95'],
      [31, 'p99'],
      [32, 'p50'],
      [32, 'p95'],
      [32, 'p99'],
    ]);
    expect(embedder.map((row) => row[2])).toEqual(
      [0.075, 0.1 + 0.4 * 0.85, 0.1 + 0.4 * 0.97, 0.2, 0.5, 0.5].map((value) => expect.closeTo(value, 12)),
    );
  });
});

describe('request and error rates', () => {
  test('count deltas once, cumulative growth per series, resets from zero, and leave the open interval out', async () => {
    const rows = await rowsOf('panel Requests per second by service');
    expect(points(rows, 'service', 'rate')).toEqual([
      [0, 'embedder', 0.5],
      [1, 'embedder', 2],
      [2, 'embedder', 1.5],
      [10, 'embedder', 5],
      [21, 'embedder', 1],
      [30, 'ranker', 3],
      [31, 'ranker', 1],
    ]);
  });

  test('give errors per second and as a share of requests', async () => {
    expect(points(await rowsOf('panel Errors per second by service'), 'service', 'rate')).toEqual([
      [30, 'ranker', 0.15],
    ]);
    const share = points(await rowsOf('panel Share of requests that failed'), 'service', 'share');
    expect(share).toContainEqual([30, 'ranker', 0.05]);
    expect(share).toContainEqual([31, 'ranker', 0]);
  });
});

describe('SLO panels', () => {
  test('show the stored burn rates of the verdict that counts, and nothing where no event was', async () => {
    expect(points(await rowsOf('panel Burn rate, long window'), 'slo', 'tier', 'burn')).toEqual([
      [50, 'ranker-availability', 'page-fast', 7.2],
      [50, 'ranker-availability', 'ticket-slow', 2.5],
      [55, 'clip-latency', 'ticket-slow', 0.5],
      [55, 'ranker-availability', 'page-fast', 18.5],
      [55, 'ranker-availability', 'ticket-slow', 3.25],
    ]);
    expect(points(await rowsOf('panel Burn rate, short window'), 'slo', 'tier', 'burn')).toContainEqual([
      55,
      'ranker-availability',
      'page-fast',
      21.6,
    ]);
    const share = points(await rowsOf('panel Tiers: share of the threshold reached'), 'slo', 'tier', 'burn');
    expect(share).toContainEqual([50, 'ranker-availability', 'page-fast', 0.5]);
    expect(share).toContainEqual([50, 'ranker-availability', 'ticket-slow', 2]);
  });

  test('show what is left of each budget and how many tiers fire', async () => {
    expect(await rowsOf('panel Error budget remaining')).toEqual([
      { slo: 'ranker-availability', remaining: 0.25 },
    ]);
    expect(await rowsOf('panel Smallest budget left')).toEqual([{ remaining: 0.25 }]);
    expect(await rowsOf('panel Burn-rate tiers firing')).toEqual([{ firing: 2 }]);
    const tiers = await rowsOf('panel SLO tiers now');
    expect(tiers.map((row) => [row['State'], row['SLO'], row['Tier'], row['Long burn']])).toEqual([
      ['firing', 'ranker-availability', 'page-fast', 18.5],
      ['firing', 'ranker-availability', 'ticket-slow', 3.25],
      ['frozen', 'clip-latency', 'page-fast', null],
      ['ok', 'clip-latency', 'ticket-slow', 0.5],
    ]);
  });
});

describe('drift panels', () => {
  test('list the latest verdict of each feature, most urgent first', async () => {
    const rows = await rowsOf('panel Latest drift verdicts');
    expect(
      rows.map((row) => [row['State'], row['Feature'], row['Effect'], row['p-value'], row['Window samples']]),
    ).toEqual([
      ['alarm', 'age', 0.125, 1e-12, 5000],
      ['not-enough-data', 'country', null, null, 12],
      ['ok', 'income', 0.02, 0.2, 5000],
    ]);
    expect(await rowsOf('panel Features in drift alarm')).toEqual([{ alarms: 1 }]);
  });

  test('draw states as places in the list of states', async () => {
    expect(
      points(await rowsOf('panel Drift states over time, worst 25 features'), 'feature', 'state'),
    ).toEqual([
      [50, 'age', 0],
      [50, 'income', 2],
      [55, 'age', 3],
      [55, 'country', 1],
      [55, 'income', 0],
    ]);
  });
});

describe('incidents, deployments and freshness', () => {
  test('open incidents are those whose last event left them open, however old', async () => {
    const rows = await rowsOf('panel Open incidents');
    expect(
      rows.map((row) => [row['Severity'], row['Service'], row['Summary'], row['Opened'], row['Open for']]),
    ).toEqual([
      ['page', 'ranker', 'burning 2', clickhouseTime(END - 20 * 60_000), 1205],
      ['ticket', 'embedder', 'drifting 1', clickhouseTime(END - 300 * 60_000), 18005],
    ]);
    expect(await rowsOf('panel Open pages')).toEqual([{ open: 1 }]);
    expect(await rowsOf('panel Open tickets')).toEqual([{ open: 1 }]);
  });

  test('deployments and incident changes inside the range become markers', async () => {
    expect((await rowsOf('annotation Deployments')).map((row) => [row['text'], row['tags']])).toEqual([
      ['deploy ranker / ranker-v1 1.4.2 (canary)', 'deploy,ranker,ranker-v1'],
      ['traffic ranker / ranker-v1 1.4.2, 12.5 % of traffic', 'traffic,ranker,ranker-v1'],
    ]);
    expect((await rowsOf('annotation Incidents')).map((row) => row['text'])).toEqual([
      'page opened: gone 1',
      'page resolved: gone 2',
      'ticket opened: burning 1',
      'page escalated: burning 2',
    ]);
  });

  test('freshness counts from the newest stored block', async () => {
    expect(await rowsOf('panel Since data was stored')).toEqual([{ seconds: 47 }]);
  });
});

describe('alerting', () => {
  test('counts what was open in each interval, by the severity it had then', async () => {
    const open = points(await rowsOf('panel Incidents open over time'), 'severity', 'open');
    const at = (minute: number) => open.filter(([time]) => time === minute).map(([, ...rest]) => rest);
    expect(at(0)).toEqual([['ticket', 1]]);
    // A page from minute 10 to minute 20, in which it resolves.
    expect(at(15)).toEqual([
      ['page', 1],
      ['ticket', 1],
    ]);
    expect(at(21)).toEqual([['ticket', 1]]);
    expect(at(42)).toEqual([['ticket', 2]]);
    expect(at(50)).toEqual([
      ['page', 1],
      ['ticket', 1],
    ]);
  });

  test('tells how fast incidents were answered', async () => {
    const rows = await rowsOf('panel Time to acknowledge and to resolve');
    expect(rows).toEqual([
      {
        Severity: 'page',
        Opened: 2,
        Acknowledged: 1,
        'To acknowledge, median': 360,
        'To acknowledge, p90': 360,
        Resolved: 1,
        'To resolve, median': 600,
        'To resolve, p90': 600,
        'Opened again': 0,
      },
    ]);
  });

  test('names the rules that are heard most', async () => {
    const rows = await rowsOf('panel Noisiest rules');
    expect(
      rows.map((row) => [row['Kind'], row['Rule'], row['Openings'], row['Messages'], row['Acknowledged']]),
    ).toEqual([
      ['SLO', 'ranker-availability', 2, 3, 0.5],
      ['DriftMonitor', 'ranker-inputs', 1, 2, 1],
    ]);
  });

  test('says what became of each message and how long it took', async () => {
    const rows = await rowsOf('panel Receivers');
    expect(rows.map((row) => [row['Receiver'], row['Messages'], row['Delivered'], row['Given up']])).toEqual([
      ['ml-tickets', 1, 0, 1],
      ['sre-pager', 2, 2, 0],
    ]);
    expect(rows.map((row) => [row['To arrive, longest'], row['Latest trouble']])).toEqual([
      [null, 'no such channel'],
      [32, ''],
    ]);
    expect(await rowsOf('panel Messages given up')).toEqual([{ rejected: 1 }]);
    expect(await rowsOf('panel Pages attempted within 30 s')).toEqual([{ share: 0.5 }]);
    expect(
      points(await rowsOf('panel Time until a message has arrived'), 'severity', 'percentile', 'seconds'),
    ).toEqual([
      [10, 'page', 'p50', 32],
      [10, 'page', 'p99', 32],
      [45, 'page', 'p50', 5.5],
      [45, 'page', 'p99', 5.5],
    ]);
    expect(points(await rowsOf('panel Delivery attempts by outcome'), 'outcome', 'attempts')).toEqual([
      [10, 'delivered', 1],
      [41, 'rejected', 1],
      [45, 'delivered', 1],
      [45, 'retry', 1],
    ]);
  });

  test('shows what is kept quiet, by what, and until when', async () => {
    expect(await rowsOf('panel Rules kept quiet')).toEqual([{ quiet: 1 }]);
    const [row] = await rowsOf('panel Rules kept quiet now');
    expect(row).toMatchObject({
      Rule: 'DriftMonitor/ranker-inputs',
      'Kept quiet by': 'deployment',
      Reason: 'warming up',
    });
  });
});

describe('the settings in deploy/clickhouse', () => {
  test.each([
    {
      file: 'users.xml',
      table: 'system.settings',
      names: ['readonly', 'max_execution_time', 'max_memory_usage', 'max_threads'],
    },
    {
      file: 'config.xml',
      table: 'system.server_settings',
      names: ['max_server_memory_usage_to_ram_ratio', 'mark_cache_size'],
    },
  ])('$file names settings this engine has', async ({ file, table, names }) => {
    const text = readFileSync(new URL(`../../deploy/clickhouse/${file}`, import.meta.url), 'utf8');
    const known = await client.query({ query: `SELECT name FROM ${table}`, format: 'JSONEachRow' });
    const rows = await known.json<{ name: string }>();
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(names));
    expect(names.filter((name) => !text.includes(`<${name}>`))).toEqual([]);
  });
});
