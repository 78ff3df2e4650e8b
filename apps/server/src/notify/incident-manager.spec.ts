import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Signal } from '@tidewatch/alerts';
import type { IncidentEventRow, Store } from '@tidewatch/store';
import { pino } from 'pino';
import { pageSignal, policed } from '../../../../test/harness/alerting-parts.js';
import { IncidentManager } from './incident-manager.js';

const START = 1_795_341_600_000;
const MINUTE = 60_000;
const SUPPRESSION = { silences: [], windows: [], warmUps: [], warmUpMs: 0 };

let rows: IncidentEventRow[];
/** What a read of the store waits for. */
let reading: Promise<void>;

beforeEach(() => {
  rows = [];
  reading = Promise.resolve();
});

function manager(): IncidentManager {
  const incidents = {
    append: async (_project: string, added: readonly IncidentEventRow[]) => void rows.push(...added),
    latestStates: async () => {
      const latest = rows.slice(-1);
      await reading;
      return latest;
    },
  };
  return new IncidentManager({
    store: { incidents: incidents as unknown as Store['incidents'] },
    contextOf: (_project, now) => ({
      now,
      routing: { routes: [], warmUpMs: 0 },
      receivers: new Map(),
      suppression: SUPPRESSION,
    }),
    onIntents: () => undefined,
    forward: null,
    logger: pino({ level: 'silent' }),
  });
}

async function opened(): Promise<IncidentManager> {
  const made = manager();
  await made.load();
  made.begin({ epoch: 1, held: () => true });
  return made;
}

function feed(to: IncidentManager, minute: number, part: Partial<Signal> = {}): Promise<void> {
  const at = START + minute * MINUTE;
  return to.handle([policed(pageSignal('ranker', at, part), { keepFiringMs: 5 * MINUTE })], at);
}

const other = { member: 'SLO/latency/fast', rule: 'latency' };

describe('what is read back', () => {
  test('does not count time as ok that nobody saw: the first ok signal after a restart resolves nothing', async () => {
    const first = await opened();
    await feed(first, 0);
    await feed(first, 0, other);
    await feed(first, 1, { condition: 'ok' });
    await feed(first, 1, { ...other, condition: 'ok' });
    // Stored with the ok time of the one that is left; that it fires again is no change and is not stored.
    await feed(first, 6, { ...other, condition: 'ok' });
    await feed(first, 6);
    const second = await opened();
    await feed(second, 60, { condition: 'ok' });
    expect(second.all()[0]?.status).toBe('open');
    await feed(second, 64, { condition: 'ok' });
    expect(second.all()[0]?.status).toBe('open');
    await feed(second, 65, { condition: 'ok' });
    expect(second.all()[0]?.status).toBe('resolved');
  });

  test('does not change what a writer holds, whose term began while it was read', async () => {
    const process = manager();
    let read = (): void => undefined;
    reading = new Promise((resolve) => (read = resolve));
    const following = process.load();
    process.begin({ epoch: 1, held: () => true });
    await feed(process, 0);
    await feed(process, 1, { condition: 'ok' });
    read();
    await following;
    await process.load();
    await feed(process, 6, { condition: 'ok' });
    expect(process.all()[0]?.status).toBe('resolved');
  });

  test('is what is stored, in a process that follows, as often as it is read', async () => {
    const writer = await opened();
    const follower = manager();
    for (const minute of [0, 1, 2]) {
      await feed(writer, minute, { member: `SLO/availability/${minute}` });
      await follower.load();
      await follower.load();
      expect(follower.all()).toEqual(writer.all());
    }
  });
});
