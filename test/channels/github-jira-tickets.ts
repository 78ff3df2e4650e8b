import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IntentReason } from '@tidewatch/alerts';
import type { Channel, DeliveryResult, Notification } from '../../libs/channels/src/channel.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import type { OutboundClient } from '../../libs/channels/src/outbound/outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import type { HttpBench } from './http-bench.js';
import { notification, resolveOf, START, updateOf } from './notification.js';

const DAY = 86_400_000;
const WORKERS = 50;

/** A bench of a tracker, in terms that trackers share. */
export interface TicketBench extends HttpBench {
  /** ms */
  clock: number;
}

/** One tracker, for the tests that trackers share. */
export interface TicketSubject {
  readonly name: string;
  start(): Promise<TicketBench>;
  /** A person closes the first ticket. */
  closeByHand(bench: TicketBench, how: 'done' | 'declined'): void;
  /** How the first ticket was closed, in the words of the tracker. */
  closedAs(bench: TicketBench): string | null;
  remove(bench: TicketBench): void;
}

/** Opens channels to a bench, and closes what they hold. */
export class TicketRun {
  private readonly clients: ClosableOutboundClient[] = [];

  readonly bench: TicketBench;

  constructor(bench: TicketBench) {
    this.bench = bench;
  }

  channel(wrap: (client: OutboundClient) => OutboundClient = (client) => client): Channel {
    const client = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    this.clients.push(client);
    return openChannel(this.bench.receiver, ({ env = '' }) => this.bench.secrets[env] ?? '', {
      outbound: wrap(client),
      timeoutMs: 8_000,
    });
  }

  async tell(message: Notification, channel = this.channel()): Promise<string> {
    const result = await channel.deliver(message);
    expect(result).toMatchObject({ outcome: 'delivered' });
    return (result as { ref?: string }).ref ?? '';
  }

  /** Comments of each ticket. */
  comments(): number[] {
    return this.bench.objects().map(({ texts }) => texts.length - 2);
  }

  states(): string[] {
    return this.bench.objects().map(({ state }) => state);
  }

  async close(): Promise<void> {
    this.clients.forEach((client) => client.close());
    await this.bench.close();
  }
}

/** Attempts until it is delivered, as the delivery of messages does. */
async function persist(channel: Channel, first: Notification): Promise<DeliveryResult> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const result = await channel.deliver({ ...first, uncertain: attempt > 0 });
    if (result.outcome !== 'retry') {
      return result;
    }
    await sleep(5);
  }
  throw new Error('The message was not delivered within 20 attempts.');
}

function slow(client: OutboundClient): OutboundClient {
  return {
    resolve: (host) => client.resolve(host),
    async send(request) {
      await sleep(20);
      const answer = await client.send(request);
      await sleep(20);
      return answer;
    },
  };
}

const reopened = (first: Notification, ref: string | null, attemptAt: number): Notification =>
  notification({
    incident: { ...first.incident, sequence: 9, resolvedSequence: 4 },
    intent: { reason: 'reopened' },
    ref,
    attemptAt,
  });

/** Registers what holds for every tracker. */
export function describeTickets(subject: TicketSubject): void {
  describe(`${subject.name}: one ticket for each incident`, () => {
    let run: TicketRun;
    beforeEach(async () => {
      run = new TicketRun(await subject.start());
    });
    afterEach(() => run.close());
    const current = (): TicketRun => run;
    describeWorkers(current);
    describeComments(current);
    describeReopening(subject, current);
    describeLostNames(current);
  });
}

function describeWorkers(current: () => TicketRun): void {
  test.each<[string, (run: TicketRun) => Channel]>([
    ['', (run) => run.channel()],
    [' while the tracker is slow', (run) => run.channel(slow)],
    [
      ' while the tracker breaks off after it has done its work',
      (run) => {
        run.bench.fail('reset', { times: 3, afterEffect: true });
        return run.channel();
      },
    ],
    [
      ' while the tracker is slow and fails after it has done its work',
      (run) => {
        run.bench.fail({ status: 502 }, { times: 2, afterEffect: true });
        return run.channel(slow);
      },
    ],
  ])(
    `${WORKERS} workers with one message make one ticket%s`,
    async (_name, open) => {
      const run = current();
      const channel = open(run);
      const results = await Promise.all(
        Array.from({ length: WORKERS }, () => persist(channel, notification())),
      );
      expect(new Set(results.map((result) => JSON.stringify('ref' in result ? result.ref : null))).size).toBe(
        1,
      );
      expect(run.states()).toEqual(['open']);
      expect(run.comments()).toEqual([0]);
      expect(run.bench.problems()).toEqual([]);
    },
    30_000,
  );

  test(`${WORKERS} workers with different messages about one incident make one ticket`, async () => {
    const run = current();
    const channel = run.channel();
    const first = notification();
    await Promise.all(
      Array.from({ length: WORKERS }, (_, index) =>
        persist(channel, { ...first, intent: { ...first.intent, id: `${first.intent.id}#${index}` } }),
      ),
    );
    expect(run.states()).toEqual(['open']);
    expect(run.bench.problems()).toEqual([]);
  });
}

function describeComments(current: () => TicketRun): void {
  test.each<[IntentReason, number]>([
    ['escalated', 1],
    ['deescalated', 1],
    ['changed', 1],
    ['commented', 1],
    ['repeated', 0],
    ['suppression-ended', 0],
    ['not-acknowledged', 0],
    ['still-firing', 0],
  ])('"%s" adds %i comments', async (reason, comments) => {
    const run = current();
    const first = notification();
    const update = updateOf(first, await run.tell(first));
    const ref = await run.tell({
      ...update,
      intent: { ...update.intent, reason, by: 'ada', text: 'Rolling back.' },
    });
    expect(ref).toBe(update.ref);
    expect(run.comments()).toEqual([comments]);
  });

  test('a comment whose answer was lost is not added again', async () => {
    const run = current();
    const first = notification();
    const update = updateOf(first, await run.tell(first));
    run.bench.fail('reset', { times: 1, afterEffect: true });
    expect(await run.channel().deliver(update)).toMatchObject({ outcome: 'retry' });
    await run.tell({ ...update, uncertain: true });
    expect(run.comments()).toEqual([1]);
  });

  test('a comment that did not arrive is added', async () => {
    const run = current();
    const first = notification();
    const update = updateOf(first, await run.tell(first));
    run.bench.fail('reset', { times: 1 });
    const channel = run.channel();
    expect(await channel.deliver(update)).toMatchObject({ outcome: 'retry' });
    // The channel itself remembers that it cannot be sure.
    await run.tell(update, channel);
    expect(run.comments()).toEqual([1]);
  });

  test('an end that got half way is finished, and said once', async () => {
    const run = current();
    const first = notification();
    const end = resolveOf(first, await run.tell(first));
    const channel = run.channel();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      run.bench.fail('reset', { times: 1, afterEffect: true });
      await channel.deliver(end);
    }
    run.bench.fail('reset', { times: 0 });
    await run.tell({ ...end, uncertain: true }, channel);
    expect(run.states()).toEqual(['closed']);
    expect(run.comments()).toEqual([1]);
  });
}

function describeReopening(subject: TicketSubject, current: () => TicketRun): void {
  const closed = async (run: TicketRun): Promise<{ first: Notification; ref: string }> => {
    const first = notification();
    const ref = await run.tell(resolveOf(first, await run.tell(first)));
    return { first, ref };
  };

  test.each([
    ['within the time for it opens the same ticket again', 7 * DAY, ['open']],
    ['later opens another one', 7 * DAY + 1, ['closed', 'open']],
  ])('an incident that is back %s', async (_name, after, states) => {
    const run = current();
    const { first, ref } = await closed(run);
    const at = run.bench.clock + after;
    run.bench.clock = at;
    await run.tell(reopened(first, ref, at));
    expect(run.states()).toEqual(states);
    const { texts } = run.bench.objects().at(-1)!;
    expect(texts.join(' ')).toContain(
      states.length === 1 ? 'It is open again.' : 'An earlier issue of the same incident',
    );
    expect(run.bench.problems()).toEqual([]);
  });

  test('one that was opened instead is not opened a second time', async () => {
    const run = current();
    const { first, ref } = await closed(run);
    const at = run.bench.clock + 8 * DAY;
    run.bench.clock = at;
    // The look comes before, so that the answer to the opening is lost.
    let requests = 0;
    const breaking = run.channel((client) => ({
      resolve: (host) => client.resolve(host),
      async send(request) {
        const answer = await client.send(request);
        requests += 1;
        return requests < 2 ? answer : { status: 0, failure: 'no connection (ECONNRESET)', refused: false };
      },
    }));
    expect(await breaking.deliver(reopened(first, ref, at))).toMatchObject({ outcome: 'retry' });
    await run.tell({ ...reopened(first, ref, at), uncertain: true });
    expect(run.states()).toEqual(['closed', 'open']);
  });

  test.each<['done' | 'declined', string[]]>([
    ['done', ['open']],
    ['declined', ['closed']],
  ])('a ticket that a person has closed as %s is %s', async (how, states) => {
    const run = current();
    const { first, ref } = await closed(run);
    await run.tell(reopened(first, ref, START + DAY));
    subject.closeByHand(run.bench, how);
    const before = run.comments()[0]!;
    const again = reopened(first, ref, START + DAY);
    await run.tell({ ...again, intent: { ...again.intent, id: 'again', sequence: 12 } });
    expect(run.states()).toEqual(states);
    expect(run.comments()).toEqual([before + 1]);
  });

  test('the end of an incident leaves alone how a person has closed it', async () => {
    const run = current();
    const first = notification();
    const ref = await run.tell(first);
    subject.closeByHand(run.bench, 'declined');
    const how = subject.closedAs(run.bench);
    await run.tell(resolveOf(first, ref));
    expect(subject.closedAs(run.bench)).toBe(how);
    expect(run.comments()).toEqual([1]);
  });

  test('a ticket that was deleted has a successor when its incident is back', async () => {
    const run = current();
    const { first, ref } = await closed(run);
    subject.remove(run.bench);
    await run.tell(reopened(first, ref, START + DAY));
    expect(run.states().at(-1)).toBe('open');
  });
}

function describeLostNames(current: () => TicketRun): void {
  test.each<[string, (first: Notification) => Notification, string, number]>([
    ['an update', (first) => updateOf(first, null), 'open', 1],
    ['an end', (first) => resolveOf(first, null), 'closed', 1],
    ['a reopening', (first) => reopened(first, null, START + DAY), 'open', 1],
    ['a repeated opening', (first) => ({ ...first, uncertain: true }), 'open', 0],
    ['an unreadable name', (first) => updateOf(first, '{"issue": "../../admin"}'), 'open', 1],
  ])('%s finds the ticket whose name was lost', async (_name, message, state, comments) => {
    const run = current();
    const first = notification();
    await run.tell(first);
    await run.tell(message(first));
    expect(run.states()).toEqual([state]);
    expect(run.comments()).toEqual([comments]);
  });

  test('the first message of an incident looks for nothing', async () => {
    const run = current();
    await run.tell(notification());
    expect(run.bench.requests()).toBe(1);
  });
}
