import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncidentState } from '@tidewatch/alerts';
import type { Deployment } from '@tidewatch/samples';
import type { VerdictRow } from '@tidewatch/store';
import { pino, type Logger } from 'pino';
import { EMPTY_VERDICT_FIELDS } from '../../apps/server/src/evaluate/verdict-rows.js';
import { ChartLinks } from '../../apps/server/src/notify/context/chart-links.js';
import {
  GRAFANA_DATASOURCE,
  ON_CALL_DASHBOARD,
} from '../../apps/server/src/notify/context/incident-links.js';
import { memberChart } from '../../apps/server/src/notify/context/member-chart.js';
import {
  NotificationContexts,
  type NotificationContextOptions,
} from '../../apps/server/src/notify/context/notification-context.js';
import { incidentState, memberState } from '../harness/incident-state.js';
import { deployment as anyDeployment } from '../harness/prediction-rows.js';
import { storeBlocks } from '../harness/store-blocks.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Rows expire, so everything happens lately. */
const OPENED = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * HOUR;
const NOW = OPENED + HOUR;
const KEY = { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'ranker' };
const SECRET = 's'.repeat(64);

let backend: OpenBackend;
beforeAll(async () => {
  backend = await STORE_BACKENDS[0]!.open();
  await storeBlocks(backend.store, backend.store.deployments.encode('default', DEPLOYMENTS));
  await backend.store.verdicts.write('default', VERDICTS);
  await backend.store.verdicts.write('other', [verdict({ kind: 'SLO', rule: 'availability', ...burn(99) })]);
}, 60_000);
afterAll(() => backend.close());

const deployment = (deploymentId: string, at: number, part: Partial<Deployment> = {}): Deployment =>
  anyDeployment({ deploymentId, timestamp: OPENED + at, ...part });
const DEPLOYMENTS = [
  deployment('months-ago', -60 * 24 * HOUR),
  deployment('before', -10 * MINUTE),
  deployment('of-another-service', -9 * MINUTE, { service: 'other', region: '' }),
  deployment('of-another-model', -8 * MINUTE, { model: 'reader' }),
  deployment('of-neither', -7 * MINUTE, { service: 'other', model: 'reader' }),
  deployment('elsewhere', -6 * MINUTE, { region: 'us-2' }),
  deployment('during', 5 * MINUTE, { kind: 'rollback' }),
  deployment('later', 2 * HOUR - MINUTE),
];

function verdict(part: Partial<VerdictRow>): VerdictRow {
  return {
    ...EMPTY_VERDICT_FIELDS,
    kind: 'SLO',
    rule: '',
    subject: '',
    windowEnd: NOW,
    windowStart: NOW - HOUR,
    evaluatedAt: NOW,
    state: 'ok',
    reason: '',
    service: '',
    region: '',
    model: '',
    owner: '',
    sampleSize: 0,
    baselineSize: 0,
    document: '{}',
    ...part,
  };
}

const burn = (long: number): Partial<VerdictRow> => ({
  tiers: ['page-fast', 'ticket-slow'],
  tierStates: ['ok', 'ok'],
  tierThresholds: [14.4, 1],
  tierLongBurns: [long, 0.5],
  tierShortBurns: [long, 0.5],
  tierBadEvents: [0, 0],
  document: JSON.stringify({ tiers: [{ name: 'page-fast', longMs: HOUR }] }),
});
const minutes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const VERDICTS: VerdictRow[] = [
  ...minutes(120).map((minute) =>
    verdict({ rule: 'availability', windowEnd: NOW - minute * MINUTE, ...burn(20 - minute / 10) }),
  ),
  ...minutes(3).map((minute) =>
    verdict({
      rule: 'availability',
      subject: 'tenant="a/b"',
      windowEnd: NOW - minute * MINUTE,
      ...burn(minute),
    }),
  ),
  ...minutes(40).flatMap((minute) =>
    [
      { subject: 'age/ks', statistic: 0.02, state: 'ok' },
      { subject: 'country/linf', statistic: 0.3 - minute / 200, state: minute < 10 ? 'alarm' : 'watch' },
    ].map((part) =>
      verdict({
        kind: 'DriftMonitor',
        rule: 'inputs',
        windowEnd: NOW - minute * 5 * MINUTE,
        windowStart: NOW - minute * 5 * MINUTE - HOUR,
        minimumEffect: 0.03,
        document: '{"effectName":"the distance"}',
        ...part,
      }),
    ),
  ),
  ...minutes(30).map((minute) =>
    verdict({
      kind: 'MetricMonitor',
      rule: 'hot',
      subject: 'gpu="0"',
      windowEnd: NOW - minute * MINUTE,
      statistic: minute === 3 ? null : 80 + minute,
      threshold: 85,
    }),
  ),
];

const page = memberState({ since: OPENED });
const drift = memberState({
  kind: 'DriftMonitor',
  rule: 'inputs',
  tier: '',
  severity: 'ticket',
  since: OPENED,
});
const silent = memberState({ kind: 'NoData', tier: 'no-data', since: OPENED - HOUR });
const incident = (part: Partial<IncidentState> = {}): IncidentState =>
  incidentState({ key: KEY, openedAt: OPENED, members: { 'SLO/availability/page-fast': page }, ...part });

function contexts(part: Partial<NotificationContextOptions> = {}): NotificationContexts {
  return new NotificationContexts({
    store: backend.store,
    addresses: { consoleUrl: 'https://tidewatch.example.com', grafanaUrl: 'https://grafana.example.com' },
    links: new ChartLinks(SECRET, 'https://tidewatch.example.com'),
    logger: pino({ level: 'silent' }),
    ...part,
  });
}

/** What a logger of its own was told. */
function listening(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  return { logger: pino({}, { write: (line: string) => lines.push(line) }), lines };
}

describe('the context of a message', () => {
  test('has the deployment that was live when it opened, however much has happened since', async () => {
    const shared = [3, 2, 1].map((minutes) => deployment('d-2', minutes * MINUTE, { kind: 'traffic' }));
    const list = async (): Promise<Deployment[]> => [...shared, deployment('d-1', -HOUR)];
    const store = { ...backend.store, deployments: { ...backend.store.deployments, list } };
    const { deployments } = await contexts({ store }).contextOf(incident(), NOW);
    expect(deployments.map(({ deploymentId }) => deploymentId)).toEqual(['d-2', 'd-2', 'd-1']);
  });

  test('has links, the last deployments of its service or model, and a chart', async () => {
    const context = await contexts().contextOf(incident(), NOW, 'ticket');
    expect(context.deployments.map(({ deploymentId }) => deploymentId)).toEqual([
      'during',
      'of-another-model',
      'of-another-service',
    ]);
    expect(context.links.console).toBe(`https://tidewatch.example.com/#/incidents/${incident().id}`);
    expect(context.chart?.alt).toBe('availability: burn rate over 1h, times the budget');
    const png = Buffer.from(context.chart!.png);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1_200);
    expect(context.chart?.url).toMatch(
      /^https:\/\/tidewatch\.example\.com\/api\/v1\/incidents\/(a1){32}\/chart\.png\?/,
    );
  });

  test('of a resolved incident ends where it ended', async () => {
    const over = incident({ status: 'resolved', resolvedAt: OPENED + MINUTE });
    const { deployments, links } = await contexts().contextOf(over, NOW);
    expect(deployments.map(({ deploymentId }) => deploymentId)).not.toContain('during');
    expect(new URL(links.grafana).searchParams.get('to')).toBe(String(OPENED + 16 * MINUTE));
  });

  test('of another project knows nothing of this one', async () => {
    const foreign = incident({ key: { ...KEY, project: 'nobody' } });
    expect(await contexts().contextOf(foreign, NOW, 'ticket')).toMatchObject({
      deployments: [],
      chart: null,
    });
  });

  test('takes the chart of the next member where the leading one measures nothing', async () => {
    const members = { 'SLO/availability/no-data': silent, 'DriftMonitor/inputs': drift };
    const { chart } = await contexts().contextOf(incident({ members }), NOW, 'ticket');
    expect(chart?.alt).toBe('inputs: country/linf, the distance');
  });

  test('is read once for all who are told at the same time', async () => {
    let reads = 0;
    const { deployments } = backend.store;
    const store = {
      ...backend.store,
      deployments: {
        ...deployments,
        list: (...all: Parameters<typeof deployments.list>) => (reads++, deployments.list(...all)),
      },
    };
    const shared = contexts({ store });
    await Promise.all([1, 2, 3].map(() => shared.contextOf(incident(), NOW, 'ticket')));
    await shared.contextOf(incident(), NOW + 9_000, 'ticket');
    expect(reads).toBe(2);
    await shared.contextOf(incident(), NOW + 10_001, 'ticket');
    expect(reads).toBe(4);
  });
});

describe('a slow or broken store', () => {
  /** A store whose answers come after `ms`: the real one is quick here. */
  const slow = (ms: number): NotificationContextOptions['store'] => ({
    ...backend.store,
    deployments: {
      ...backend.store.deployments,
      list: async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return [deployment('slow', 0)];
      },
    },
  });

  test('does not hold back a page; its update has what came later', async () => {
    const patient = contexts({ store: slow(500) });
    const startedAt = Date.now();
    const first = await patient.contextOf(incident(), NOW);
    expect(Date.now() - startedAt).toBeLessThan(450);
    expect(first.deployments).toEqual([]);
    expect(first.links.console).not.toBe('');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await patient.contextOf(incident(), NOW + 1_000)).deployments).toHaveLength(1);
  });

  test('holds back a ticket for two seconds', async () => {
    const startedAt = Date.now();
    const context = await contexts({ store: slow(2_500) }).contextOf(incident(), NOW, 'ticket');
    expect(Date.now() - startedAt).toBeGreaterThan(1_900);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(context.chart).not.toBeNull();
  });

  test('costs a storm of incidents nothing: most of them go without', async () => {
    const busy = contexts({ store: slow(1_000) });
    const startedAt = Date.now();
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) => busy.contextOf(incident({ id: `i${index}` }), NOW)),
    );
    expect(Date.now() - startedAt).toBeLessThan(1_500);
    expect(all.filter(({ links }) => links.console !== '')).toHaveLength(200);
  });

  test('that fails is told once, until it has worked again', async () => {
    const { logger, lines } = listening();
    let fails = true;
    const { deployments } = backend.store;
    const list: typeof deployments.list = (...all) =>
      fails ? Promise.reject(new Error('no store')) : deployments.list(...all);
    const broken = contexts({ store: { ...backend.store, deployments: { ...deployments, list } }, logger });
    const ask = (index: number) => broken.contextOf(incident({ id: `i${index}` }), NOW, 'ticket');
    expect((await ask(1)).chart).not.toBeNull();
    await ask(2);
    expect(lines).toHaveLength(1);
    fails = false;
    await ask(3);
    fails = true;
    await ask(4);
    expect(lines).toHaveLength(2);
  });
});

describe('the chart of a member', () => {
  const chartOf = (name: string, part: Parameters<typeof memberState>[0], state = incident()) =>
    memberChart(backend.store, state, [name, memberState(part)], NOW);

  test('of a tier is its burn over the long window', async () => {
    const chart = await chartOf('SLO/availability/page-fast', {});
    expect(chart).toMatchObject({ title: 'availability: burn rate over 1h', threshold: 14.4 });
    expect(chart?.points).toHaveLength(120);
    expect(chart?.points.at(-1)).toEqual([NOW, 20]);
  });

  test('of a group is that of the group', async () => {
    const chart = await chartOf('SLO/availability/page-fast/tenant="a/b"', {});
    expect(chart?.points.map(([, value]) => value)).toEqual([2, 1, 0]);
  });

  test('of a monitor is the largest effect in alarm', async () => {
    const chart = await chartOf('DriftMonitor/inputs', { kind: 'DriftMonitor', rule: 'inputs', tier: '' });
    expect(chart).toMatchObject({ title: 'inputs: country/linf', unit: 'the distance', threshold: 0.03 });
    expect(chart?.points.at(-1)).toEqual([NOW, 0.3]);
  });

  test('of a metric leaves out what was not known', async () => {
    const chart = await chartOf('MetricMonitor/hot/gpu="0"', {
      kind: 'MetricMonitor',
      rule: 'hot',
      tier: '',
    });
    expect(chart).toMatchObject({ title: 'hot (gpu="0")', threshold: 85 });
    expect(chart?.points).toHaveLength(29);
  });

  test('that carries its own is that one', async () => {
    const own = { title: 'own', unit: '', points: [], threshold: null };
    const evidence = { firstStep: '', chart: own, canaryPlan: null, sampleSet: '' };
    expect(await chartOf('x', { evidence })).toBe(own);
  });

  test.each(['NoData', 'BudgetPolicy', 'BudgetMessage', 'Drill'])('of %s is none', async (kind) => {
    expect(await chartOf('x', { kind })).toBeNull();
  });

  test('of a rule without verdicts is none', async () => {
    expect(await chartOf('SLO/other/page-fast', { rule: 'other' })).toBeNull();
    expect(await chartOf('DriftMonitor/other', { kind: 'DriftMonitor', rule: 'other' })).toBeNull();
  });
});

describe('links into Grafana', () => {
  const hostile = incident({ key: { ...KEY, service: "a'b\\c$__x&y" } });

  test('open the dashboard that is provisioned, with its variables', async () => {
    const { links } = await contexts().contextOf(hostile, NOW);
    const url = new URL(links.grafana);
    const dashboard = JSON.parse(readFileSync('dashboards/generated/on-call.json', 'utf8')) as {
      uid: string;
      templating: { list: { name: string }[] };
    };
    expect(url.pathname).toBe(`/d/${ON_CALL_DASHBOARD}`);
    expect(dashboard.uid).toBe(ON_CALL_DASHBOARD);
    const known = dashboard.templating.list.map(({ name }) => `var-${name}`);
    const given = [...url.searchParams.keys()].filter((name) => name.startsWith('var-'));
    expect(known).toEqual(expect.arrayContaining(given));
    expect(url.searchParams.get('var-service')).toBe(hostile.key.service);
    expect(url.searchParams.get('from')).toBe(String(OPENED - HOUR));
    expect(url.searchParams.get('to')).toBe('now');
  });

  test('ask for traces in a query that the store runs', async () => {
    const { links } = await contexts().contextOf(hostile, NOW);
    const panes = JSON.parse(new URL(links.traces).searchParams.get('panes') ?? '') as {
      traces: { datasource: string; queries: [{ rawSql: string }] };
    };
    const provisioned = readFileSync('dashboards/provisioning/datasources/tidewatch.yaml', 'utf8');
    expect(panes.traces.datasource).toBe(GRAFANA_DATASOURCE);
    expect(provisioned).toContain(`uid: ${GRAFANA_DATASOURCE}\n`);
    const { rawSql } = panes.traces.queries[0];
    // Grafana writes its macro out; nothing else in the query may look like one.
    expect(rawSql.match(/\$/g)).toHaveLength(1);
    expect(
      await backend.raw(rawSql.replace('$__timeFilter_ms(Timestamp)', 'Timestamp > now() - 60')),
    ).toEqual([]);
    const echoed = /ServiceName = ('.*?') AND/.exec(rawSql)?.[1] ?? '';
    expect(await backend.raw(`SELECT ${echoed} AS text`)).toEqual([{ text: hostile.key.service }]);
  });

  test('are none without Grafana, and no traces without a service', async () => {
    const none = contexts({ addresses: { consoleUrl: 'http://127.0.0.1:8080/', grafanaUrl: '' } });
    expect((await none.contextOf(incident(), NOW)).links).toEqual({
      console: `http://127.0.0.1:8080/#/incidents/${incident().id}`,
      grafana: '',
      traces: '',
    });
    const noService = incident({ key: { ...KEY, service: '' } });
    expect((await contexts().contextOf(noService, NOW)).links.traces).toBe('');
  });
});
