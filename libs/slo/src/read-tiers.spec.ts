import { describe, expect, test } from '@jest/globals';
import { readTiers } from './read-tiers.js';
import { DEFAULT_TIERS } from './tiers.js';

const DAY_MS = 86_400_000;
const TERMS = { target: 0.999, periodMs: 30 * DAY_MS, sliceMs: null };

/** One tier as JSON, which is YAML too. */
const tierText = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify([{ name: 'fast', long: '1h', short: '5m', burn: 14.4, severity: 'page', ...changes }]);

describe('the annotation tidewatch.dev/tiers', () => {
  test('is a YAML list; what is left out has a default for the severity', () => {
    const text = [
      '- {name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}',
      '- name: slow',
      '  long: 3d',
      '  short: 6h',
      '  burn: 1',
      '  severity: ticket',
    ].join('\n');
    expect(readTiers(text, TERMS).tiers).toEqual([
      {
        name: 'fast',
        longMs: 3_600_000,
        shortMs: 300_000,
        burn: 14.4,
        severity: 'page',
        minimumBadEvents: 5,
        everyMs: 10_000,
        holdMs: 0,
        keepFiringMs: null,
        and: null,
      },
      {
        name: 'slow',
        longMs: 3 * DAY_MS,
        shortMs: 21_600_000,
        burn: 1,
        severity: 'ticket',
        minimumBadEvents: 5,
        everyMs: 30_000,
        holdMs: 0,
        keepFiringMs: null,
        and: null,
      },
    ]);
  });

  test('may be JSON and may set the gate and the pace', () => {
    expect(readTiers(tierText({ minimumBadEvents: 1, every: '5s' }), TERMS).tiers).toEqual([
      expect.objectContaining({ minimumBadEvents: 1, everyMs: 5_000 }),
    ]);
  });

  test('a burn that only a total outage reaches is allowed', () => {
    expect(readTiers(tierText({ burn: 10 }), { ...TERMS, target: 0.9 }).faults).toBeNull();
  });

  test.each([
    ['broken YAML', '[{', /^is not valid YAML: ./],
    ['no list', 'fast', /^must be a list of tiers, at least one, or the text none, and is "fast"$/],
    [
      'an empty list',
      '[]',
      /^must be a list of tiers, at least one, or the text none, and is an empty list$/,
    ],
    ['no text', '', /^must be a list of tiers, at least one, or the text none, and is empty$/],
    [
      'a tier that is no map',
      '[fast]',
      /^\[0\] must be a map with name, long, short, burn, severity, and is "fast"$/,
    ],
    [
      'an unknown key',
      tierText({ brun: 1 }),
      /^\[0\] brun is not a known key of a tier; known are name, long, short, burn, severity, minimumBadEvents, every, hold, keepFiring, and$/,
    ],
    ['a bad name', tierText({ name: 'Fast tier' }), /^\[0\]\.name must be a name of lower-case letters/],
    [
      'a window without unit',
      tierText({ long: 60 }),
      /^\[0\]\.long must be a duration such as 5m or 1h, and is 60$/,
    ],
    [
      'an empty window',
      tierText({ short: '0s' }),
      /^\[0\]\.short must be a duration above zero such as 5m or 1h, and is "0s"$/,
    ],
    [
      'no burn',
      tierText({ burn: undefined }),
      /^\[0\]\.burn is missing; it must be a burn rate above 0, such as 14.4$/,
    ],
    [
      'a negative burn',
      tierText({ burn: -1 }),
      /^\[0\]\.burn must be a burn rate above 0, such as 14.4, and is -1$/,
    ],
    [
      'an unknown severity',
      tierText({ severity: 'critical' }),
      /^\[0\]\.severity must be page or ticket, and is "critical"$/,
    ],
    [
      'a gate of 0',
      tierText({ minimumBadEvents: 0 }),
      /^\[0\]\.minimumBadEvents must be a whole number of bad events, 1 or more, and is 0$/,
    ],
    [
      'equal windows',
      tierText({ short: '1h' }),
      /^tier fast has a short window of 1h that is not shorter than its long window of 1h; a twelfth is usual$/,
    ],
    [
      'a window beyond the period',
      tierText({ long: '31d' }),
      /^tier fast has a long window of 31d, longer than the time window of 30d whose budget it watches$/,
    ],
    [
      'a window that cuts a slice',
      tierText({ short: '25s' }),
      /^tier fast has a window of 25s, which is not a multiple of the 10s slices that events are counted in$/,
    ],
    [
      'a long window that cuts a minute',
      tierText({ long: '6h10s' }),
      /^tier fast has a window of 6h10s, which is not a multiple of the 1m slices that events are counted in$/,
    ],
    [
      'two tiers of one name',
      `${tierText().slice(0, -1)},${tierText().slice(1)}`,
      /^two tiers are named fast; give each its own name$/,
    ],
  ])('refuses %s', (_name, text, message) => {
    const { tiers, faults } = readTiers(text, TERMS);
    expect(tiers).toBeNull();
    expect(faults).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    { target: 0.9, burn: 10.1, maximum: '10' },
    { target: 0.93, burn: 14.4, maximum: '14.29' },
    { target: 0.999, burn: 1001, maximum: '1000' },
  ])('names the maximum burn $maximum of a target of $target', ({ target, burn, maximum }) => {
    expect(readTiers(tierText({ burn }), { ...TERMS, target }).faults).toEqual([
      `tier fast could never fire: its burn is ${burn}, and with a target of ${target} a total outage burns ${maximum} times too fast, which is the maximum`,
    ]);
  });

  test('reports all faults of all tiers', () => {
    const text = JSON.stringify([
      { name: 'a', long: '1h', short: '2h', burn: 2000, severity: 'page' },
      { name: 'b', long: '40d', short: '5m', burn: 1, severity: 'ticket' },
    ]);
    expect(readTiers(text, TERMS).faults?.map((fault) => fault.split(' has a ')[0]?.slice(0, 25))).toEqual([
      'tier a could never fire: ',
      'tier a',
      'tier b',
    ]);
  });
});

describe('what else a tier may say', () => {
  test('a hold, a time to keep firing and a further condition', () => {
    const text = tierText({
      hold: '2m',
      keepFiring: '10s',
      and: { quantile: 0.95, metric: 'inference.request.duration', window: '5m', above: 0.5 },
    });
    expect(readTiers(text, TERMS).tiers).toEqual([
      expect.objectContaining({
        holdMs: 120_000,
        keepFiringMs: 10_000,
        and: {
          kind: 'comparison',
          measure: {
            kind: 'quantile',
            histogram: { metric: 'inference.request.duration', match: [] },
            quantile: 0.95,
          },
          windowMs: 300_000,
          op: 'above',
          limit: 0.5,
          comparedWithMs: null,
        },
      }),
    ]);
  });

  test('none at all, and then the SLO never alerts', () => {
    expect(readTiers('none', TERMS)).toEqual({ tiers: [], faults: null, warnings: [] });
  });

  test.each([
    ['a hold that is no duration', { hold: 5 }, '[0].hold must be a duration such as 5m or 1h, and is 5'],
    [
      'a time to keep firing that is no duration',
      { keepFiring: 'long' },
      '[0].keepFiring must be a duration such as 5m or 1h, and is "long"',
    ],
    [
      'a condition without limit',
      { and: { rate: 'x', window: '5m' } },
      '[0].and must hold one of above, atLeast, below, atMost with the limit, and holds none',
    ],
  ])('not %s', (_name, changes, message) => {
    expect(readTiers(tierText(changes), TERMS).faults).toEqual([message]);
  });

  test.each([
    ['page', 14.4, 5],
    ['page', 10, 5],
    ['page', 6, 7],
    ['page', 4.9, 10],
    ['ticket', 1, 5],
  ])('a %s tier of burn %d needs %d bad events unless it says otherwise', (severity, burn, minimum) => {
    expect(readTiers(tierText({ severity, burn }), TERMS).tiers?.[0]?.minimumBadEvents).toBe(minimum);
  });

  test('windows of whole time slices, where the budget is counted in slices', () => {
    const terms = { ...TERMS, sliceMs: 600_000 };
    expect(readTiers(tierText(), terms).faults).toEqual([
      'tier fast has a window of 5m, which is not a multiple of the 10m slices that the budget is counted in',
    ]);
    expect(readTiers(tierText({ short: '10m' }), terms).faults).toBeNull();
    expect(readTiers(tierText({ long: '7h1m', short: '40s' }), { ...TERMS, sliceMs: 40_000 }).faults).toEqual(
      [
        'tier fast has a window of 7h1m, which is not a multiple of the 2m slices that the budget is counted in',
      ],
    );
  });
});

describe('without the annotation', () => {
  test('an SLO has the default tiers of its period', () => {
    expect(readTiers(undefined, TERMS)).toEqual({ tiers: DEFAULT_TIERS, faults: null, warnings: [] });
  });

  test('a short period keeps the tiers whose windows fit into it', () => {
    const { tiers } = readTiers(undefined, { ...TERMS, periodMs: DAY_MS });
    expect(tiers?.map((tier) => tier.name)).toEqual(['page-fast', 'page-slow', 'ticket-fast', 'page-guard']);
  });

  test('a period shorter than an hour must list tiers', () => {
    expect(readTiers(undefined, { ...TERMS, periodMs: 600_000 }).faults).toEqual([
      'is missing, and the time window of 10m is too short for every one of the default tiers; list tiers with other windows',
    ]);
  });

  test('what a low target cannot reach is left out, with the highest possible burn rate', () => {
    const reading = readTiers(undefined, { ...TERMS, target: 0.9 });
    expect(reading.tiers?.map((tier) => tier.name)).toEqual([
      'page-slow',
      'ticket-fast',
      'ticket-slow',
      'page-guard',
    ]);
    expect(reading).toMatchObject({
      warnings: [
        'is missing, and the default tier page-fast could never fire: its burn is 14.4, and with a target of 0.9 a total outage burns 10 times too fast, which is the maximum; it is left out',
      ],
    });
  });

  test('a target too low for every default tier must list tiers', () => {
    const { faults } = readTiers(undefined, { target: 0.01, periodMs: 90 * DAY_MS, sliceMs: null });
    expect(faults).toHaveLength(5);
    expect(faults?.[0]).toBe(
      'is missing, and the default tier page-fast could never fire: its burn is 43.2, and with a target of 0.01 a total outage burns 1.01 times too fast, which is the maximum; list the tiers that suit this target',
    );
  });
});
