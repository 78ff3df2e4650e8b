import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  exportOpenSlo,
  type BurnTier,
  type FieldCondition,
  type LabelMatcher,
  type MetricCondition,
  type MetricSelector,
  type Sli,
  type SloDefinition,
  type SloMember,
} from '@tidewatch/slo';
import { parse, stringify } from 'yaml';
import { described, resolveAll } from '../fixtures/slo-document.js';
import { longestPeriodMs } from './time-window.js';
import { maximumBurn } from './burn.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 1_440 * MINUTE_MS;

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,6}){0,2}$/);
// Texts that YAML would take for something else when they were not quoted.
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    'off',
    'null',
    '1',
    '0x1f',
    '- a',
    'a: b',
    '#',
    "it's",
    '"',
    'ä→\u{1F600}',
    'true\nfalse',
    '\\d+',
    ' x ',
  ),
);
const filled = text.filter((each) => each !== '' && each !== '__proto__');
// JavaScript puts keys that are whole numbers first, so no document gives these another place.
const key = filled.filter((each) => !/^\d+$/.test(each));
const number = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((each) => (each === 0 ? 0 : each)),
);
const expression = fc.constantFrom('5..', '(?i)a|b', '[[:alpha:]]+', '\\Q.\\E', '');
const op = fc.constantFrom('lte', 'lt', 'gte', 'gt');

const matcher = fc
  .record({ label: key, op: fc.constantFrom('=', '!=', '=~', '!~'), value: text, expression })
  .map(({ label, op: each, value, expression: regex }): LabelMatcher => ({
    label,
    op: each,
    value: each.includes('~') ? regex : value,
  }));
const selector: fc.Arbitrary<MetricSelector> = fc.record({
  metric: filled,
  match: fc.uniqueArray(matcher, { selector: ({ label }) => label, maxLength: 3 }),
});

const TEXT_FIELDS = ['service', 'region', 'attribute.http.route', 'resource.a b'];
/** Conditions as a document can say them: grouped by field, one of an operator, equality alone. */
const spanConditions: fc.Arbitrary<FieldCondition[]> = fc
  .uniqueArray(fc.constantFrom(...TEXT_FIELDS, 'duration'), { maxLength: 3 })
  .chain((fields) =>
    fc.tuple(
      ...fields.map((field): fc.Arbitrary<FieldCondition[]> =>
        field === 'duration'
          ? fc.tuple(number, number).map(([low, high]) => [
              { field, op: '>', value: low },
              { field, op: '<=', value: high },
            ])
          : fc.oneof(
              text.map((value): FieldCondition[] => [{ field, op: '=', value }]),
              fc.tuple(text, expression).map(([value, regex]): FieldCondition[] => [
                { field, op: '!=', value },
                { field, op: '=~', value: regex },
              ]),
            ),
      ),
    ),
  )
  .map((parts) => parts.flat());

const goodOrBad = <T>(values: fc.Arbitrary<T>) =>
  fc
    .tuple(values, fc.boolean())
    .map(([value, isGood]) => (isGood ? { good: value, bad: null } : { good: null, bad: value }));

const QUERY =
  'SELECT time, good, total FROM t\nWHERE time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)} AND a = {p:String}';
const query = fc.record({
  kind: fc.constant('sql' as const),
  sql: fc.constant(QUERY),
  parameters: fc.record({ p: fc.oneof(text, number) }),
  timeoutMs: fc.integer({ min: 1, max: 30 }).map((each) => each * SECOND_MS),
  maximumRows: fc.integer({ min: 1, max: 1e12 }),
});

const eventSli = fc.oneof(
  fc
    .record({ kind: fc.constant('ratio' as const), total: selector })
    .chain((sli) => goodOrBad(selector).map((sides) => ({ ...sli, ...sides }))),
  fc.record({
    kind: fc.constant('latency' as const),
    histogram: selector,
    threshold: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  }),
  fc
    .record({
      kind: fc.constant('spans' as const),
      total: spanConditions,
      coldStarts: fc.constantFrom('include', 'exclude'),
    })
    .chain((sli) => goodOrBad(spanConditions).map((sides) => ({ ...sli, ...sides }))),
  fc.boolean().map((isLabelled) => ({
    kind: 'predictions' as const,
    total: [{ field: 'model', op: '=', value: 'ranker' }],
    good: [{ field: isLabelled ? 'correct' : 'status', op: '=', value: isLabelled ? 'true' : 'ok' }],
    bad: null,
    labelDelayMs: isLabelled ? 3 * DAY_MS + MINUTE_MS : 0,
  })),
  fc.record({ kind: fc.constant('verdicts' as const), monitor: name, subject: text }),
  query.chain((sli) => fc.constantFrom('good', 'bad').map((kind) => ({ ...sli, result: { kind } }))),
) as fc.Arbitrary<Sli>;

const valueSli = fc.oneof(
  fc.record({
    kind: fc.constant('gauge' as const),
    gauge: selector,
    over: fc.constantFrom('avg', 'min', 'max', 'last'),
    across: fc.constantFrom('avg', 'min', 'max', 'sum'),
    op,
    threshold: number,
  }),
  fc.record({
    kind: fc.constant('sample-mean' as const),
    samples: fc.constant([{ field: 'model', op: '=', value: 'ranker' }]),
    field: fc.constantFrom('score', 'feature.age'),
    of: fc.oneof(
      fc.record({ samples: fc.integer({ min: 1, max: 1e6 }) }),
      fc.record({ ms: fc.integer({ min: 1, max: 1e6 }).map((each) => each * SECOND_MS) }),
    ),
    labelDelayMs: fc.constant(0),
    op,
    threshold: number,
  }),
  query.chain((sli) =>
    fc.record({ kind: fc.constant('value'), op, threshold: number }).map((result) => ({ ...sli, result })),
  ),
) as fc.Arbitrary<Sli>;

const comparison = fc.record({
  kind: fc.constant('comparison' as const),
  measure: fc.oneof(
    fc.record({ kind: fc.constantFrom('rate', 'count'), counter: selector }),
    fc.record({ kind: fc.constant('ratio'), numerator: selector, denominator: selector }),
    fc.record({ kind: fc.constant('quantile'), histogram: selector, quantile: fc.constantFrom(0, 0.95, 1) }),
    fc.record({ kind: fc.constant('mean'), histogram: selector }),
    fc.record({
      kind: fc.constant('share'),
      histogram: selector,
      bound: number,
      side: fc.constantFrom('atMost', 'above'),
    }),
    fc.record({
      kind: fc.constant('gauge'),
      gauge: selector,
      over: fc.constantFrom('avg', 'last'),
      across: fc.constantFrom('max', 'sum'),
    }),
    fc.record({ kind: fc.constant('slope'), gauge: selector, across: fc.constantFrom('avg', 'max', 'sum') }),
    fc.record({
      kind: fc.constant('time-to-limit'),
      gauge: selector,
      across: fc.constantFrom('avg', 'max', 'sum'),
      limit: number,
      direction: fc.constantFrom('rising', 'falling'),
    }),
  ),
  windowMs: fc.integer({ min: 5, max: 300 }).map((each) => each * MINUTE_MS),
  op: fc.constantFrom('above', 'atLeast', 'below', 'atMost'),
  limit: number,
  comparedWithMs: fc.constant(null),
}) as fc.Arbitrary<MetricCondition>;
const condition = fc.oneof(
  comparison,
  fc.record({
    kind: fc.constantFrom('all', 'any'),
    of: fc.array(comparison, { minLength: 1, maxLength: 3 }),
  }),
) as fc.Arbitrary<MetricCondition>;

const window = fc.oneof(
  fc.integer({ min: 7, max: 90 }).map((days) => ({ kind: 'rolling' as const, periodMs: days * DAY_MS })),
  fc.record({
    kind: fc.constant('calendar' as const),
    amount: fc.integer({ min: 1, max: 2 }),
    unit: fc.constantFrom('w', 'M', 'Q', 'Y'),
    startTime: fc.constantFrom('2026-01-01 00:00:00', '2024-02-29 23:59:59'),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns'),
  }),
) as fc.Arbitrary<SloDefinition['window']>;

const target = fc.oneof(
  fc.constantFrom(0.9, 0.95, 0.99, 0.999, 0.9995),
  fc.integer({ min: 1, max: 99_999 }).map((each) => each / 100_000),
);

const emptySlices = fc.constantFrom('ignore', 'good', 'bad');
const sliceMs = fc.constantFrom(10, 30, 60, 300, 3_600).map((each) => each * SECOND_MS);
const budgeting = fc.oneof(
  fc.constant({ method: 'Occurrences' as const }),
  fc.record({
    method: fc.constant('Timeslices' as const),
    sliceMs,
    sliceTarget: fc.constantFrom(0.5, 0.95, 1),
    emptySlices,
  }),
  fc.record({ method: fc.constant('RatioTimeslices' as const), sliceMs, emptySlices }),
) as fc.Arbitrary<SloDefinition['budgeting']>;

function tiers(least: number): fc.Arbitrary<BurnTier[]> {
  const hours = (count: number) => count * 60 * MINUTE_MS;
  return fc.uniqueArray(
    fc.record({
      name,
      longMs: fc.integer({ min: 4, max: 48 }).map(hours),
      shortMs: fc.integer({ min: 1, max: 3 }).map(hours),
      burn: fc
        .constantFrom(1, 14.4, 0.1, 3.36, 1.03333333333)
        .map((each) => Math.min(each, maximumBurn(least) * 0.9)),
      severity: fc.constantFrom('page', 'ticket'),
      minimumBadEvents: fc.integer({ min: 1, max: 1_000 }),
      everyMs: fc.integer({ min: 1, max: 600 }).map((each) => each * SECOND_MS),
      holdMs: fc.constantFrom(0, 90 * SECOND_MS, DAY_MS),
      keepFiringMs: fc.constantFrom(null, 0, 90 * SECOND_MS, DAY_MS),
      and: fc.option(condition),
    }),
    { selector: (tier) => tier.name, maxLength: 3 },
  );
}

const policy = fc
  .uniqueArray(
    fc.record({
      spent: fc.oneof(fc.constantFrom(0.5, 0.75, 1, 1.1), fc.double({ min: 1e-7, max: 10, noNaN: true })),
      action: fc.constantFrom('ticket', 'message', 'freeze'),
      message: text,
    }),
    { selector: ({ spent }) => spent, maxLength: 3 },
  )
  .map((steps) => steps.toSorted((a, b) => a.spent - b.spent)) as fc.Arbitrary<SloDefinition['budgetPolicy']>;

function members(method: string): fc.Arbitrary<SloMember[]> {
  const sli = method === 'Timeslices' ? fc.oneof(eventSli, valueSli) : eventSli;
  const one = fc.record({ name: fc.constant(''), sli, target, weight: fc.constant(1) }).map((each) => [each]);
  const several = fc.uniqueArray(
    fc.record({ name, sli, target, weight: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
    { selector: (each) => each.name, minLength: 2, maxLength: 3 },
  );
  return fc.oneof(one, several);
}

const definition: fc.Arbitrary<SloDefinition> = fc
  .record({ budgeting, window })
  .chain((chosen) => members(chosen.budgeting.method).map((all) => ({ ...chosen, members: all })))
  .chain((chosen) => {
    const least = Math.min(...chosen.members.map((member) => member.target));
    const isPlain = chosen.members.some(({ sli }) => sli.kind === 'verdicts');
    return fc
      .record({
        name,
        displayName: filled,
        description: text,
        service: filled,
        labels: fc.dictionary(fc.constantFrom('team', 'tier', 'a.b'), text),
        identity: fc.record({ region: text, model: text, owner: text }),
        tiers: tiers(least),
        noData: fc.option(
          fc.record({
            severity: fc.constantFrom('page', 'ticket'),
            afterMs: fc.option(fc.integer({ min: 1, max: 1e5 }).map((each) => each * SECOND_MS)),
          }),
        ),
        groupBy: isPlain
          ? fc.constant(null)
          : fc.option(
              fc.record({
                labels: fc.uniqueArray(filled, { minLength: 1, maxLength: 3 }),
                limit: fc.integer({ min: 1, max: 500 }),
              }),
            ),
        budgetPolicy: policy,
      })
      .map(({ identity, labels, ...rest }): SloDefinition => ({
        ...chosen,
        ...rest,
        labels: { ...labels, ...identity },
        ...identity,
        runbook: 'https://wiki.example.com/runbooks/x',
        firstStep: 'Roll the release back: it is the most likely cause.',
        target: least,
        periodMs: longestPeriodMs(chosen.window),
        noData: rest.noData,
      }));
  });

test('reading what was exported yields the definition again, in strict mode where OpenSLO has words for its slices', () => {
  fc.assert(
    fc.property(definition, (slo) => {
      const inSeconds = 'sliceMs' in slo.budgeting && slo.budgeting.sliceMs % MINUTE_MS !== 0;
      const documents = exportOpenSlo(slo).map((document) => parse(stringify(document)) as unknown);
      const again = resolveAll(documents, inSeconds ? 'lenient' : 'strict');
      expect(described(again.problems)).toEqual([]);
      expect(again.slos).toEqual([slo]);
    }),
    { numRuns: 200, seed: 20_261_128 },
  );
});
