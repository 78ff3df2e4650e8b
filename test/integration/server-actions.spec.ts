import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import {
  openActions,
  type ActionRuns,
  type ActionVerdict,
} from '../../apps/server/src/notify/actions/action-runs.js';
import { requestedRun } from '../../apps/server/src/notify/actions/action-run.js';
import { actionBody } from '../../libs/channels/src/action/action-body.js';
import { openActionSender } from '../../libs/channels/src/action/action-sender.js';
import { actionSpec, type ActionSpec } from '../../libs/channels/src/action/action-spec.js';
import type { DeliveryResult, Notification } from '../../libs/channels/src/channel.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { startAction, type ActionBench } from '../channels/action.bench.js';
import { notification, START } from '../channels/notification.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let backend: OpenBackend;
let outbound: ClosableOutboundClient;
beforeAll(async () => {
  backend = await STORE_BACKENDS[0]!.open();
  outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
}, 60_000);
afterAll(async () => {
  outbound.close();
  await backend.close();
});

let bench: ActionBench;
let clock: number;
let project: string;
let tests = 0;
beforeEach(() => {
  clock = START + 720_000;
  tests += 1;
  project = `project-${tests}`;
});
afterEach(() => bench.close());

const spec = (): ActionSpec => bench.receiver.spec as ActionSpec;
const readSecret = ({ env = '' }: { env?: string }): string => bench.secrets[env] ?? '';

/** Actions as a process opens them: two of these on one store are a process and the one after it. */
function actions(isKnown = true): ActionRuns {
  return openActions(backend.store, {
    senderOf: (receiver) =>
      isKnown && receiver === 'bench' ? openActionSender(spec(), readSecret, { outbound }) : null,
    logger: pino({ level: 'silent' }),
    now: () => clock,
    random: () => 0.5,
  });
}

async function start(more: Readonly<Record<string, unknown>> = {}): Promise<ActionRuns> {
  bench = await startAction({ approval: 'required', dryRun: false, ...more }, () => clock);
  return actions();
}

function told(number = 1, marker: '' | 'drill' = ''): Notification {
  const id = `${number}`.padStart(64, '0');
  return notification({
    incident: { id, key: { project, service: 'ranker-api', region: 'eu-1', model: 'ranker' }, marker },
    intent: { dedupKey: `${number}f${tests}`.padEnd(64, 'a') },
    attemptAt: clock,
  });
}

const idOf = (message: Notification): string => message.intent.dedupKey.slice(0, 32);

/** Through the real channel. */
function ask(runs: ActionRuns, message = told()): Promise<DeliveryResult> {
  return openChannel(bench.receiver, readSecret, { outbound, actionGate: runs, timeoutMs: 2_000 }).deliver(
    message,
  );
}

const verdict = (changes: Partial<ActionVerdict> = {}): ActionVerdict => ({
  verdict: 'approve',
  by: 'ada',
  comment: 'go',
  actor: 'oncall',
  requestId: 'r-1',
  ...changes,
});

const statusOf = async (message = told()): Promise<string | undefined> =>
  (await backend.store.actionRuns.find(project, idOf(message)))?.status;
const steps = async (message = told()): Promise<unknown[]> =>
  (
    await backend.raw(
      `SELECT DISTINCT Version, Status FROM action_runs WHERE Project = '${project}' AND Id = '${idOf(message)}' ORDER BY Version`,
    )
  ).map((row) => row['Status']);

describe('a run that needs nobody', () => {
  test('is sent at once, and every step is kept and audited', async () => {
    const runs = await start({ approval: 'none' });
    expect(await ask(runs)).toMatchObject({ outcome: 'delivered', httpStatus: 202 });
    expect(bench.problems()).toEqual([]);
    expect(await steps()).toEqual(['requested', 'sent', 'succeeded']);
    const entries = await backend.store.audit.list(project, { range: { from: 0, to: clock + 1 } });
    expect(entries.map(({ action }) => action).sort()).toEqual([
      'action.request',
      'action.send',
      'action.succeed',
    ]);
    expect(entries[0]).toMatchObject({ actor: 'tidewatch', objectKind: 'action', objectId: idOf(told()) });
  });

  test('is asked for again and not run again', async () => {
    const runs = await start({ approval: 'none' });
    await ask(runs);
    expect(await ask(actions())).toMatchObject({ outcome: 'delivered', httpStatus: 0 });
    expect(bench.requests()).toBe(1);
  });

  test('whose receiver has no time is sent again under the same id until it ends', async () => {
    const runs = await start({ approval: 'none' });
    bench.fail({ status: 503 }, { times: 1 });
    expect(await ask(runs)).toMatchObject({ outcome: 'retry', httpStatus: 503 });
    expect(await statusOf()).toBe('sent');
    expect(await ask(runs)).toMatchObject({ outcome: 'delivered', httpStatus: 202 });
    expect(await steps()).toEqual(['requested', 'sent', 'sent', 'sent', 'succeeded']);
  });

  test('that is refused has failed, with the reason', async () => {
    const runs = await start({ approval: 'none' });
    bench.fail({ status: 400 });
    expect(await ask(runs)).toMatchObject({ outcome: 'rejected' });
    expect(await backend.store.actionRuns.find(project, idOf(told()))).toMatchObject({
      status: 'failed',
      httpStatus: 400,
      reason: expect.stringContaining('400'),
    });
  });

  test('the process may die between sending and noting: the receiver does it once', async () => {
    const runs = await start({ approval: 'none' });
    const deaf = {
      ask: runs.ask.bind(runs),
      liveDeployments: runs.liveDeployments.bind(runs),
      finished: () => Promise.reject(new Error('died')),
    };
    expect(await ask(deaf as unknown as ActionRuns)).toMatchObject({ outcome: 'retry' });
    expect(await statusOf()).toBe('sent');
    expect(await ask(actions(), told())).toMatchObject({ outcome: 'delivered', httpStatus: 200 });
    expect(bench.service.runs.map(({ requests }) => requests)).toEqual([2]);
    expect(await statusOf()).toBe('succeeded');
  });

  test('whose message is given up has an end too', async () => {
    const runs = await start({ approval: 'none' });
    bench.fail('reset');
    await ask(runs);
    clock += 73 * HOUR - 1;
    await runs.resume();
    expect(await statusOf()).toBe('sent');
    clock += 1;
    await runs.resume();
    expect(await statusOf()).toBe('failed');
  });
});

describe('a run that needs a person', () => {
  test('waits, is sent when somebody agrees, and says who did', async () => {
    const runs = await start();
    expect(await ask(runs)).toMatchObject({ outcome: 'delivered', httpStatus: 0 });
    expect(bench.requests()).toBe(0);
    clock += HOUR;
    const run = await runs.decide(project, idOf(told()), verdict());
    expect(run).toMatchObject({ status: 'succeeded', decidedBy: 'ada', comment: 'go', decidedAt: clock });
    expect(bench.problems()).toEqual([]);
    expect(bench.service.runs[0]?.body).toMatchObject({ id: idOf(told()), dryRun: false });
    expect(await steps()).toEqual(['requested', 'approved', 'sent', 'succeeded']);
    const entries = await backend.store.audit.list(project, { range: { from: 0, to: clock + 1 } });
    expect(entries.find(({ action }) => action === 'action.approve')).toMatchObject({
      actor: 'oncall',
      requestId: 'r-1',
      before: expect.stringContaining('"requested"'),
      after: expect.stringContaining('"ada"'),
    });
  });

  test('survives a restart while it waits', async () => {
    await ask(await start());
    expect(await actions().decide(project, idOf(told()), verdict())).toMatchObject({ status: 'succeeded' });
  });

  test('is sent once however often it is agreed to', async () => {
    const runs = await start();
    await ask(runs);
    const both = await Promise.allSettled([1, 2].map(() => runs.decide(project, idOf(told()), verdict())));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(runs.decide(project, idOf(told()), verdict())).rejects.toMatchObject({
      code: 'actions.decided',
      message: expect.stringContaining('succeeded, decided by ada'),
    });
    expect(bench.requests()).toBe(1);
  });

  test('that somebody refuses is never sent, also when it is asked for again', async () => {
    const runs = await start();
    await ask(runs);
    expect(await runs.decide(project, idOf(told()), verdict({ verdict: 'reject' }))).toMatchObject({
      status: 'rejected',
      reason: 'ada did not agree.',
    });
    expect(await ask(runs)).toMatchObject({ outcome: 'delivered', httpStatus: 0 });
    await expect(runs.decide(project, idOf(told()), verdict())).rejects.toMatchObject({
      code: 'actions.decided',
    });
    expect(bench.requests()).toBe(0);
  });

  test.each<[string, number, string | undefined]>([
    ['a moment before four hours', 4 * HOUR - 1, undefined],
    ['at four hours', 4 * HOUR, 'actions.expired'],
  ])('can be agreed to until %s', async (_name, after, code) => {
    const runs = await start();
    await ask(runs);
    clock += after;
    const decided = runs.decide(project, idOf(told()), verdict());
    await (code === undefined ? decided : expect(decided).rejects.toMatchObject({ code }));
    expect(await statusOf()).toBe(code === undefined ? 'succeeded' : 'expired');
    expect(bench.requests()).toBe(code === undefined ? 1 : 0);
  });

  test('ends by itself when nobody decides', async () => {
    const runs = await start();
    await ask(runs);
    clock += 4 * HOUR;
    await runs.resume();
    expect(await statusOf()).toBe('expired');
  });

  test('that nobody knows cannot be decided, nor that of another project', async () => {
    const runs = await start();
    await ask(runs);
    await expect(runs.decide(project, 'none', verdict())).rejects.toMatchObject({ code: 'actions.unknown' });
    await expect(runs.decide('other', idOf(told()), verdict())).rejects.toMatchObject({
      code: 'actions.unknown',
    });
  });

  test('keeps waiting when its receiver is not in the rules', async () => {
    await ask(await start());
    await expect(actions(false).decide(project, idOf(told()), verdict())).rejects.toMatchObject({
      code: 'actions.no-receiver',
    });
    expect(await statusOf()).toBe('requested');
  });

  test('whose rule has become a dry run meanwhile is one', async () => {
    await ask(await start());
    Object.assign(bench.receiver, { spec: actionSpec.parse({ ...spec(), dryRun: true }) });
    expect(await actions().decide(project, idOf(told()), verdict())).toMatchObject({ dryRun: true });
    expect(bench.service.runs[0]?.body.dryRun).toBe(true);
  });

  test('of a drill is a dry run', async () => {
    const runs = await start();
    await ask(runs, told(1, 'drill'));
    expect(await runs.decide(project, idOf(told()), verdict())).toMatchObject({ dryRun: true });
    expect(bench.service.runs[0]?.body).toMatchObject({ dryRun: true, drill: true });
  });
});

describe('after a restart', () => {
  const storeRun = async (status: 'approved' | 'sent'): Promise<void> => {
    const body = actionBody(told(), spec(), []);
    const request = {
      ...{ project, runId: idOf(told()), receiver: 'bench', incidentId: told().incident.id },
      ...{ needsApproval: true, cooldownMs: 0, askedAt: clock },
    };
    const asked = requestedRun({ ...request, body: body as Exclude<typeof body, string> });
    const agreed = { ...asked, version: 2, status, decidedBy: 'ada', decidedAt: clock };
    await backend.store.actionRuns.append(asked);
    await backend.store.actionRuns.append(
      status === 'sent' ? { ...agreed, sentAt: clock, attempts: 1 } : agreed,
    );
  };

  test.each(['approved', 'sent'] as const)('what was %s and has no end is sent, once', async (status) => {
    const runs = await start();
    await storeRun(status);
    await runs.resume();
    await runs.resume();
    expect(await statusOf()).toBe('succeeded');
    expect(bench.requests()).toBe(1);
    expect(bench.problems()).toEqual([]);
  });

  test('a receiver that was down is asked again after a pause, and for an hour', async () => {
    const runs = await start();
    await storeRun('approved');
    bench.fail({ status: 503, headers: { 'retry-after': '60' } });
    await runs.resume();
    await runs.resume();
    expect(bench.requests()).toBe(1);
    clock += 61_000;
    await runs.resume();
    expect(bench.requests()).toBe(2);
    clock += HOUR;
    await runs.resume();
    expect(await backend.store.actionRuns.find(project, idOf(told()))).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('Gave up after 2 attempts.'),
    });
    await runs.resume();
    expect(bench.requests()).toBe(2);
  });
});

describe('the cooldown', () => {
  test.each<[string, number, string]>([
    ['a moment before its end', 30 * MINUTE - 1, 'cooling-down'],
    ['at its end', 30 * MINUTE, 'succeeded'],
  ])('holds the run of another incident until %s', async (_name, after, status) => {
    const runs = await start({ approval: 'none' });
    await ask(runs, told(1));
    clock += after;
    expect(await ask(runs, told(2))).toMatchObject({ outcome: 'delivered' });
    expect(await statusOf(told(2))).toBe(status);
    expect(bench.requests()).toBe(status === 'succeeded' ? 2 : 1);
  });

  test('what was held may be asked for again', async () => {
    const runs = await start({ approval: 'none' });
    await ask(runs, told(1));
    clock += MINUTE;
    await ask(runs, told(2));
    await ask(runs, told(2));
    clock += 29 * MINUTE;
    await ask(runs, told(2));
    expect(await steps(told(2))).toEqual(['cooling-down', 'requested', 'sent', 'succeeded']);
  });

  test('holds nothing of another region', async () => {
    const runs = await start({ approval: 'none' });
    await ask(runs, told(1));
    const other = told(2);
    const key = { ...other.incident.key, region: 'us-1' };
    await ask(runs, { ...other, incident: { ...other.incident, key } });
    expect(bench.requests()).toBe(2);
  });

  test('of a drill holds no real run', async () => {
    const runs = await start({ approval: 'none' });
    await ask(runs, told(1, 'drill'));
    await ask(runs, told(2));
    expect(bench.service.runs.map(({ body }) => body.dryRun)).toEqual([true, false]);
  });

  test('counts for those who agree, too', async () => {
    const runs = await start();
    await ask(runs, told(1));
    await ask(runs, told(2));
    await runs.decide(project, idOf(told(1)), verdict());
    await expect(runs.decide(project, idOf(told(2)), verdict())).rejects.toMatchObject({
      code: 'actions.cooling-down',
      hint: expect.stringContaining('30m'),
    });
    expect(await statusOf(told(2))).toBe('requested');
  });

  test('of no length holds nothing', async () => {
    const runs = await start({ approval: 'none', cooldown: '0s' });
    await ask(runs, told(1));
    await ask(runs, told(2));
    expect(bench.requests()).toBe(2);
  });
});
