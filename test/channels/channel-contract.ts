import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeploymentNote, Notification } from '../../libs/channels/src/channel.js';
import { openDestination, receiverTraits } from '../../libs/channels/src/receiver.js';
import type { ContractSubject } from './contract-bench.js';
import { describeFailures, describeHttpFailures } from './contract-failures.js';
import { ContractRun } from './contract-run.js';
import { describeTexts } from './contract-texts.js';
import { acknowledgeOf, incidentNumber, notification, resolveOf, START, updateOf } from './notification.js';

const DEPLOYMENT: DeploymentNote = {
  deploymentId: 'd-82',
  kind: 'deploy',
  service: 'ranker-api',
  model: 'ranker',
  modelVersion: '1.4.2',
  region: 'eu-1',
  at: START,
};

/**
 * Registers the rules that every channel keeps, checked against a stand-in that is as strict as the real service. To be
 * called at the top of a spec.
 */
export function channelContract(subject: ContractSubject): void {
  describe(`${subject.type} keeps the channel contract`, () => {
    let run: ContractRun;
    beforeEach(async () => {
      run = await ContractRun.start(subject);
    });
    afterEach(() => run.close());
    const current = (): ContractRun => run;

    describe('objects', () => describeObjects(subject, current));
    describe('what it says of itself', () => describeTraits(subject, current));
    describe('texts', () => describeTexts(current));
    describe('failures', () => describeFailures(current));
    if (subject.http) {
      describe('answers', () => describeHttpFailures(current));
    }
  });
}

function describeObjects(subject: ContractSubject, current: () => ContractRun): void {
  test('opens one object for each incident', async () => {
    const run = current();
    await run.succeed(notification({ incident: incidentNumber(1) }));
    await run.succeed(notification({ incident: incidentNumber(2) }));
    expect(run.states()).toEqual(['open', 'open']);
    expect(run.bench.problems()).toEqual([]);
  });

  if (subject.updates) {
    test('an update changes the object that the trigger opened, and says what is new', async () => {
      const run = current();
      const first = notification();
      const ref = await run.succeed(first);
      await run.succeed(updateOf(first, ref));
      expect(run.states()).toEqual(['open']);
      expect(run.text()).toContain('the input age has drifted');
      expect(run.bench.problems()).toEqual([]);
    });

    test('an update of what was never opened opens it', async () => {
      const run = current();
      await run.succeed(updateOf(notification(), null));
      expect(run.states()).toEqual(['open']);
    });
  }

  if (subject.acknowledges) {
    test('an acknowledgement marks the object', async () => {
      const run = current();
      const first = notification();
      await run.succeed(acknowledgeOf(first, await run.succeed(first)));
      expect(run.states()).toEqual(['acknowledged']);
      expect(run.bench.problems()).toEqual([]);
    });
  }

  test('a resolve closes the object and leaves others alone', () => expectResolve(subject, current()));

  if (subject.keepsOpenState) {
    test('an incident that comes back has an open object again, and only one', async () => {
      const run = current();
      const first = notification();
      const opened = await run.succeed(first);
      const closed = await run.succeed(resolveOf(first, opened));
      const again = notification({
        incident: { ...first.incident, sequence: 9, resolvedSequence: 4 },
        intent: { reason: 'reopened' },
        ref: closed,
      });
      const ref = await run.succeed(again);
      expect(run.states().filter((state) => state === 'open')).toHaveLength(1);
      await run.succeed({ ...resolveOf(again, ref) });
      expect(run.states().filter((state) => state !== 'closed')).toEqual([]);
      expect(run.bench.problems()).toEqual([]);
    });

    test('a resolve of what was never opened has nothing to do', async () => {
      const run = current();
      await run.succeed(resolveOf(notification(), null));
      expect(run.states().filter((state) => state !== 'closed')).toEqual([]);
      expect(run.bench.problems()).toEqual([]);
    });
  }

  test('a trigger whose answer was lost leaves one object when it is sent again', () =>
    expectOneAfterLostAnswer(subject, current()));

  test('twenty incidents at once do not mix', async () => {
    const run = current();
    const channel = run.open();
    const all = Array.from({ length: 20 }, (_, index) =>
      notification({ incident: incidentNumber(index + 1) }),
    );
    await Promise.all(all.map((each) => run.succeed(each, channel)));
    const services = run.bench
      .objects()
      .map(({ texts }) => [...new Set(texts.join('\n').match(/service-\d+/g))].join());
    expect(services.sort()).toEqual(all.map(({ incident }) => incident.key.service).sort());
    expect(run.bench.problems()).toEqual([]);
  });
}

async function expectResolve(subject: ContractSubject, run: ContractRun): Promise<void> {
  const [first, other] = [1, 2].map((number) => notification({ incident: incidentNumber(number) })) as [
    Notification,
    Notification,
  ];
  const ref = await run.succeed(first);
  await run.succeed(other);
  await run.succeed(resolveOf(first, ref));
  expect(run.text()).toMatch(subject.keepsOpenState ? /./ : /resolved/i);
  if (subject.keepsOpenState) {
    expect(run.states()).toEqual(['closed', 'open']);
  }
  expect(run.bench.problems()).toEqual([]);
}

async function expectOneAfterLostAnswer(subject: ContractSubject, run: ContractRun): Promise<void> {
  run.bench.fail('reset', { times: 1, afterEffect: true });
  expect(await run.deliver(notification())).toMatchObject({ outcome: 'retry' });
  const ref = await run.succeed(notification({ uncertain: true }));
  // What can only post cannot look; everything else must.
  const most = subject.updates || subject.keepsOpenState ? 1 : 2;
  expect(run.bench.objects().length).toBeLessThanOrEqual(most);
  await run.succeed(resolveOf(notification(), ref));
  if (subject.keepsOpenState) {
    expect(run.states()).toEqual(['closed']);
  }
  expect(run.bench.problems()).toEqual([]);
}

function describeTraits(subject: ContractSubject, current: () => ContractRun): void {
  test('gives its type, its limit and a destination without secrets', () => {
    const run = current();
    const channel = run.open();
    expect(channel.type).toBe(subject.type);
    expect(channel.destination).toMatch(/^\S+$/);
    expect(run.open().destination).toBe(channel.destination);
    expect(channel.limit.perSecond).toBeGreaterThan(0);
    expect(channel.limit.burst).toBeGreaterThanOrEqual(1);
    run.expectNoSecret([channel.destination, receiverTraits(run.bench.receiver)]);
    const traits = receiverTraits(run.bench.receiver);
    expect(traits).toMatchObject({ updates: subject.updates, enabled: true });
    expect(traits.acknowledges || !subject.acknowledges).toBe(true);
  });

  test('what was opened is closed through the stored destination', async () => {
    const run = current();
    const first = notification();
    const ref = await run.succeed(first);
    const { destination } = receiverTraits(run.bench.receiver);
    const channel = run.keep(openDestination(destination, run.readSecret, run.options()));
    await run.succeed(resolveOf(first, ref), channel);
    if (subject.keepsOpenState) {
      expect(run.states()).toEqual(['closed']);
    }
  });

  test('a message that cannot be made is rejected and not thrown', async () => {
    const run = current();
    const broken = { ...notification(), incident: null as never };
    expect(await run.deliver(broken)).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
  });

  test('a deployment, where it can be noted, opens nothing', async () => {
    const run = current();
    const channel = run.open();
    if (channel.announce !== undefined) {
      expect(await channel.announce(DEPLOYMENT)).toMatchObject({ outcome: 'delivered' });
      expect(run.bench.problems()).toEqual([]);
      expect(run.bench.objects()).toEqual([]);
    }
  });
}
