import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ActionDecision, ActionGate } from '../../libs/channels/src/action/action-gate.js';
import { actionSpec } from '../../libs/channels/src/action/action-spec.js';
import type { Channel, Notification } from '../../libs/channels/src/channel.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel, receiverTraits } from '../../libs/channels/src/receiver.js';
import { ACTION_SECRET, actionSubject, scriptedGate, startAction, type ActionBench } from './action.bench.js';
import { deploymentNote } from './deployment-note.js';
import { describeFailures, describeHttpFailures } from './contract-failures.js';
import { ContractRun } from './contract-run.js';
import {
  acknowledgeOf,
  CONSOLE_URL,
  everywhere,
  member,
  notification,
  resolveOf,
  START,
  SUMMARY,
  updateOf,
} from './notification.js';

const HOUR = 3_600_000;

const DEPLOYMENTS = [
  deploymentNote('d-82', START + 60_000, { kind: 'load_failed' }),
  deploymentNote('d-81', START - 600_000),
  deploymentNote('d-80', START - 24 * HOUR),
];

describe('an action keeps the channel contract', () => {
  let run: ContractRun;
  beforeEach(async () => {
    run = await ContractRun.start(actionSubject);
  });
  afterEach(() => run.close());
  describeFailures(() => run);
  describeHttpFailures(() => run);
});

describe('an action', () => {
  let bench: ActionBench;
  let outbound: ClosableOutboundClient;
  beforeEach(() => {
    outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  });
  afterEach(async () => {
    outbound.close();
    await bench.close();
  });

  async function open(
    more: Readonly<Record<string, unknown>> = {},
    actionGate: ActionGate | undefined = scriptedGate(() => 'run'),
  ): Promise<Channel> {
    bench = await startAction(more);
    return openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', {
      outbound,
      timeoutMs: 2_000,
      ...(actionGate && { actionGate }),
    });
  }

  const deliver = async (
    channel: Channel,
    parts: Parameters<typeof notification>[0] = {},
  ): ReturnType<Channel['deliver']> => channel.deliver(notification(parts));

  describe('what is sent', () => {
    test('names the incident, the target and what to do, is signed, and carries the id of the run', async () => {
      const channel = await open(
        { do: 'scale', dryRun: false },
        scriptedGate(() => 'run', DEPLOYMENTS),
      );
      const told = notification();
      const result = await channel.deliver(told);
      const runId = told.intent.dedupKey.slice(0, 32);
      expect(result).toEqual({ outcome: 'delivered', httpStatus: 202, ref: JSON.stringify({ run: runId }) });
      expect(bench.problems()).toEqual([]);
      expect(bench.service.runs).toEqual([
        {
          requests: 1,
          body: {
            version: '1',
            id: runId,
            do: 'scale',
            dryRun: false,
            drill: false,
            incident: {
              id: told.incident.id,
              severity: 'page',
              summary: SUMMARY,
              openedAt: '2026-11-22T10:00:00.000Z',
              url: CONSOLE_URL,
            },
            target: {
              project: 'default',
              service: 'ranker-api',
              region: 'eu-1',
              model: 'ranker',
              modelVersion: '1.4.81',
              deploymentId: 'd-81',
            },
            rollbackTo: null,
            promote: null,
            retrain: null,
            parameters: { replicas: '+2' },
          },
        },
      ]);
    });

    test('deployments that cannot be read are read again later, and nothing is taken for none', async () => {
      const gate = {
        ...scriptedGate(() => 'run'),
        liveDeployments: () => Promise.reject(new Error('no store')),
      };
      const channel = await open({ do: 'rollback' }, gate);
      expect(await deliver(channel)).toMatchObject({ outcome: 'retry', httpStatus: 0 });
      expect(bench.requests()).toBe(0);
    });

    test('a retraining names the drifted samples, of a member that may speak', async () => {
      const channel = await open({ do: 'retrain' });
      const evidence = {
        firstStep: '',
        chart: null,
        canaryPlan: null,
        sampleSet: 'ranker, eu-1, 10:00 to 11:00 UTC',
      };
      const quiet = { kind: 'silence' as const, id: 's', reason: 'quiet', until: START + HOUR };
      await deliver(channel, {
        incident: {
          members: {
            quiet: member({ evidence: { ...evidence, sampleSet: 'not these' }, suppressed: quiet }),
            burn: member(),
            drift: member({ evidence }),
          },
        },
      });
      expect(bench.service.runs[0]?.body.retrain).toEqual({ sampleSet: 'ranker, eu-1, 10:00 to 11:00 UTC' });
    });

    test('a promotion names candidate and plan, and is not asked for without a candidate', async () => {
      const plan = { candidate: '1.5.0', share: 0.05, hours: 24, stopRule: 'accuracy falls by 1 %' };
      const withPlan = (canaryPlan: typeof plan) => ({
        incident: {
          members: { a: member({ evidence: { firstStep: '', chart: null, canaryPlan, sampleSet: '' } }) },
        },
      });
      const channel = await open({ do: 'promote' });
      expect(await deliver(channel, withPlan({ ...plan, candidate: '' }))).toMatchObject({
        outcome: 'rejected',
        reason: expect.stringContaining('no rule of the incident names a candidate'),
      });
      await deliver(channel, withPlan(plan));
      expect(bench.service.runs.map(({ body }) => body.promote)).toEqual([plan]);
    });

    test('a drill is a dry run whatever the rule says', async () => {
      const channel = await open({ dryRun: false });
      await deliver(channel, { incident: { marker: 'drill' } });
      expect(bench.service.runs[0]?.body).toMatchObject({ drill: true, dryRun: true });
      expect(bench.problems()).toEqual([]);
    });

    test.each(['rollback', 'promote', 'retrain', 'scale'])(
      'a drill tries the way of %s, for the model that it plays',
      async (what) => {
        const channel = await open({ do: what, dryRun: false });
        const key = { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'drill-1f2e3d4c' };
        const members = { drill: member({ labels: { model: 'ranker' } }) };
        expect(await deliver(channel, { incident: { marker: 'drill', key, members } })).toMatchObject({
          outcome: 'delivered',
        });
        expect(bench.problems()).toEqual([]);
        expect(bench.service.runs[0]?.body).toMatchObject({
          ...{ do: what, drill: true, dryRun: true, target: { model: 'ranker' } },
          rollbackTo: what === 'rollback' ? { deploymentId: 'drill', modelVersion: 'drill' } : null,
          promote: what === 'promote' ? { candidate: 'drill' } : null,
        });
      },
    );

    test('is a dry run unless the rule says otherwise', async () => {
      await deliver(await open());
      expect(bench.service.runs[0]?.body.dryRun).toBe(true);
    });

    test.each(['"\\', '🔥', 'a', 'x\u0000\u202e\n', '<script>'])(
      '%j, very often and everywhere, stays within 20 KB',
      async (text) => {
        const channel = await open({
          do: 'retrain',
          parameters: Object.fromEntries(
            Array.from({ length: 20 }, (_, index) => [`p${index}`, '漢'.repeat(190)]),
          ),
        });
        expect(await channel.deliver(everywhere(text.repeat(2_000)))).toMatchObject({ outcome: 'delivered' });
        expect(bench.problems()).toEqual([]);
        expect(bench.largestBody?.()).toBeLessThanOrEqual(20_000);
      },
    );
  });

  describe('what is asked for', () => {
    test.each<[ActionDecision, number]>([
      ['run', 1],
      ['wait-for-approval', 0],
      ['cooling-down', 0],
      ['done-before', 0],
      ['refused', 0],
    ])('"%s" sends %i requests and is delivered', async (decision, requests) => {
      const gate = scriptedGate(() => decision);
      const result = await deliver(await open({}, gate));
      expect(result).toMatchObject({ outcome: 'delivered', ref: expect.stringContaining('"run"') });
      expect(bench.requests()).toBe(requests);
      expect(gate.ended.map(([, outcome]) => outcome)).toEqual(decision === 'run' ? ['delivered'] : []);
    });

    test('the gate is told all it needs', async () => {
      const gate = scriptedGate(() => 'run');
      const told = notification();
      await (await open({ approval: 'required', cooldown: '1h', dryRun: false }, gate)).deliver(told);
      expect(gate.asked).toEqual([
        {
          project: 'default',
          runId: told.intent.dedupKey.slice(0, 32),
          receiver: 'bench',
          incidentId: told.incident.id,
          needsApproval: true,
          cooldownMs: HOUR,
          body: bench.service.runs[0]?.body,
          askedAt: told.attemptAt,
        },
      ]);
    });

    test.each<[string, string, (first: Notification) => Notification, number]>([
      ['an opening', 'ticket', (first) => first, 1],
      ['an opening as a page, where pages ask', 'page', (first) => first, 1],
      [
        'an opening as a ticket, where pages ask',
        'page',
        (first) => ({ ...first, intent: { ...first.intent, severity: 'ticket' } }),
        0,
      ],
      [
        'an escalation to a page',
        'page',
        (first) => ({ ...first, intent: { ...first.intent, action: 'update', reason: 'escalated' } }),
        1,
      ],
      ['an update', 'ticket', (first) => updateOf(first, null), 0],
      ['an acknowledgement', 'ticket', (first) => acknowledgeOf(first, null), 0],
      ['the end', 'ticket', (first) => resolveOf(first, '{"run":"x"}'), 0],
    ])('%s (on: %s)', async (_name, on, message, asked) => {
      const gate = scriptedGate(() => 'run');
      const channel = await open({ on }, gate);
      const told = message(notification());
      const result = await channel.deliver({ ...told, attemptAt: START + 720_000 });
      expect(result).toMatchObject({ outcome: 'delivered' });
      expect(gate.asked).toHaveLength(asked);
      expect(bench.requests()).toBe(asked);
    });

    test('without a gate nothing is sent', async () => {
      bench = await startAction();
      const channel = openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound });
      expect(await channel.deliver(notification())).toMatchObject({ outcome: 'rejected' });
      expect(bench.requests()).toBe(0);
    });

    test.each(['ask', 'finished'] as const)('a gate whose %s fails is asked again later', async (broken) => {
      const gate = { ...scriptedGate(() => 'run'), [broken]: () => Promise.reject(new Error('no store')) };
      const result = await deliver(await open({}, gate));
      expect(result).toMatchObject({ outcome: 'retry', httpStatus: 0 });
      expect(bench.requests()).toBe(broken === 'ask' ? 0 : 1);
    });

    test('a run that is sent again carries the same id, so that its receiver does it once', async () => {
      const channel = await open();
      bench.fail('reset', { times: 1, afterEffect: true });
      expect(await deliver(channel)).toMatchObject({ outcome: 'retry' });
      expect(await deliver(channel, { uncertain: true })).toMatchObject({ outcome: 'delivered' });
      expect(bench.service.runs.map(({ requests }) => requests)).toEqual([2]);
    });
  });

  describe('the document', () => {
    const good = { type: 'action', do: 'scale', url: 'https://ops.example.com/hook', secretEnv: 'SECRET' };

    test('is careful by default, and reads the same after it was stored', () => {
      const spec = actionSpec.parse(good);
      expect(spec).toMatchObject({
        approval: 'required',
        dryRun: true,
        cooldown: '30m',
        on: 'ticket',
        enabled: true,
      });
      expect(actionSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    });

    test.each<[Record<string, unknown>, string]>([
      [{ do: 'reboot' }, 'must be one of rollback, retrain, promote, scale'],
      [{ secretEnv: undefined }, 'must have exactly one of secretEnv, secretFile'],
      [{ secretFile: '/run/s' }, 'must have exactly one of secretEnv, secretFile'],
      [{ urlEnv: 'URL' }, 'must have exactly one of url, urlEnv, urlFile'],
      [{ url: 'https://169.254.169.254/x' }, 'must not be a link-local or metadata address'],
      [{ url: 'https://ops.example.com/hook?token=secret' }, 'must not have a query or fragment'],
      [{ approval: 'maybe' }, 'must be required or none'],
      [{ cooldown: 'soon' }, 'must be a duration such as 30m'],
      [{ cooldown: '8d' }, 'at most 7d'],
      [{ parameters: { a: 1 } }, 'must be a text'],
      [
        { parameters: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, '漢'.repeat(210)])) },
        'must be at most 12,000 bytes of JSON together',
      ],
      [{ retries: 3 }, 'Unrecognized key'],
    ])('%j: %s', (change, problem) => {
      const read = actionSpec.safeParse({ ...good, ...change });
      expect(read.error?.issues.map(({ message }) => message).join('\n') ?? '').toContain(problem);
    });

    test.each(['', 'abc', 'whsec_c2hvcnQ=', `${ACTION_SECRET} nonsense`])(
      'the secret %j is refused when the channel is opened, by the name of its place',
      async (secret) => {
        bench = await startAction();
        const readSecret = ({ env = '' }): string => (env === 'ACTION_SECRET' ? secret : bench.url);
        expect(() => openChannel(bench.receiver, readSecret, { outbound })).toThrow(
          expect.objectContaining({
            code: 'channels.bad-secret',
            message: expect.stringContaining('ACTION_SECRET'),
          }),
        );
      },
    );

    test('says that it knows neither updates nor acknowledgements', async () => {
      bench = await startAction();
      expect(receiverTraits(bench.receiver)).toMatchObject({ updates: false, acknowledges: false });
    });
  });
});
