import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DigestFigures } from '@tidewatch/alerts';
import type { Deployment } from '@tidewatch/samples';
import type { IncidentEventRow, NotificationEventRow, SliceRow, VerdictRow } from '@tidewatch/store';
import { EMPTY_VERDICT_FIELDS } from '../../apps/server/src/evaluate/verdict-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight, eight days ago: the period is the week from then on. */
const FROM = Math.floor(Date.now() / DAY - 8) * DAY;
const TO = FROM + 7 * DAY;

interface MemberPart {
  readonly phase?: string;
  readonly severity?: string;
  readonly suppressed?: object | null;
}

function change(
  incident: string,
  sequence: number,
  at: number,
  kind: string,
  parts: Partial<IncidentEventRow> & {
    readonly members?: Readonly<Record<string, MemberPart>>;
    readonly resolvedBy?: string;
    readonly marker?: string;
  } = {},
): IncidentEventRow {
  const { members = {}, resolvedBy = '', marker = '', ...row } = parts;
  const state = {
    marker,
    resolvedBy,
    members: Object.fromEntries(
      Object.entries(members).map(([name, part]) => {
        const [memberKind, rule] = name.split('/');
        return [
          name,
          { kind: memberKind, rule, phase: 'firing', severity: 'ticket', suppressed: null, ...part },
        ];
      }),
    ),
  };
  return {
    ...{ project: 'p', incidentId: incident, sequence, epoch: 1, at, kind },
    ...{ status: kind === 'resolved' ? 'resolved' : 'open', severity: 'ticket' },
    ...{ service: 'ranker-api', region: 'eu-1', model: 'ranker', generation: 1, summary: '' },
    ...{ member: '', actor: '', detail: '', state: JSON.stringify(state), intents: '[]', ...row },
  };
}

const SLO = 'SLO/availability/page-fast';
const DRIFT = 'DriftMonitor/inputs';
const PAGE = { [SLO]: { severity: 'page' } };
const TICKET = { [DRIFT]: {} };

/**
 * a: a page, acknowledged after 2 min, resolved after 30. b: a ticket that resolves after 10 min, comes back once and resolves
 * 60 min after its opening; nobody touches it. c: a ticket, suppressed from the start, commented on, still open. d: opened before
 * the period, came back in it. e: a ticket that becomes a page, acknowledged after 6 min, resolved by hand after 90.
 * f: a drill. g: opens as the period ends.
 */
const CHANGES: IncidentEventRow[] = [
  change('a', 1, FROM + HOUR, 'opened', { severity: 'page', members: PAGE }),
  change('a', 2, FROM + HOUR + 2 * MINUTE, 'acknowledged', { severity: 'page', members: PAGE, actor: 'ada' }),
  change('a', 3, FROM + HOUR + 30 * MINUTE, 'resolved', {
    severity: 'page',
    members: { [SLO]: { phase: 'left' } },
  }),
  change('b', 1, FROM + DAY, 'opened', { members: TICKET }),
  change('b', 2, FROM + DAY + 10 * MINUTE, 'resolved', { members: { [DRIFT]: { phase: 'left' } } }),
  change('b', 3, FROM + DAY + 20 * MINUTE, 'reopened', { members: TICKET, member: DRIFT }),
  change('b', 4, FROM + DAY + 60 * MINUTE, 'resolved', { members: { [DRIFT]: { phase: 'left' } } }),
  change('c', 1, FROM + 2 * DAY, 'opened', {
    members: { [DRIFT]: { suppressed: { kind: 'silence' } } },
    service: 'search',
  }),
  change('c', 2, FROM + 2 * DAY + HOUR, 'commented', { members: TICKET }),
  change('d', 1, FROM - MINUTE, 'opened', { members: TICKET }),
  change('d', 2, FROM + MINUTE, 'reopened', { members: TICKET, member: DRIFT }),
  change('e', 1, FROM + 3 * DAY, 'opened', {
    members: { ...TICKET, [SLO]: { phase: 'pending' } },
    service: 'search',
  }),
  change('e', 2, FROM + 3 * DAY + MINUTE, 'escalated', { severity: 'page', members: { ...TICKET, ...PAGE } }),
  change('e', 3, FROM + 3 * DAY + 6 * MINUTE, 'acknowledged', {
    severity: 'page',
    members: { ...TICKET, ...PAGE },
  }),
  change('e', 4, FROM + 3 * DAY + 90 * MINUTE, 'resolved', {
    severity: 'page',
    resolvedBy: 'ada',
    members: { [SLO]: { phase: 'dismissed' } },
  }),
  change('f', 1, FROM + HOUR, 'opened', { severity: 'page', members: PAGE, marker: 'drill' }),
  change('g', 1, TO, 'opened', { members: TICKET }),
];

function verdict(kind: string, rule: string, windowEnd: number, parts: Partial<VerdictRow> = {}): VerdictRow {
  return {
    ...EMPTY_VERDICT_FIELDS,
    ...{ kind, rule, subject: '', windowEnd, windowStart: windowEnd - HOUR, evaluatedAt: windowEnd },
    ...{
      state: 'ok',
      reason: '',
      service: '',
      region: '',
      model: '',
      owner: '',
      sampleSize: 0,
      baselineSize: 0,
    },
    ...{ document: '{}', ...parts },
  };
}

const VERDICTS: VerdictRow[] = [
  verdict('SLO', 'availability', FROM - MINUTE, { budgetRemaining: 0.1, target: 0.75 }),
  verdict('SLO', 'availability', FROM + HOUR, { budgetRemaining: 0.9, target: 0.75 }),
  verdict('SLO', 'availability', FROM + 2 * HOUR, { budgetRemaining: 0.4, target: 0.75 }),
  verdict('SLO', 'availability', TO - MINUTE, { budgetRemaining: 0.75, target: 0.75 }),
  verdict('SLO', 'availability', TO, { budgetRemaining: -1, target: 0.75 }),
  verdict('SLO', 'accuracy', FROM + HOUR, { target: 0.9 }),
  // Two subjects alarm in one window, one of them in a second.
  verdict('DriftMonitor', 'inputs', FROM + HOUR, { state: 'alarm', subject: 'age' }),
  verdict('DriftMonitor', 'inputs', FROM + HOUR, { state: 'alarm', subject: 'country' }),
  verdict('DriftMonitor', 'inputs', FROM + 2 * HOUR, { state: 'alarm', subject: 'country' }),
  verdict('DriftMonitor', 'inputs', FROM + 3 * HOUR, { state: 'watch', subject: 'age' }),
  verdict('QualityMonitor', 'nulls', FROM + HOUR, { state: 'ok', subject: 'age' }),
  verdict('CostModel', 'gpu', FROM + HOUR, { state: 'alarm', reason: 'dear' }),
  verdict('CostModel', 'gpu', FROM + 2 * HOUR, { state: 'ok', reason: 'cheap' }),
];

const slice = (slo: string, start: number, good: number, total: number): SliceRow => ({
  ...{ slo, group: '', resolution: 3_600_000, start, good, total },
});

const SLICES: SliceRow[] = [
  slice('availability@old', FROM, 0, 500),
  slice('availability@new', FROM + HOUR, 600, 1_000),
  slice('availability@new', FROM + 2 * HOUR, 650, 1_000),
  slice('availability@new', TO, 0, 1_000),
];

function attempt(
  intent: string,
  number: number,
  outcome: string,
  dueAt: number,
  afterMs: number,
): NotificationEventRow {
  return {
    ...{ project: 'p', intentId: intent, attempt: number, incidentId: intent[0] ?? '', sequence: 1 },
    ...{ receiver: 'r', channel: 'email', action: 'trigger', at: dueAt + afterMs, outcome, reason: '' },
    ...{ httpStatus: 250, latencyMs: 500, nextAttemptAt: 0, ref: '', why: 'opened', severity: 'page', dueAt },
    destination: '',
  };
}

/** Delivered at once; at the second attempt after 40 s; refused; superseded; of a drill; due later. */
const ATTEMPTS: NotificationEventRow[] = [
  attempt('a:1', 1, 'delivered', FROM + HOUR, 100),
  attempt('a:2', 1, 'retry', FROM + HOUR, 100),
  attempt('a:2', 2, 'delivered', FROM + HOUR, 40_000),
  attempt('b:1', 1, 'rejected', TO - MINUTE, 2 * MINUTE),
  attempt('b:2', 1, 'superseded', FROM + DAY, 100),
  attempt('f:1', 1, 'delivered', FROM + HOUR, 100),
  attempt('g:1', 1, 'delivered', TO, 100),
];

function deployment(
  id: string,
  kind: Deployment['kind'],
  timestamp: number,
  parts: Partial<Deployment> = {},
): Deployment {
  return {
    ...{
      project: 'p',
      deploymentId: id,
      kind,
      service: 'ranker-api',
      model: '',
      modelVersion: '1',
      variant: '',
    },
    ...{ environment: '', region: '', trafficShare: null, timestamp, receivedAt: timestamp, owner: '' },
    artifact: {
      ...{
        sha256: '',
        signature: '',
        opset: null,
        runtime: '',
        runtimeVersion: '',
        executionProvider: '',
        precision: '',
      },
    },
    lineage: { dataset: '', trainedBy: '', commit: '' },
    ...parts,
  };
}

/**
 * The first comes half an hour before a; the second is of another region; the third an hour and more before b; the fourth,
 * of a model, shortly before e. The last is no deployment of the period.
 */
const DEPLOYMENTS: Deployment[] = [
  deployment('d1', 'deploy', FROM + 30 * MINUTE),
  deployment('d2', 'deploy', FROM + 40 * MINUTE, { region: 'us-1' }),
  deployment('d3', 'rollback', FROM + DAY - 61 * MINUTE),
  deployment('d4', 'rollback', FROM + 3 * DAY - MINUTE, { service: 'else', model: 'ranker', region: 'eu-1' }),
  deployment('d5', 'deploy', TO),
];

const EXPECTED: DigestFigures = {
  burn: [
    { slo: 'accuracy', group: '', left: null, worst: null, spent: null },
    // 750 bad events of the 500 that a quarter of 2,000 allows.
    { slo: 'availability', group: '', left: 0.75, worst: 0.4, spent: 1.5 },
  ],
  alerts: {
    ...{ incidents: 4, pages: 2, acknowledged: 2, medianAcknowledgeMs: 4 * MINUTE },
    // 30, 60 and 90 minutes.
    ...{ resolved: 3, medianResolveMs: 60 * MINUTE, flaps: 2, suppressed: 1, untouched: 1 },
  },
  noisiest: [
    { rule: 'DriftMonitor/inputs', incidents: 4, pages: 0, flaps: 2, untouched: 2 },
    { rule: 'SLO/availability', incidents: 2, pages: 2, flaps: 0, untouched: 0 },
  ],
  deployments: { deployments: 2, rollbacks: 2, incidentsAfter: 2, followedByIncident: 2 },
  drift: [{ kind: 'DriftMonitor', rule: 'inputs', windows: 2, subjects: ['country', 'age'] }],
  costs: [{ rule: 'gpu', state: 'ok', reason: 'cheap' }],
  delivery: { attempts: 4, messages: 3, delivered: 2, withinThirtySeconds: 1, deadLetters: 1 },
};

describe.each(STORE_BACKENDS)('the figures of a digest on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
    const { store } = backend;
    await store.incidents.append('p', CHANGES);
    // A change that was stored twice is one change.
    await store.incidents.append('p', CHANGES.slice(0, 4));
    await store.verdicts.write('p', VERDICTS);
    await store.sloSlices.write('p', SLICES, FROM);
    await store.notifications.append('p', ATTEMPTS);
    await storeBlocks(store, store.deployments.encode('p', DEPLOYMENTS));
  }, 60_000);
  afterAll(() => backend.close());

  test('are what the rows of the period add up to', async () => {
    expect(await backend.store.digestFigures.figures('p', { from: FROM, to: TO })).toEqual(EXPECTED);
  });

  test('of a project without rows are nothing', async () => {
    const figures = await backend.store.digestFigures.figures('other', { from: FROM, to: TO });
    expect(figures).toEqual({
      ...{ burn: [], noisiest: [], drift: [], costs: [] },
      alerts: {
        ...{ incidents: 0, pages: 0, acknowledged: 0, medianAcknowledgeMs: null, resolved: 0 },
        ...{ medianResolveMs: null, flaps: 0, suppressed: 0, untouched: 0 },
      },
      deployments: { deployments: 0, rollbacks: 0, incidentsAfter: 0, followedByIncident: 0 },
      delivery: { attempts: 0, messages: 0, delivered: 0, withinThirtySeconds: 0, deadLetters: 0 },
    });
  });
});
