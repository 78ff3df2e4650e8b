import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IntentAction, NotificationIntent } from '../intent.js';
import { nextInLane } from './lane.js';

const ACTIONS: readonly IntentAction[] = ['trigger', 'update', 'acknowledge', 'resolve'];

/** `t1` is a trigger of sequence 1, `u2` an update, `a3`, `r4`; `c5` a comment. */
function intent(text: string): NotificationIntent {
  const sequence = Number(text.slice(1));
  const action = text.startsWith('c')
    ? 'update'
    : ACTIONS.find((known) => known.startsWith(text.slice(0, 1)))!;
  return {
    id: `i:${sequence}:pager`,
    incidentId: 'i',
    sequence,
    receiver: 'pager',
    action,
    reason: 'changed',
    severity: 'page',
    dedupKey: 'd',
    notBefore: 0,
    explanation: [],
    destination: '',
    by: '',
    text: text.startsWith('c') ? 'look at this' : '',
  };
}

const lane = (pending: string, open = false, uncertain = false) => ({
  pending: pending === '' ? [] : pending.split(' ').map(intent),
  open,
  uncertain,
});

describe('what is sent next, and what is dropped', () => {
  test.each<
    [name: string, pending: string, known: 'nothing' | 'open' | 'uncertain', send: string, dropped: string]
  >([
    ['nothing waits', '', 'nothing', '', ''],
    ['an opening', 't1', 'nothing', 'trigger 1', ''],
    ['an opening that was over before it was sent', 't1 r2', 'nothing', '', '1 2'],
    ['the same, when the opening may have arrived', 't1 r2', 'uncertain', 'resolve 2', '1'],
    ['an end', 'r2', 'open', 'resolve 2', ''],
    ['an end of what was never opened', 'r2', 'nothing', '', '2'],
    ['the newest of three changes', 'u2 u3 u4', 'open', 'update 4', '2 3'],
    ['an opening with changes since then', 't1 u2 u3', 'nothing', 'trigger 1', '2'],
    ['a change when nothing is open yet opens', 'u3', 'nothing', 'trigger 3', ''],
    ['an acknowledgement waits for the opening', 't1 a2', 'nothing', 'trigger 1', ''],
    ['an acknowledgement comes before later news', 'a2 u3', 'open', 'acknowledge 2', ''],
    ['a comment is not lost for news', 'c2 u3', 'open', 'update 2', ''],
    ['an end makes news pointless', 'u2 a3 r4', 'open', 'resolve 4', '2 3'],
    ['an end, then a second opening: one after the other', 'r2 t3', 'open', 'resolve 2', ''],
    ['an incident that opened twice while nobody could be told', 't1 r2 t3', 'nothing', 'trigger 3', '1 2'],
    ['only the last of many openings', 't1 r2 t3 r4 t5', 'nothing', 'trigger 5', '1 2 3 4'],
    ['a second opening replaces the first', 't1 t2', 'nothing', 'trigger 2', '1'],
  ])('%s', (_name, pending, known, send, dropped) => {
    const next = nextInLane(lane(pending, known === 'open', known === 'uncertain'));
    expect(next.send === null ? '' : `${next.send.action} ${next.send.sequence}`).toBe(send);
    expect(next.dropped.map((each) => each.intent.sequence).join(' ')).toBe(dropped);
  });
});

test('whatever waits, the receiver ends up knowing what it should: open or not', () => {
  const history = fc.array(fc.constantFrom<IntentAction>(...ACTIONS), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 12 }), (actions, sentBefore) => {
      // A history as the planner makes it: what is not open is opened, what is open is not opened again.
      let open = false;
      const intents = actions.flatMap((action, index) => {
        const fits = action === 'trigger' ? !open : open;
        open = fits ? action !== 'resolve' : open;
        return fits ? [intent(`${action.slice(0, 1)}${index + 1}`)] : [];
      });
      const shouldBeOpen = open;
      let receiver = false;
      let pending = [...intents];
      for (let step = 0; pending.length > 0; step += 1) {
        expect(step).toBeLessThan(50);
        // Messages arrive in the lane while others are being sent.
        const visible = pending.slice(0, Math.max(1, pending.length - (step < sentBefore ? 1 : 0)));
        const { send, dropped } = nextInLane({ pending: visible, open: receiver, uncertain: false });
        const done = new Set([...dropped.map((each) => each.intent.id), ...(send === null ? [] : [send.id])]);
        if (send !== null) {
          // Nothing but an opening reaches a receiver that knows of nothing, and no opening one that knows.
          expect(send.action === 'trigger').toBe(!receiver);
          receiver = send.action !== 'resolve';
        }
        expect(done.size).toBeGreaterThan(0);
        pending = pending.filter(({ id }) => !done.has(id));
      }
      expect(receiver).toBe(shouldBeOpen);
    }),
    { numRuns: 500, seed: 20_261_128 },
  );
});
