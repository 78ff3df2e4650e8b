import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Correction } from '@tidewatch/slo';
import type { AuditEntry } from '@tidewatch/store';
import { AWKWARD } from '../harness/awkward-text.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const HOUR = 3_600_000;
const NOW = Date.now();

function correction(id: string, changes: Partial<Correction> = {}): Correction {
  return {
    id,
    slos: [],
    category: 'planned-maintenance',
    effect: 'remove',
    from: NOW - 2 * HOUR,
    to: NOW - HOUR,
    rrule: '',
    timeZone: 'UTC',
    reason: 'Upgrade',
    actor: 'anonymous',
    createdAt: NOW,
    withdrawnAt: null,
    ...changes,
  };
}

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: NOW,
    actor: 'ranker',
    action: 'correction.create',
    objectKind: 'correction',
    objectId: 'a',
    requestId: 'r-1',
    before: '',
    after: '{}',
    ...changes,
  };
}

describe.each(STORE_BACKENDS)('corrections and the audit log on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('a correction comes back as it was made, whatever its texts, to its project only', async () => {
    const { corrections } = backend.store;
    const made = correction('full', {
      slos: [AWKWARD[0]!, AWKWARD[1]!],
      category: 'false-data',
      effect: 'count-as-good',
      from: 1_790_000_000_123,
      to: 1_790_000_999_456,
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
      timeZone: 'Europe/Berlin',
      reason: AWKWARD.join(' '),
      actor: AWKWARD[2]!,
      createdAt: NOW - 1,
    });
    await corrections.create('full', made);
    // A request that is sent again makes no second one.
    await corrections.create('full', made);
    expect(await corrections.list('full')).toEqual([made]);
    expect(await corrections.list('other')).toEqual([]);
  });

  test('taking one back keeps it, once and for all', async () => {
    const { corrections } = backend.store;
    await corrections.create('withdraw', correction('a'));
    const withdrawn = correction('a', { withdrawnAt: NOW + 5 });
    expect(await corrections.withdraw('withdraw', 'a', NOW + 5)).toEqual(withdrawn);
    expect(await corrections.withdraw('withdraw', 'a', NOW + 9)).toEqual(withdrawn);
    expect(await corrections.list('withdraw')).toEqual([withdrawn]);
    // A late repetition of the first row does not bring it back.
    await corrections.create('withdraw', correction('a'));
    expect(await corrections.list('withdraw')).toEqual([withdrawn]);
    expect(await corrections.withdraw('withdraw', 'absent', NOW)).toBeNull();
    expect(await corrections.withdraw('other', 'a', NOW)).toBeNull();
  });

  test('since leaves out what is over, never what recurs', async () => {
    const { corrections } = backend.store;
    await corrections.create('since', correction('over', { createdAt: NOW - 2 }));
    await corrections.create('since', correction('ends-later', { to: NOW + HOUR, createdAt: NOW - 1 }));
    await corrections.create('since', correction('recurs', { rrule: 'FREQ=DAILY' }));
    const ids = async (since?: number) =>
      (await corrections.list('since', since === undefined ? {} : { since })).map(({ id }) => id);
    expect(await ids()).toEqual(['recurs', 'ends-later', 'over']);
    expect(await ids(NOW)).toEqual(['recurs', 'ends-later']);
    expect(await ids(NOW - HOUR - 0.5)).toEqual(['recurs', 'ends-later', 'over']);
    expect(await ids(NOW - HOUR)).toEqual(['recurs', 'ends-later']);
  });

  test('the audit log holds every entry, the newest first, within a time and up to a limit', async () => {
    const { audit } = backend.store;
    const entries = [
      entry({ at: NOW - 40 * 24 * HOUR, after: JSON.stringify({ reason: AWKWARD }) }),
      entry({ at: NOW - HOUR, action: 'correction.withdraw', before: '{"a":1}' }),
      entry({ at: NOW, objectKind: 'key', requestId: AWKWARD[3]! }),
    ];
    await audit.append('audit', entries);
    await audit.append('audit', entries.slice(1));
    const all = { from: NOW - 300 * 24 * HOUR, to: NOW + 1 };
    expect(await audit.list('audit', { range: all })).toEqual([...entries].reverse());
    expect(await audit.list('audit', { range: all, limit: 1 })).toEqual([entries[2]]);
    expect(await audit.list('audit', { range: all, objectKind: 'correction' })).toEqual([
      entries[1],
      entries[0],
    ]);
    expect(await audit.list('audit', { range: { from: NOW - HOUR, to: NOW } })).toEqual([entries[1]]);
    expect(await audit.list('other', { range: all })).toEqual([]);
  });

  test('every version of a correction stays, and entries of the audit log do for 400 days', async () => {
    expect(
      await backend.raw(
        "SELECT DISTINCT Version, isNull(WithdrawnAt) AS holds FROM slo_corrections WHERE Project = 'withdraw' ORDER BY Version",
      ),
    ).toEqual([
      { Version: 1, holds: 1 },
      { Version: 2, holds: 0 },
    ]);
    const [expiry] = await backend.raw(
      "SELECT create_table_query AS text FROM system.tables WHERE name = 'audit_log' AND database = currentDatabase()",
    );
    expect(expiry?.['text']).toContain('toIntervalDay(400)');
  });
});
