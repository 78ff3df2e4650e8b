import { describe, expect, test } from '@jest/globals';
import { useScenes } from '../../../../../test/harness/use-scenes.js';
import type { Arrival } from '../../../../../test/harness/virtual-receiver.js';
import type { Scene } from '../../../../../test/harness/virtual-scene.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const scene = useScenes();

/** `count` services fire in one round. */
async function storm(
  { current }: Scene<string>,
  count: number,
  severity: 'page' | 'ticket' = 'page',
): Promise<void> {
  const services = Array.from(
    { length: count },
    (_, index) => `${severity}-${String(index).padStart(3, '0')}`,
  );
  await current.signals(services, { severity });
}

const serviceOf = ({ summary }: Arrival): string => /(page|ticket)-\d+/.exec(summary)?.[0] ?? '';

describe('the rate of a receiver', () => {
  test('100 pages to one routing key go in order of arrival: a burst of 10, then 2 a second', async () => {
    const made = await scene({ receivers: { pager: { kind: 'pagerduty' } } });
    const { clock, receivers } = made;
    const begin = clock.now();
    await storm(made, 100);
    await clock.advance(MINUTE);
    const { arrivals } = receivers.pager;
    expect(arrivals).toHaveLength(100);
    for (const [index, arrival] of arrivals.entries()) {
      // Four are on their way at once, and may overtake one another.
      expect(Math.abs(Number(serviceOf(arrival).slice(5)) - index)).toBeLessThan(4);
    }
    const offsets = arrivals.map(({ arrivedAt }) => arrivedAt - begin);
    expect(offsets[9]).toBe(0);
    for (const [index, offset] of offsets.entries()) {
      expect(offset).toBeGreaterThanOrEqual((index - 9) * 500);
      expect(offset).toBeLessThan(Math.max(0, index - 9) * 500 + 100);
    }
  });

  test('a page does not wait behind tickets', async () => {
    const made = await scene({ receivers: { pager: { kind: 'pagerduty' } } });
    const { clock, receivers } = made;
    await storm(made, 60, 'ticket');
    await clock.advance(2 * SECOND);
    const before = receivers.pager.arrivals.length;
    await storm(made, 3, 'page');
    await clock.advance(2 * SECOND);
    expect(receivers.pager.arrivals.slice(before, before + 3).map(serviceOf)).toEqual([
      'page-000',
      'page-001',
      'page-002',
    ]);
    await clock.advance(MINUTE);
    expect(receivers.pager.standIn.objects()).toHaveLength(63);
  });

  test('is kept after an outage, too', async () => {
    const made = await scene({ receivers: { pager: { kind: 'pagerduty' } }, timeoutMs: 60, slower: 6 });
    const { clock, receivers } = made;
    receivers.pager.down('hang');
    await storm(made, 40);
    await clock.advance(20 * SECOND);
    receivers.pager.up();
    const down = receivers.pager.arrivals.length;
    await clock.advance(5 * MINUTE);
    const after = receivers.pager.arrivals.slice(down).map(({ arrivedAt }) => arrivedAt);
    expect(receivers.pager.standIn.objects()).toHaveLength(40);
    for (const at of after) {
      // A burst of 10, and 2 in every second.
      expect(after.filter((other) => other >= at && other <= at + 5 * SECOND).length).toBeLessThanOrEqual(21);
    }
  });
});

describe('a receiver that asks for fewer messages', () => {
  test('is left alone by all that goes there, and by nothing else', async () => {
    const made = await scene({
      receivers: { pager: { kind: 'pagerduty' }, hook: { kind: 'webhook' } },
      routes: [{ receivers: ['pager', 'hook'], groupWait: '0s' }],
    });
    const { clock, receivers } = made;
    let limited = false;
    receivers.pager.down(() => {
      const fails = !limited;
      limited = true;
      return fails ? { status: 429, headers: { 'retry-after': '30' } } : null;
    });
    await storm(made, 40);
    await clock.settled();
    const asked = receivers.pager.arrivals.find(({ status }) => status === 429)!.arrivedAt;
    await clock.advance(29 * SECOND);
    // Those that were on their way already arrive; nothing begins after the answer.
    expect(receivers.pager.arrivals.filter(({ arrivedAt }) => arrivedAt > asked)).toEqual([]);
    expect(receivers.hook.standIn.objects()).toHaveLength(40);
    await clock.advance(MINUTE);
    expect(receivers.pager.standIn.objects()).toHaveLength(40);
  });
});

describe('a receiver that hangs', () => {
  test('is asked four times at once, and holds up no other one', async () => {
    const made = await scene({
      receivers: { pager: { kind: 'pagerduty' }, hook: { kind: 'webhook' } },
      routes: [
        { match: { severity: 'ticket' }, receiver: 'hook', groupWait: '0s' },
        { match: { severity: 'page' }, receiver: 'pager' },
      ],
      timeoutMs: 1_500,
    });
    const { clock, current, receivers } = made;
    receivers.hook.down('hang');
    await storm(made, 200, 'ticket');
    const decided = performance.now();
    await current.signal('page-000');
    while (receivers.pager.arrivals.length === 0 && performance.now() - decided < 3_000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(performance.now() - decided).toBeLessThan(1_000);
    expect(receivers.hook.arrivals).toHaveLength(4);
    receivers.hook.up();
    await clock.settled();
  });
});
