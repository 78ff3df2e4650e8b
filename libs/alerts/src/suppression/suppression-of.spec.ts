import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Matcher } from '../matcher/matcher.js';
import { parseMatchers } from '../matcher/matchers-text.js';
import { ASPECTS } from '../signal.js';
import { suppressionOf } from './suppression-of.js';
import type { MaintenanceWindow, Silence, SuppressionSources, WarmUp } from './suppression.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 28, 12);

const LABELS = {
  project: 'default',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  severity: 'ticket',
  aspect: 'inputs',
};

function matchersOf(text: string): readonly Matcher[] {
  const read = parseMatchers(text);
  if ('problem' in read) {
    throw new Error(read.problem);
  }
  return read.matchers;
}

function silence(changes: Partial<Silence> & { match?: string } = {}): Silence {
  const { match = 'service=ranker-api', ...rest } = changes;
  return {
    id: 's',
    matchers: matchersOf(match),
    startsAt: NOW - HOUR,
    endsAt: NOW + HOUR,
    comment: 'Load test',
    createdBy: 'alice',
    createdAt: NOW - HOUR,
    withdrawnAt: null,
    ...rest,
  };
}

function nightly(changes: Partial<MaintenanceWindow> & { match?: string } = {}): MaintenanceWindow {
  const { match = 'service=ranker-api', ...rest } = changes;
  return {
    name: 'nightly',
    matchers: matchersOf(match),
    from: Date.parse('2026-03-01T02:30:00+01:00'),
    to: Date.parse('2026-03-01T03:30:00+01:00'),
    rrule: 'FREQ=DAILY',
    timeZone: 'Europe/Berlin',
    comment: 'Index rebuild',
    ...rest,
  };
}

function warmUp(changes: Partial<WarmUp> = {}): WarmUp {
  return {
    deploymentId: 'd-81',
    service: 'ranker-api',
    model: 'ranker',
    region: 'eu-1',
    at: NOW - 5 * MINUTE,
    ...changes,
  };
}

const sources = (some: Partial<SuppressionSources>): SuppressionSources => ({
  silences: [],
  windows: [],
  warmUps: [],
  warmUpMs: 15 * MINUTE,
  ...some,
});

const found = (some: Partial<SuppressionSources>, labels: Record<string, string> = {}, at = NOW) =>
  suppressionOf({ ...LABELS, ...labels }, at, sources(some));

describe('silences', () => {
  test('one that matches holds, and says by whom, until when and why', () => {
    expect(found({ silences: [silence()] })).toEqual({
      kind: 'silence',
      id: 's',
      reason: 'Silenced by alice until 2026-11-28 13:00 UTC: Load test',
      until: NOW + HOUR,
    });
  });

  test.each<[string, Partial<Silence> & { match?: string }, number, boolean]>([
    ['in its first moment', { startsAt: NOW }, NOW, true],
    ['just before', { startsAt: NOW + 1 }, NOW, false],
    ['in its last moment', { endsAt: NOW + 1 }, NOW, true],
    ['when it has ended', { endsAt: NOW }, NOW, false],
    ['after it was taken back', { withdrawnAt: NOW - 1 }, NOW, false],
    ['before it was taken back', { withdrawnAt: NOW + 1 }, NOW, true],
    ['for something else', { match: 'service=search' }, NOW, false],
    ['when one of two conditions fails', { match: 'service=ranker-api region=us-1' }, NOW, false],
    ['for a page as well as for a ticket', { match: 'severity=~".+"' }, NOW, true],
  ])('%s', (_what, changes, at, holds) => {
    expect(found({ silences: [silence(changes)] }, {}, at) !== null).toBe(holds);
  });

  test('of several the one that ends last is named; two that touch stay two', () => {
    const silences = [
      silence({ id: 'short' }),
      silence({ id: 'long', endsAt: NOW + 2 * HOUR }),
      silence({ id: 'next', startsAt: NOW + 2 * HOUR, endsAt: NOW + 9 * HOUR }),
      silence({ id: 'withdrawn', endsAt: NOW + 8 * HOUR, withdrawnAt: NOW - 1 }),
    ];
    expect(found({ silences })).toMatchObject({ id: 'long', until: NOW + 2 * HOUR });
    expect(found({ silences }, {}, NOW + 2 * HOUR)).toMatchObject({ id: 'next', until: NOW + 9 * HOUR });
  });

  test('it is known by the labels of the moment, however often it is asked', () => {
    const all = sources({ silences: [silence({ endsAt: NOW + 30_000 })] });
    const at = (time: number, service = 'ranker-api') =>
      suppressionOf({ ...LABELS, service }, time, all)?.until ?? null;
    expect([at(NOW), at(NOW, 'search'), at(NOW + 29_999), at(NOW + 30_000), at(NOW), at(NOW - DAY)]).toEqual([
      NOW + 30_000,
      null,
      NOW + 30_000,
      null,
      NOW + 30_000,
      null,
    ]);
  });
});

describe('maintenance windows', () => {
  test('one says its name, its end and why', () => {
    const at = Date.parse('2026-11-28T02:45:00+01:00');
    expect(found({ windows: [nightly()] }, {}, at)).toEqual({
      kind: 'maintenance',
      id: 'nightly',
      reason: 'In the maintenance window nightly until 2026-11-28 02:30 UTC: Index rebuild',
      until: Date.parse('2026-11-28T03:30:00+01:00'),
    });
  });

  test.each<[string, string, boolean]>([
    ['in winter', '2026-03-10T02:30:00+01:00', true],
    ['in winter, an hour before', '2026-03-10T02:29:59+01:00', false],
    ['when it has ended', '2026-03-10T03:30:00+01:00', false],
    ['in summer, by the clocks', '2026-07-10T02:30:00+02:00', true],
    ['in summer, by the sun', '2026-07-10T02:30:00+01:00', false],
    // The clocks skip from 02:00 to 03:00: it begins as much later.
    ['in the night the clocks skip, in the gap', '2026-03-29T01:15:00Z', false],
    ['in the night the clocks skip, at half past three', '2026-03-29T01:30:00Z', true],
    ['in the night the clocks skip, until half past four', '2026-03-29T02:29:59Z', true],
    // 02:30 comes twice: the earlier counts.
    ['in the long night, the first time', '2026-10-25T00:30:00Z', true],
    ['in the long night, the second time', '2026-10-25T01:30:00Z', false],
    ['before it ever began', '2026-02-28T02:45:00+01:00', false],
  ])('%s', (_what, at, holds) => {
    expect(found({ windows: [nightly()] }, {}, Date.parse(at)) !== null).toBe(holds);
  });

  test('it begins between two questions of the same minute', () => {
    const all = sources({ windows: [nightly()] });
    const begin = Date.parse('2026-11-28T02:30:00+01:00');
    const at = (time: number) => suppressionOf(LABELS, time, all) !== null;
    expect([at(begin - 1_000), at(begin - 1), at(begin), at(begin + HOUR - 1), at(begin + HOUR)]).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('one that recurs before it ends lasts until the last of what holds now', () => {
    const long = nightly({ to: nightly().from + 30 * HOUR });
    const at = Date.parse('2026-11-28T03:00:00+01:00');
    expect(found({ windows: [long] }, {}, at)?.until).toBe(Date.parse('2026-11-29T08:30:00+01:00'));
  });

  test('a silence is named before a window that ends later', () => {
    const window = nightly({ from: NOW - HOUR, to: NOW + 5 * HOUR, rrule: '' });
    expect(found({ windows: [window], silences: [silence()] })?.kind).toBe('silence');
    expect(found({ windows: [window], silences: [], warmUps: [warmUp()] })?.kind).toBe('maintenance');
    expect(found({ windows: [window] }, { service: 'search' })).toBeNull();
  });
});

describe('deployments', () => {
  test('a fresh one says which it is and when it is over', () => {
    expect(found({ warmUps: [warmUp()] })).toEqual({
      kind: 'deployment',
      id: 'd-81',
      reason: 'Warming up after deployment d-81 of ranker-api, ranker until 2026-11-28 12:10 UTC',
      until: NOW + 10 * MINUTE,
    });
  });

  test.each(ASPECTS.map((aspect) => [aspect, ['inputs', 'outputs', 'canary'].includes(aspect)] as const))(
    'a ticket about %s: %s',
    (aspect, holds) => {
      expect(found({ warmUps: [warmUp()] }, { aspect }) !== null).toBe(holds);
    },
  );

  test.each<[string, Partial<WarmUp>, Record<string, string>, boolean]>([
    ['in its last moment', { at: NOW - 15 * MINUTE + 1 }, {}, true],
    ['when it is over', { at: NOW - 15 * MINUTE }, {}, false],
    ['before it happened', { at: NOW + 1 }, {}, false],
    ['of another service with the same model', { service: 'batch' }, {}, true],
    ['of the same service with another model', { model: 'search' }, {}, true],
    ['of neither', { service: 'batch', model: 'search' }, {}, false],
    ['of no service and no model', { service: '', model: '' }, { service: '', model: '' }, false],
    ['of another region', { region: 'us-1' }, {}, false],
    ['of all regions', { region: '' }, {}, true],
    ['of one region, for what concerns all', {}, { region: '' }, true],
    ['for a page', {}, { severity: 'page' }, false],
  ])('%s: %s', (_what, changes, labels, holds) => {
    expect(found({ warmUps: [warmUp(changes)] }, labels) !== null).toBe(holds);
  });

  test('of several the newest is named, and none when warming up is off', () => {
    const warmUps = [
      warmUp({ deploymentId: 'd-1', at: NOW - 9 * MINUTE }),
      warmUp({ deploymentId: 'd-2', at: NOW - MINUTE, service: 'batch' }),
      warmUp({ deploymentId: 'd-3', at: NOW - 3 * MINUTE, region: 'us-1' }),
    ];
    expect(found({ warmUps })).toMatchObject({ id: 'd-2', until: NOW + 14 * MINUTE });
    expect(found({ warmUps, warmUpMs: 0 })).toBeNull();
  });
});

describe('whatever the labels', () => {
  const name = fc.constantFrom('service', 'region', 'model', 'team', 'severity', 'aspect');
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '(', '"'), maxLength: 4 });
  const labels = fc.dictionary(name, value, { minKeys: 1 });

  test('a silence made from them holds, and one that asks for more does not', () => {
    fc.assert(
      fc.property(labels, (set) => {
        const matchers = Object.entries(set).map(([label, text]): Matcher => ({
          label,
          op: 'equals',
          value: text,
        }));
        const other: Matcher = { label: 'other', op: 'equals', value: 'x' };
        const holds = (all: Matcher[]) =>
          suppressionOf(set, NOW, sources({ silences: [{ ...silence(), matchers: all }] })) !== null;
        expect([holds(matchers), holds([...matchers, other])]).toEqual([true, false]);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('no deployment ever holds back a page, nor anything but inputs, outputs and canaries', () => {
    const drawn = fc.record({
      service: fc.constantFrom('', 'a', 'b'),
      model: fc.constantFrom('', 'a', 'b'),
      region: fc.constantFrom('', 'a', 'b'),
      severity: fc.constantFrom('page', 'ticket'),
      aspect: fc.constantFrom(...ASPECTS),
    });
    const deployed = fc.record({
      deploymentId: fc.constant('d'),
      service: fc.constantFrom('', 'a', 'b'),
      model: fc.constantFrom('', 'a', 'b'),
      region: fc.constantFrom('', 'a', 'b'),
      at: fc.integer({ min: NOW - HOUR, max: NOW + HOUR }),
    });
    fc.assert(
      fc.property(drawn, fc.array(deployed, { maxLength: 6 }), (set, warmUps) => {
        const suppression = suppressionOf(set, NOW, sources({ warmUps }));
        const holding = warmUps
          .filter(({ at }) => at <= NOW && NOW < at + 15 * MINUTE)
          .filter(
            ({ service, model }) =>
              (service !== '' && service === set.service) || (model !== '' && model === set.model),
          )
          .filter(({ region }) => region === '' || set.region === '' || region === set.region);
        const may = set.severity === 'ticket' && ['inputs', 'outputs', 'canary'].includes(set.aspect);
        expect(suppression?.until ?? null).toBe(
          may && holding.length > 0 ? Math.max(...holding.map(({ at }) => at)) + 15 * MINUTE : null,
        );
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test('ten thousand members are judged in one go', () => {
  const all = sources({
    silences: Array.from({ length: 200 }, (_, index) => silence({ match: `service=~"svc-${index}-.*"` })),
    windows: Array.from({ length: 50 }, (_, index) => nightly({ match: `service=svc-${index}` })),
    warmUps: Array.from({ length: 500 }, (_, index) => warmUp({ service: `w-${index}`, model: '' })),
  });
  const before = process.hrtime.bigint();
  for (let index = 0; index < 10_000; index++) {
    suppressionOf({ ...LABELS, service: `svc-x-${index}` }, NOW + (index % 50), all);
  }
  const tookMs = Number(process.hrtime.bigint() - before) / 1e6;
  // Many times what it takes, for machines that do other things as well.
  expect(tookMs).toBeLessThan(3_000);
});
