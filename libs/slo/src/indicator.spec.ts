import { describe, expect, test } from '@jest/globals';
import { source } from '../fixtures/sli-examples.js';
import {
  described,
  indicator,
  issuesOf,
  LATENCY_SPEC,
  metric,
  RATIO_SPEC,
  ratioDocument,
  resolveAll,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const match = (value: unknown): RawDocument =>
  ratioDocument({ total: metric('inference.requests', { route: value }) });
const MATCH_PATH = 'spec.indicator.spec.ratioMetric.total.metricSource.spec.match.route';
const ratio = (total: RawDocument, bad: RawDocument = {}): RawDocument =>
  sloDocument({
    spec: indicator({ ratioMetric: { bad: source(bad), total: source(total) } }),
  });
const BAD = 'spec.indicator.spec.ratioMetric.bad.metricSource.spec';
const TOTAL = 'spec.indicator.spec.ratioMetric.total.metricSource.spec';
const threshold = (spec: RawDocument, objective: RawDocument = { op: 'lte', value: 1 }): RawDocument =>
  sloDocument({
    spec: {
      ...indicator({ thresholdMetric: source(spec) }),
      budgetingMethod: 'Timeslices',
      objectives: [{ target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: '1m', ...objective }],
    },
  });
const THRESHOLD = 'spec.indicator.spec.thresholdMetric.metricSource.spec';
const QUERY =
  'SELECT time, good, total FROM t WHERE time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)}';

describe('an indicator that is refused by itself', () => {
  test.each<[string, unknown, string]>([
    [
      'no kind of SLI',
      sloDocument({ spec: indicator({}) }),
      'spec.indicator.spec: must hold one of ratioMetric or thresholdMetric, and holds none',
    ],
    [
      'two kinds of SLI',
      sliDocument('x', { ...RATIO_SPEC, ...LATENCY_SPEC }),
      'spec: must hold one of ratioMetric or thresholdMetric, and holds both',
    ],
    [
      'good and bad',
      ratioDocument({ good: metric('inference.ok') }),
      'spec.indicator.spec.ratioMetric: has both good and bad; keep one',
    ],
    [
      'neither good nor bad',
      ratioDocument({ bad: undefined }),
      'spec.indicator.spec.ratioMetric: is missing good: name the good events, or the bad ones',
    ],
    [
      'no total',
      ratioDocument({ total: undefined }),
      'spec.indicator.spec.ratioMetric.total: is missing; it must be a map with metricSource',
    ],
    [
      'a raw ratio beside total',
      ratioDocument({ raw: metric('x'), rawType: 'success', bad: undefined }),
      'spec.indicator.spec.ratioMetric.total: cannot stand beside raw, which yields the ratio itself; keep one',
    ],
    [
      'a raw ratio that does not say of what',
      ratioDocument({ raw: metric('x'), bad: undefined, total: undefined }),
      'spec.indicator.spec.ratioMetric.rawType: is missing; it must be success or failure: what raw counts',
    ],
    [
      'rawType without raw',
      ratioDocument({ rawType: 'success' }),
      'spec.indicator.spec.ratioMetric.rawType: belongs to raw, which is missing',
    ],
    [
      'no type of data source',
      ratioDocument({ total: { metricSource: { spec: { query: 'up' } } } }),
      'total.metricSource.type: is missing; it must be tidewatch for what Tidewatch itself stores, or the name of another system',
    ],
    [
      'nothing to read',
      ratioDocument({ total: { metricSource: { type: 'Prometheus', spec: {} } } }),
      'total.metricSource.spec: must be a map that says what to read, with at least one key, and is a map',
    ],
    [
      'an unknown kind of source',
      ratioDocument({ total: source({ query: 'up' }) }),
      `${TOTAL}: must be a map with one of metric, gauge, spans, logs, predictions, verdicts, sql, such as {metric: inference.requests, match: {service: web}}, and is a map with query`,
    ],
    [
      'two kinds of source',
      ratioDocument({ total: source({ metric: 'a', gauge: 'b' }) }),
      'and has metric and gauge',
    ],
    [
      'an empty metric name',
      ratioDocument({ total: metric('') }),
      'total.metricSource.spec.metric: must be the name of a metric, such as inference.requests',
    ],
    [
      'a number to match',
      match(500),
      `${MATCH_PATH}: must be text, {not: text}, {matches: regular expression} or {notMatches: regular expression} (quote numbers and true or false), and is 500`,
    ],
    [
      'two conditions on one label',
      match({ not: 'a', matches: 'b' }),
      `${MATCH_PATH}: must be text, {not: text}`,
    ],
    ['an unknown condition', match({ regex: 'b' }), `${MATCH_PATH}: must be text, {not: text}`],
    [
      'a number to differ from',
      match({ not: 500 }),
      `${MATCH_PATH}.not: must be text (quote numbers and true or false), and is 500`,
    ],
    ...['(', '(?!x)', '(?<=x)a', '(a)\\1', 'a{1001}'].map((text): [string, unknown, string] => [
      `the expression ${text}, which RE2 does not know`,
      match({ notMatches: text }),
      `${MATCH_PATH}.notMatches: must be a regular expression in RE2 syntax`,
    ]),
    [
      'an unknown field of a span',
      ratio({ spans: { route: 'x' } }),
      `${TOTAL}.spans.route: is not a field of a span; known are service, region, environment, version, model, name, kind, status, duration, attribute.NAME, resource.NAME`,
    ],
    [
      'an unknown field of a log record',
      ratio({ logs: { message: 'x' } }),
      `${TOTAL}.logs.message: is not a field of a log record`,
    ],
    [
      'an unknown field of a prediction',
      ratio({ predictions: { features: 'x' } }),
      `${TOTAL}.predictions.features: is not a field of a prediction`,
    ],
    [
      'an unknown status of a span',
      ratio({ spans: { status: 'failed' } }),
      `${TOTAL}.spans.status: must be ok or error or unset, and is "failed"`,
    ],
    [
      'an order of texts',
      ratio({ spans: { name: { above: 1 } } }),
      `${TOTAL}.spans.name.above: is an order of numbers, and the field is text`,
    ],
    [
      'a number as text',
      ratio({ spans: { duration: '0.5' } }),
      `${TOTAL}.spans.duration: compares text, and duration is a number: use above, atLeast, below or atMost`,
    ],
    [
      'text in an order',
      ratio({ spans: { duration: { above: '500ms' } } }),
      `${TOTAL}.spans.duration.above: must be a number, and is "500ms"`,
    ],
    [
      'a field without condition',
      ratio({ spans: { name: {} } }),
      `${TOTAL}.spans.name: must be text, {not: text}`,
    ],
    [
      'a field with a number',
      ratio({ spans: { name: 5 } }),
      `${TOTAL}.spans.name: must be text, {not: text}`,
    ],
    [
      'an unknown condition on a field',
      ratio({ spans: { name: { like: 'x' } } }),
      `${TOTAL}.spans.name: must be text, {not: text}`,
    ],
    [
      'a broken expression on a field',
      ratio({ logs: { body: { matches: '(' } } }),
      `${TOTAL}.logs.body.matches: must be a regular expression in RE2 syntax`,
    ],
    [
      'a mean over nothing',
      threshold({ predictions: {}, mean: 'score' }),
      `${THRESHOLD}.mean: needs last (a number of predictions) or window (a duration): what the mean is over`,
    ],
    [
      'a mean over two things',
      threshold({ predictions: {}, mean: 'score', last: 5, window: '5m' }),
      `${THRESHOLD}.mean: has both last and window; keep one`,
    ],
    [
      'a mean of text',
      threshold({ predictions: {}, mean: 'label', last: 5 }),
      `${THRESHOLD}.mean: must be score, value, latency_ms, correct or feature.NAME, and is "label"`,
    ],
    [
      'a number of predictions without mean',
      threshold({ predictions: {}, last: 5 }),
      `${THRESHOLD}.last: belongs to mean, which is missing`,
    ],
    [
      'a delay that is no duration',
      threshold({ predictions: {}, labelDelay: '1 day' }),
      `${THRESHOLD}.labelDelay: must be a duration above zero, such as 24h, and is "1 day"`,
    ],
    [
      'an unknown way to sum up a gauge',
      threshold({ gauge: 'x', across: 'median' }),
      `${THRESHOLD}.across: must be avg, min, max or sum, and is "median"`,
    ],
    [
      'a query that writes',
      threshold({ sql: 'INSERT INTO t SELECT 1' }),
      `${THRESHOLD}.sql: must be a query: it has to begin with SELECT or WITH`,
    ],
    [
      'a query without time bound',
      threshold({ sql: 'SELECT time, value FROM t' }),
      `${THRESHOLD}.sql: would read without a time bound: it must name both {from:DateTime64(3)} and {to:DateTime64(3)}`,
    ],
    [
      'a bound of its own',
      threshold({ sql: QUERY, parameters: { from: '2026-01-01' } }),
      `${THRESHOLD}.parameters.from: is bound by Tidewatch to the stretch of time that is read; leave it out`,
    ],
    [
      'a query that may take an hour',
      threshold({ sql: QUERY, timeout: '1h' }),
      `${THRESHOLD}.timeout: must be a duration from 1s to 30s, such as 10s, and is "1h"`,
    ],
  ])('%s', (_name, document, expected) => {
    expect(issuesOf(document)).toContainEqual(expect.stringContaining(expected));
  });
});

describe('an indicator that is refused for how it is used', () => {
  test.each<[string, RawDocument, string]>([
    [
      'gauges as counters',
      ratioDocument({ counter: false }),
      'spec.indicator.spec.ratioMetric.counter: must be true: good and total are read from counters',
    ],
    [
      'a metric that is a ratio itself',
      ratioDocument({ raw: metric('x'), rawType: 'success', bad: undefined, total: undefined }),
      'spec.indicator.spec.ratioMetric: cannot be used so: a metric stands as good (or bad) and total',
    ],
    [
      'a gauge in a ratio',
      ratio({ gauge: 'a' }, { gauge: 'b' }),
      'spec.indicator.spec.ratioMetric: cannot be used so: a gauge has levels and no events; it stands in a thresholdMetric, with budgetingMethod Timeslices',
    ],
    [
      'log records under a threshold',
      threshold({ logs: {} }),
      'spec.indicator.spec.thresholdMetric: cannot be used so: log records stand as good (or bad) and total',
    ],
    [
      'a query as total',
      ratio({ sql: QUERY }, { sql: QUERY }),
      'spec.indicator.spec.ratioMetric: cannot be used so: a query stands as raw of a ratioMetric',
    ],
    [
      'two kinds of source',
      ratio({ spans: {} }, { logs: {} }),
      'spec.indicator.spec.ratioMetric: mixes spans and logs: good (or bad) and total must come from one kind of source',
    ],
    [
      'a foreign source beside one of Tidewatch',
      ratioDocument({ total: { metricSource: { type: 'Prometheus', spec: { query: 'up' } } } }),
      'spec.indicator.spec.ratioMetric: mixes foreign and metric',
    ],
    [
      'a field in a ratio',
      ratio({ spans: {} }, { spans: {}, field: 'duration' }),
      `${BAD}.field: belongs to a thresholdMetric; leave it out`,
    ],
    [
      'cold starts of the bad',
      ratio({ spans: {} }, { spans: {}, coldStarts: 'exclude' }),
      `${BAD}.coldStarts: belongs to total, which says which spans count`,
    ],
    [
      'a mean in a ratio',
      ratio({ predictions: {} }, { predictions: {}, mean: 'score', last: 5 }),
      `${BAD}.mean: is one value for each time slice and no event`,
    ],
    [
      'a delay of the bad',
      ratio({ predictions: {} }, { predictions: { correct: 'false' }, labelDelay: '1d' }),
      `${BAD}.labelDelay: belongs to total: the delay is one for both`,
    ],
    [
      'a delay without labels',
      ratio({ predictions: {}, labelDelay: '1d' }, { predictions: { status: 'error' } }),
      `${TOTAL}.labelDelay: waits for labels, and nothing is said of correct; leave it out`,
    ],
    [
      'a delay of a mean without labels',
      threshold({ predictions: {}, mean: 'score', last: 5, labelDelay: '1d' }),
      `${THRESHOLD}.labelDelay: waits for labels`,
    ],
    [
      'good verdicts',
      sloDocument({
        spec: indicator({
          ratioMetric: {
            good: source({ verdicts: { monitor: 'm' } }),
            total: source({ verdicts: { monitor: 'm' } }),
          },
        }),
      }),
      'spec.indicator.spec.ratioMetric.good: must be left out: of the verdicts of a monitor the alarms are bad',
    ],
    [
      'bad verdicts of another monitor',
      ratio({ verdicts: { monitor: 'm' } }, { verdicts: { monitor: 'n', state: 'alarm' } }),
      `${BAD}.verdicts: must repeat the monitor and subject of total, with state: alarm`,
    ],
    [
      'alarms out of alarms',
      ratio({ verdicts: { monitor: 'm', state: 'alarm' } }, { verdicts: { monitor: 'm', state: 'alarm' } }),
      `${TOTAL}.verdicts.state: belongs to bad`,
    ],
    [
      'a gauge without op',
      threshold({ gauge: 'x' }, { value: 1 }),
      'spec.objectives.0.op: is missing; it must be lte, lt, gte or gt: how the gauge compares with value when all is well',
    ],
    [
      'a mean without value',
      threshold({ predictions: {}, mean: 'score', last: 5 }, { op: 'gt' }),
      'spec.objectives.0.value: is missing; it must be the number that the mean of score is compared with',
    ],
    [
      'a histogram from above',
      threshold({ metric: 'x' }, { op: 'gt', value: 0.5 }),
      'spec.objectives.0.op: must be lte or lt: with a thresholdMetric over a histogram a measurement is good when it is at most the value, and is "gt"',
    ],
    [
      'a histogram with a limit of 0',
      threshold({ metric: 'x' }, { op: 'lt', value: 0 }),
      "spec.objectives.0.value: must be the highest good measurement in the metric's unit, above 0",
    ],
  ])('%s', (_name, document, expected) => {
    const { slos, problems } = resolveAll([document]);
    expect(slos).toEqual([]);
    expect(described(problems)).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    ['a gauge', { gauge: 'x' }, 'a gauge'],
    ['a mean', { predictions: {}, mean: 'score', last: 5 }, 'the mean of a field'],
    ['a query for a value', { sql: QUERY }, 'a query for a value'],
  ])('%s, with budgeting methods that count events', (_name, spec, what) => {
    for (const budgetingMethod of ['Occurrences', 'RatioTimeslices']) {
      const slices = budgetingMethod === 'Occurrences' ? {} : { timeSliceWindow: '1m' };
      const document = sloDocument({
        spec: {
          ...indicator({ thresholdMetric: source(spec) }),
          budgetingMethod,
          objectives: [{ target: 0.99, op: 'gt', value: 1, ...slices }],
        },
      });
      expect(described(resolveAll([document]).problems)).toEqual([
        `spec.budgetingMethod: must be Timeslices, and is ${budgetingMethod}: ${what} yields one value for each time slice, and no events that could be counted`,
      ]);
    }
  });
});

test('verdicts without bad ones are an extension: strict mode asks for them', () => {
  const document = sloDocument({
    spec: indicator({ ratioMetric: { total: source({ verdicts: { monitor: 'm' } }) } }),
  });
  expect(resolveAll([document], 'lenient').warnings).toEqual([]);
  expect(described(resolveAll([document], 'strict').problems)).toEqual([
    'spec.indicator.spec.ratioMetric: has neither good nor bad, and OpenSLO asks for one: add bad, with the source of total and state: alarm',
  ]);
});
