import { expect, test } from '@jest/globals';
import type { Signal } from '@tidewatch/alerts';
import type { NotificationsRepository } from '@tidewatch/store';
import { pageSignal, policed } from '../../../../../test/harness/alerting-parts.js';
import { useScenes } from '../../../../../test/harness/use-scenes.js';
import type { Scene } from '../../../../../test/harness/virtual-scene.js';

const SECOND = 1_000;

const scene = useScenes();

const PAGER = { receivers: { pager: { kind: 'pagerduty' } } } as const;
const OK = { condition: 'ok' } as const;
const TICKET = { member: 'SLO/availability/slow', tier: 'slow', severity: 'ticket' } as const;

/** A gate that is open until it is shut. */
class Gate {
  private shut: Promise<void> | null = null;
  private release = (): void => undefined;

  close(): void {
    this.shut = new Promise((resolve) => (this.release = resolve));
  }

  open(): void {
    this.shut = null;
    this.release();
  }

  async pass(): Promise<void> {
    await this.shut;
  }
}

function methodsOf(repository: NotificationsRepository): NotificationsRepository {
  return {
    append: (...given) => repository.append(...given),
    outbox: (...given) => repository.outbox(...given),
    attemptsOf: (...given) => repository.attemptsOf(...given),
    attemptsFor: (...given) => repository.attemptsFor(...given),
    log: (...given) => repository.log(...given),
  };
}

/** One round of signals that are not all alike. */
async function round(
  { clock, current, project }: Scene<string>,
  signals: readonly (readonly [service: string, part: Partial<Signal>])[],
): Promise<void> {
  const all = signals.map(([service, part]) => {
    const signal = pageSignal(service, clock.now(), part);
    return policed({ ...signal, key: { ...signal.key, project } }, { holdMs: 0, keepFiringMs: 0 });
  });
  await current.incidents.handle(all, clock.now());
}

test('what needs no look into the store does not overtake what does', async () => {
  const looking = new Gate();
  const made = await scene({
    ...PAGER,
    wrapNotifications: (repository) => ({
      ...methodsOf(repository),
      attemptsOf: async (...given) => {
        await looking.pass();
        return repository.attemptsOf(...given);
      },
    }),
  });
  const { clock, current, receivers } = made;
  await round(made, [
    ['ranker', {}],
    ['ranker', TICKET],
    ['likes', {}],
  ]);
  await clock.advance(SECOND);
  await round(made, [['likes', OK]]);
  await clock.advance(SECOND);
  const before = receivers.pager.arrivals.length;

  // The page ends and the ticket goes on: closed, and told anew. What likes was told last has to be looked up for that.
  looking.close();
  await round(made, [
    ['likes', {}],
    ['ranker', OK],
  ]);
  await current.incidents.tick(clock.now());
  await clock.advance(SECOND);
  looking.open();
  await clock.advance(3 * SECOND);
  const ranker = receivers.pager.arrivals
    .slice(before)
    .filter(({ dedupKey }) => dedupKey === receivers.pager.arrivals[0]?.dedupKey);
  expect(ranker).toMatchObject([{ effect: 'resolved' }, { effect: 'opened' }]);
});

test('after a look into the store that failed, the outbox gives the order', async () => {
  let away = false;
  const made = await scene({
    ...PAGER,
    wrapNotifications: (repository) => ({
      ...methodsOf(repository),
      attemptsOf: async (...given) => {
        if (away) {
          throw new Error('the store is away');
        }
        return repository.attemptsOf(...given);
      },
    }),
  });
  const { clock, current, receivers } = made;
  await round(made, [
    ['ranker', {}],
    ['ranker', TICKET],
    ['likes', {}],
  ]);
  await clock.advance(SECOND);
  await round(made, [['likes', OK]]);
  await clock.advance(SECOND);
  const before = receivers.pager.arrivals.length;

  away = true;
  await round(made, [
    ['likes', {}],
    ['ranker', OK],
  ]);
  await clock.settled();
  away = false;
  await current.incidents.tick(clock.now());
  await clock.advance(3 * SECOND);
  expect(
    receivers.pager.arrivals
      .slice(before)
      .map(({ effect }) => effect)
      .sort(),
  ).toEqual(['opened', 'opened', 'resolved']);
});

test('an opening that arrived before the process died, of an incident that was over by then, is closed', async () => {
  const made = await scene({
    ...PAGER,
    wrapNotifications: (repository) => ({
      ...methodsOf(repository),
      append: async () => {
        throw new Error('the store is away');
      },
    }),
  });
  const { clock, receivers } = made;
  await made.current.signal('ranker');
  await clock.settled();
  receivers.pager.down({ status: 500 });
  await made.current.signal('ranker', OK);
  await clock.settled();
  receivers.pager.up();
  await made.restart({ wrapNotifications: (repository) => repository });
  await clock.advance(5 * SECOND);
  expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'closed' }]);
  expect(made.current.delivery.pending).toBe(0);
});

test('a message whose end is just being stored is not taken from the outbox again', async () => {
  const storing = new Gate();
  const made = await scene({
    ...PAGER,
    wrapNotifications: (repository) => ({
      ...methodsOf(repository),
      append: async (...given) => {
        await storing.pass();
        await repository.append(...given);
      },
    }),
  });
  const { clock, current, receivers } = made;
  storing.close();
  await current.signal('ranker');
  await clock.advance(SECOND);
  current.delivery.wake();
  await clock.advance(SECOND);
  storing.open();
  await clock.advance(30 * SECOND);
  expect(receivers.pager.arrivals).toHaveLength(1);
});
