import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BaselineProfile, IncidentEventRow, NotificationEventRow, VerdictRow } from '@tidewatch/store';
import { AWKWARD } from '../harness/awkward-text.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;

describe.each(STORE_BACKENDS)('records on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('baselines: versions count up, profiles come back, only an active version is the latest', async () => {
    const { baselines } = backend.store;
    const age: BaselineProfile = {
      variable: AWKWARD[5]!,
      type: 'numeric',
      grid: { type: 'numeric', edges: Float64Array.of(-1.5, 0, 2) },
      counted: {
        counts: Float64Array.of(3, 1, 0, 0, 0, 0, 5, 6, 0),
        moments: { count: 11, mean: 0.5, m2: 2, m3: -1, m4: 3, min: -1.5, max: 1.25 },
        lag: null,
      },
    };
    const country: BaselineProfile = {
      variable: 'country',
      type: 'text',
      grid: { type: 'categorical', categories: ['DE', AWKWARD[2]!], capped: true },
      counted: { counts: Float64Array.of(0, 0, 0, 0, 2, 3, 4), moments: null, lag: null },
    };
    const upload = {
      model: 'ranker',
      name: AWKWARD[0]!,
      source: 'upload',
      sha256: 'ab',
      rows: 15,
      profiles: [age, country],
    };
    expect(await baselines.latest('b', 'ranker', upload.name)).toBeNull();
    const [first, second] = await Promise.all([
      baselines.save('b', upload),
      baselines.save('b', { ...upload, rows: 3, profiles: [country], status: 'candidate', diff: '{"a":1}' }),
    ]);
    expect([first.version, second.version]).toEqual([1, 2]);
    expect(await baselines.versions('b', 'ranker', upload.name)).toEqual([second, first]);
    expect(await baselines.latest('b', 'ranker', upload.name)).toEqual(first);
    const approved = await baselines.setStatus('b', second, 'active');
    expect(await baselines.latest('b', 'ranker', upload.name)).toEqual(approved);
    expect(await baselines.list('b')).toEqual([approved]);
    expect(await baselines.list('b', 'other')).toEqual([]);
    await baselines.setStatus('b', approved, 'rejected');
    expect(await baselines.latest('b', 'ranker', upload.name)).toEqual(first);
    expect(await baselines.profiles('b', first)).toEqual(
      [country, age].sort((a, b) => (a.variable < b.variable ? -1 : 1)),
    );
    expect(await baselines.profiles('b', second)).toEqual([country]);
    expect(await baselines.profiles('b', first, ['country', 'absent'])).toEqual([country]);
  });

  test('verdicts: exact round trip, a rerun replaces, latest per subject, history oldest first', async () => {
    const { verdicts } = backend.store;
    const at = (windowEnd: number, partial: Partial<VerdictRow> = {}): VerdictRow => ({
      ...VERDICT,
      windowEnd,
      ...partial,
    });
    const end = NOW - 10 * MINUTE;
    await verdicts.write('v', [
      at(end),
      at(end + MINUTE),
      at(end, { subject: 'b' }),
      at(end - (40 * DAY) / 10, { subject: 'old' }),
    ]);
    await verdicts.write('v', [at(end + MINUTE, { state: 'alarm', evaluatedAt: NOW + 1 })]);
    const [a, b, ...more] = await verdicts.latest('v', VERDICT.kind);
    expect(a).toEqual({ ...at(end + MINUTE, { state: 'alarm', evaluatedAt: NOW + 1 }), project: 'v' });
    expect(b).toMatchObject({ subject: 'b', windowEnd: end });
    expect(more).toEqual([]);
    expect(await verdicts.latest('v', VERDICT.kind, { since: 0 })).toHaveLength(3);
    expect(await verdicts.latest('v', VERDICT.kind, { rule: 'nothing' })).toEqual([]);
    const history = (subject: string | null, limit?: number) =>
      verdicts.history('v', {
        kind: VERDICT.kind,
        rule: VERDICT.rule,
        subject,
        range: { from: end, to: NOW },
        ...(limit === undefined ? {} : { limit }),
      });
    expect((await history(VERDICT.subject)).map(({ state }) => state)).toEqual(['ok', 'alarm']);
    expect((await history(VERDICT.subject, 1)).map(({ state }) => state)).toEqual(['alarm']);
    expect(await history(null)).toHaveLength(3);
  });

  test('incidents: the last change counts, a higher epoch replaces, and the newest generation of a key is what goes on', async () => {
    const { incidents } = backend.store;
    const row = (
      incidentId: string,
      sequence: number,
      partial: Partial<IncidentEventRow> = {},
    ): IncidentEventRow => ({
      ...INCIDENT,
      incidentId,
      sequence,
      at: NOW - MINUTE + sequence,
      ...partial,
    });
    await incidents.append('i', [row('a', 1), row('a', 2, { kind: 'escalated', summary: AWKWARD[2]! })]);
    await incidents.append('i', [row('a', 2, { kind: 'escalated', summary: 'newer epoch', epoch: 2 })]);
    await incidents.append('i', [
      row('b', 1, { model: 'n' }),
      row('b', 2, { model: 'n', status: 'resolved' }),
    ]);
    await incidents.append('i', [row('B', 1, { model: 'n', generation: 2 })]);
    await incidents.append('i', [
      row('c', 1, { model: 'o', at: NOW - 3 * DAY }),
      row('c', 2, { model: 'o', at: NOW - 2 * DAY, status: 'resolved' }),
    ]);
    await incidents.append('j', [row('d', 1)]);
    const ids = (rows: IncidentEventRow[]) =>
      rows.map(({ incidentId, sequence }) => `${incidentId}${sequence}`);
    const latest = await incidents.latestStates('i');
    expect(ids(latest)).toEqual(['a2', 'B1', 'c2']);
    expect(latest[0]).toEqual({
      ...row('a', 2, { kind: 'escalated', summary: 'newer epoch', epoch: 2 }),
      project: 'i',
    });
    expect(ids(await incidents.latestStates(null))).toEqual(['a2', 'B1', 'c2', 'd1']);
    const listed = async (status: 'open' | 'resolved' | 'all', limit = 50) => {
      const { items, total } = await incidents.list('i', { status, limit });
      return [ids(items), total];
    };
    expect(await listed('all')).toEqual([['a2', 'b2', 'B1', 'c2'], 4]);
    expect(await listed('open')).toEqual([['a2', 'B1'], 2]);
    expect(await listed('resolved', 1)).toEqual([['b2'], 2]);
    const changes = await incidents.changesOf('i', ['b', 'a', 'nobody']);
    expect(ids(changes)).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(changes[1]?.summary).toBe('newer epoch');
  });

  test('outbox: intents whose newest attempt is not final, with their attempts', async () => {
    const { incidents, notifications } = backend.store;
    const intent = (id: string) => ({ id, receiver: 'pager', note: AWKWARD[0] });
    const intents = JSON.stringify(
      ['new', 'retried', 'started', 'replayed', 'delivered', 'rejected', 'superseded'].map(intent),
    );
    const state = JSON.stringify({ text: AWKWARD.join('') });
    await incidents.append('n', [{ ...INCIDENT, incidentId: 'n', intents, state }]);
    const attempt = (intentId: string, number: number, outcome: string): NotificationEventRow => ({
      ...ATTEMPT,
      intentId,
      attempt: number,
      outcome,
      at: NOW + number,
      nextAttemptAt: NOW + 1000 * number,
    });
    await notifications.append('n', [
      attempt('retried', 1, 'retry'),
      attempt('retried', 2, 'retry'),
      attempt('delivered', 1, 'retry'),
      attempt('delivered', 2, 'delivered'),
      attempt('rejected', 1, 'rejected'),
      attempt('superseded', 1, 'superseded'),
      attempt('replayed', 1, 'rejected'),
      attempt('replayed', 2, 'replayed'),
      attempt('started', 1, 'started'),
    ]);
    // The same names in another project are other intents.
    await notifications.append('other', [attempt('new', 1, 'delivered')]);
    const outbox = (await notifications.outbox()).filter(({ project }) => project === 'n');
    const shared = { project: 'n', incidentId: 'n', sequence: 1, at: INCIDENT.at, state };
    const byId = (left: { intent: string }, right: { intent: string }) =>
      left.intent < right.intent ? -1 : 1;
    expect(outbox.map((entry) => ({ ...entry, intent: JSON.parse(entry.intent) as unknown }))).toHaveLength(
      4,
    );
    const [fresh, replayed, retried, started] = outbox.sort(byId);
    expect(fresh).toMatchObject({ ...shared, attempts: 0, nextAttemptAt: null, replayedAt: null });
    expect(JSON.parse(fresh!.intent)).toEqual(intent('new'));
    expect(retried).toMatchObject({ ...shared, attempts: 2, nextAttemptAt: NOW + 2000 });
    expect(replayed).toMatchObject({ attempts: 2, replayedAt: NOW + 2 });
    expect(started).toMatchObject({ attempts: 1 });
    // The end of an attempt takes the place of its beginning.
    await notifications.append('n', [attempt('started', 1, 'delivered')]);
    expect((await notifications.outbox()).filter(({ project }) => project === 'n')).toHaveLength(3);
    expect(await notifications.attemptsOf('n', ['n', AWKWARD[0]!, AWKWARD[2]!])).toHaveLength(9);
    expect((await notifications.attemptsOf('n', ['n']))[0]).toEqual({
      ...attempt('delivered', 1, 'retry'),
      project: 'n',
    });
    expect(await notifications.attemptsOf('n', [])).toEqual([]);
    const range = { from: NOW, to: NOW + 60_000 };
    const log = await notifications.log('n', { range, outcome: 'rejected' });
    expect(log.map(({ intentId }) => intentId)).toEqual(['rejected']);
    expect(await notifications.log('n', { range, limit: 2 })).toHaveLength(2);
    expect(await notifications.log('n', { range: { from: NOW - 9, to: NOW } })).toEqual([]);
    expect((await notifications.attemptsFor('n', 'replayed')).map(({ outcome }) => outcome)).toEqual([
      'rejected',
      'replayed',
    ]);
    expect(await notifications.attemptsFor('nobody', 'replayed')).toEqual([]);
  });

  test.each(AWKWARD)('bound text is neither read as SQL nor changed: %j', async (text) => {
    const { incidents } = backend.store;
    await incidents.append(text, [{ ...INCIDENT, incidentId: text }]);
    const found = await incidents.changesOf(text, [text]);
    expect(found.map(({ project, incidentId }) => [project, incidentId])).toEqual([[text, text]]);
    expect(await incidents.changesOf(`${text}x`, [text])).toEqual([]);
  });
});

const VERDICT: VerdictRow = {
  kind: 'DriftMonitor',
  rule: 'ranker-inputs',
  subject: 'age',
  windowEnd: NOW,
  evaluatedAt: NOW,
  state: 'ok',
  reason: AWKWARD.join(' '),
  severity: 'ticket',
  service: 's',
  region: 'r',
  model: 'm',
  modelVersion: '1',
  owner: 'o',
  method: 'exact',
  sampleSize: 10_000,
  baselineSize: 2 ** 53,
  statistic: 0.1,
  statisticLow: 5e-324,
  statisticHigh: null,
  pValue: 1.7976931348623157e308,
  threshold: 0,
  minimumEffect: 0.03,
  baseline: 'b',
  baselineVersion: 3,
  windowStart: NOW - MINUTE,
  target: 0.999,
  budgetRemaining: -2.5,
  tiers: ['page-fast', 'guard'],
  tierStates: ['ok', 'frozen'],
  tierThresholds: [14.4, 4],
  tierLongBurns: [0.5, null],
  tierShortBurns: [1 / 3, null],
  tierBadEvents: [5, 0],
  document: JSON.stringify({ text: AWKWARD.join('') }),
};

const INCIDENT: IncidentEventRow = {
  project: '',
  incidentId: 'a',
  sequence: 1,
  epoch: 1,
  at: NOW - MINUTE,
  kind: 'opened',
  status: 'open',
  severity: 'page',
  service: 's',
  region: '',
  model: '',
  generation: 1,
  summary: 'burning',
  member: AWKWARD[1]!,
  actor: 'ada',
  detail: AWKWARD[0]!,
  state: '{}',
  intents: '[]',
};

const ATTEMPT: NotificationEventRow = {
  project: '',
  intentId: 'x',
  attempt: 1,
  incidentId: 'n',
  sequence: 1,
  receiver: 'pager',
  channel: 'pagerduty',
  action: 'trigger',
  at: NOW,
  outcome: 'retry',
  reason: AWKWARD[0]!,
  httpStatus: 503,
  latencyMs: 12.5,
  nextAttemptAt: NOW,
  ref: AWKWARD[1]!,
  why: 'opened',
  severity: 'page',
  dueAt: NOW - 5,
  destination: AWKWARD[0]!,
};
