import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../refusal.js';
import { eventIndicator } from './event-indicator.js';

const names = { instance: 'service.instance.id' };

function read(
  part: 'good' | 'bad',
  some: string,
  all: string,
  gaugeSeries: 'refuse' | 'worst' | 'mean' = 'refuse',
) {
  return eventIndicator(
    part,
    { text: some, path: 'some' },
    { text: all, path: 'all' },
    { names, gaugeSeries },
  );
}

/** The SLI in one line: kind, then the counters (or the limit), then the labels of the groups. */
function told(...question: Parameters<typeof read>): string {
  const indicator = read(...question);
  if (isRefusal(indicator)) {
    return `refused at ${indicator.path}: ${indicator.message}`;
  }
  const { sli, groupBy } = indicator;
  const match = (selector: {
    metric: string;
    match: readonly { label: string; op: string; value: string }[];
  }) =>
    `${selector.metric}{${selector.match.map(({ label, op, value }) => `${label}${op}${value}`).join(',')}}`;
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.join(',')}`;
  switch (sli.kind) {
    case 'ratio':
      return `${sli.part} ${match(sli.counter)} of ${match(sli.total)}${by}`;
    case 'latency':
      return `${match(sli.histogram)} <= ${sli.threshold}${by}`;
    case 'gauge':
      return `${sli.over}/${sli.across} ${match(sli.gauge)} ${sli.op} ${sli.threshold}${by}`;
  }
}

const rate = (selector: string): string => `sum(rate(${selector}[{{.window}}]))`;
const ALL = rate('x_total');

describe('eventIndicator translates', () => {
  test.each<[string, string, string, string]>([
    ['a ratio of rates', rate('x_total{code=~"5.."}'), ALL, 'bad x_total{code=~5..} of x_total{}'],
    [
      'a ratio of increases',
      'sum(increase(e_total[{{.window}}]))',
      'sum(increase(x_total[{{.window}}]))',
      'bad e_total{} of x_total{}',
    ],
    ['or vector(0)', `${rate('e_total')} or vector(0)`, ALL, 'bad e_total{} of x_total{}'],
    ['or on() vector(0)', `${rate('e_total')} OR on() vector(0)`, ALL, 'bad e_total{} of x_total{}'],
    ['or a total times zero', `${rate('e_total')} or ${ALL} * 0`, ALL, 'bad e_total{} of x_total{}'],
    [
      'the fallback inside of the sum',
      'sum(rate(e_total[{{.window}}]) or vector(0))',
      ALL,
      'bad e_total{} of x_total{}',
    ],
    ['the rest of all events', `${ALL} - ${rate('ok_total')}`, ALL, 'good ok_total{} of x_total{}'],
    [
      'the rest, whatever the order of conditions',
      `${rate('x_total{a="1",b="2"}')} - ${rate('ok_total')}`,
      rate('x_total{b="2",a="1"}'),
      'good ok_total{} of x_total{b=2,a=1}',
    ],
    [
      'what is slower than a bucket',
      `(${rate('d_seconds_count{v!="W"}')} - ${rate('d_seconds_bucket{le="0.4",v!="W"}')})`,
      rate('d_seconds_count{v!="W"}'),
      'd_seconds{v!=W} <= 0.4',
    ],
    [
      'buckets up to infinity as all measurements',
      `${rate('d_bucket{le="+Inf"}')} - ${rate('d_bucket{le="2.5"}')}`,
      rate('d_bucket{le="+Inf"}'),
      'd{} <= 2.5',
    ],
    [
      'groups, without le',
      `sum by (le, region) (rate(d_count[{{.window}}])) - ignoring(le) sum by (le, region) (rate(d_bucket{le="1"}[{{.window}}]))`,
      'sum by (region) (rate(d_count[{{.window}}]))',
      'd{} <= 1 by region',
    ],
    [
      'labels under the names they are stored by',
      'sum by (instance) (rate(e_total{instance="a:1"}[{{.window}}]))',
      'sum(rate(x_total[{{.window}}])) by (instance)',
      'bad e_total{service.instance.id=a:1} of x_total{} by service.instance.id',
    ],
    ['sums of sums', `sum(sum by (a) (rate(e_total[{{.window}}])))`, ALL, 'bad e_total{} of x_total{}'],
    ['the count of a histogram', rate('d_count{code="500"}'), rate('d_count'), 'bad d{code=500} of d{}'],
    [
      'native histograms',
      'histogram_count(sum(rate(d{code="500"}[{{.window}}])))',
      'sum(histogram_count(rate(d[{{.window}}])))',
      'bad d{code=500} of d{}',
    ],
    [
      'a sum over one label',
      `${rate('x_total{code="500"}')} + ${rate('x_total{code="503"}')}`,
      ALL,
      'bad x_total{code=~500|503} of x_total{}',
    ],
    [
      'a sum of three',
      `${rate('x_total{code="500"}')} + ${rate('x_total{code="503"}')} + ${rate('x_total{code="429"}')}`,
      ALL,
      'bad x_total{code=~500|503|429} of x_total{}',
    ],
    [
      'a sum of an expression and a value',
      `${rate('x_total{code=~"5.."}')} + ${rate('x_total{code="4.9"}')}`,
      ALL,
      'bad x_total{code=~5..|4\\.9} of x_total{}',
    ],
    [
      'several conditions on a label',
      rate('x_total{code!="200",code!~"3.."}'),
      ALL,
      'bad x_total{code!~200|3..} of x_total{}',
    ],
  ])('%s', (_, some, all, expected) => {
    expect(told('bad', some, all)).toBe(expected);
  });

  test('good events and a bucket as well', () => {
    expect(told('good', rate('x_total{code!~"5.."}'), ALL)).toBe('good x_total{code!~5..} of x_total{}');
    expect(told('good', rate('d_bucket{le="5"}'), rate('d_count'))).toBe('d{} <= 5');
    expect(told('good', `${ALL} - ${rate('e_total')}`, ALL)).toBe('bad e_total{} of x_total{}');
  });

  test('and says what it takes for granted', () => {
    const sum = read('bad', `${rate('x_total{code=~"5.."}')} + ${rate('x_total{code=~"4.9"}')}`, ALL);
    expect(sum).toMatchObject({
      notes: ['takes it that no value of code matches both "5.." and "4.9", whose counts are added'],
    });
    expect(read('bad', rate('d_count{code="500"}'), rate('d_count'))).toMatchObject({
      notes: ['d_count is read as the number of measurements of the histogram d, as scraping stores it'],
    });
  });
});

describe('eventIndicator refuses', () => {
  test.each<[string, string, string, string]>([
    ['a query that is not PromQL', 'sum(', ALL, 'some: is not PromQL: it ends too early'],
    ['an empty total', rate('e_total'), '', 'all: is empty'],
    ['a counter as it stands', 'sum(e_total)', ALL, 'some: reads e_total as it stands'],
    ['a recording rule', 'job:errors:rate5m', ALL, 'a recording rule cannot be followed'],
    ['a fixed range', 'sum(rate(e_total[5m]))', ALL, 'looks at a range of [5m]; only [{{.window}}]'],
    ['irate', 'sum(irate(e_total[{{.window}}]))', ALL, 'irate looks at the last two samples only'],
    ['delta', 'sum(delta(e[{{.window}}]))', ALL, 'delta is for gauges'],
    [
      'quantiles',
      'histogram_quantile(0.9, sum by (le) (rate(d_bucket[{{.window}}])))',
      ALL,
      'a quantile is no count of events',
    ],
    [
      'other functions',
      'sum(abs(rate(e_total[{{.window}}])))',
      ALL,
      'uses abs(), and only sums of rate() and increase()',
    ],
    ['means and maxima', 'max(rate(e_total[{{.window}}]))', ALL, 'takes max of series'],
    [
      'labels that cannot be known',
      'sum without (a) (rate(e_total[{{.window}}]))',
      ALL,
      'keeps all labels but a; name the ones to keep',
    ],
    [
      'an offset',
      'sum(rate(e_total[{{.window}}] offset 1h))',
      ALL,
      'holds an offset, which looks at another time',
    ],
    ['a subquery', 'sum(rate(e_total[{{.window}}:1m]))', ALL, 'takes rate of something that is not a metric'],
    ['series that are not added up', 'rate(e_total[{{.window}}])', ALL, 'is not added up'],
    [
      'a sum of differences',
      'sum(rate(x_total[{{.window}}]) - rate(ok_total[{{.window}}]))',
      ALL,
      'subtracts series by series',
    ],
    [
      'different groups',
      'sum by (a) (rate(e_total[{{.window}}]))',
      ALL,
      'compares counts by a and by no label',
    ],
    [
      'a label that is gone',
      'sum by (a) (sum(rate(e_total[{{.window}}])))',
      ALL,
      'keeps the label a, which the sum inside has already dropped',
    ],
    [
      'a rate out of an increase',
      rate('e_total'),
      'sum(increase(x_total[{{.window}}]))',
      'compares a rate per second and an increase',
    ],
    ['a factor', `2 * ${rate('e_total')}`, ALL, 'uses the operator * on counts'],
    ['another fallback', `${rate('e_total')} or vector(1)`, ALL, 'uses or with something that is not zero'],
    ['a constant', 'vector(1)', ALL, 'uses vector()'],
    [
      'two metrics added',
      `${rate('a_total')} + ${rate('b_total')}`,
      ALL,
      'adds a_total and b_total; an SLI reads one metric',
    ],
    [
      'events added twice',
      `${rate('x_total{code=~"5.."}')} + ${rate('x_total{code="500"}')}`,
      ALL,
      'counts what fulfils both twice',
    ],
    [
      'all and a part of it',
      `${rate('x_total')} + ${rate('x_total{code="500"}')}`,
      ALL,
      'counts what has the condition on code twice',
    ],
    ['the same twice', `${ALL} + ${ALL}`, ALL, 'counts the same events twice'],
    [
      'two labels at once',
      `${rate('x_total{a="1",b="1"}')} + ${rate('x_total{a="2",b="2"}')}`,
      ALL,
      'differ on a and b',
    ],
    [
      'what is excluded, added',
      `${rate('x_total{a!="1"}')} + ${rate('x_total{a!="2"}')}`,
      ALL,
      'which is no single condition',
    ],
    [
      'a difference of something else',
      `${rate('y_total')} - ${rate('ok_total')}`,
      ALL,
      'subtracts from y_total, and all events are x_total',
    ],
    [
      'a longer difference',
      `${ALL} - ${rate('a_total')} - ${rate('b_total')}`,
      ALL,
      'subtracts more than two counts',
    ],
    [
      'a difference as all events',
      rate('e_total'),
      `${ALL} - ${rate('h_total')}`,
      'is compared with a difference',
    ],
    ['sums of measurements', rate('d_sum'), rate('d_count'), 'reads d_sum, which adds up measurements'],
    ['all buckets together', rate('d_bucket'), rate('d_count'), 'adds up all buckets of d_bucket'],
    [
      'several buckets',
      rate('d_bucket{le=~"1|2"}'),
      rate('d_count'),
      'selects d_bucket by le=~"1|2"; a latency SLI has one limit',
    ],
    [
      'a bound that is no number',
      rate('d_bucket{le="fast"}'),
      rate('d_count'),
      'selects d_bucket by le="fast"',
    ],
    [
      'le of something else',
      rate('e_total{le="1"}'),
      ALL,
      'selects e_total by le, which only the buckets of a histogram have',
    ],
    ['fast as bad', rate('d_bucket{le="1"}'), rate('d_count'), 'calls measurements up to 1 bad'],
    [
      'a bucket of other series',
      `${rate('d_count')} - ${rate('d_bucket{le="1",code="200"}')}`,
      rate('d_count'),
      'with the same conditions',
    ],
    [
      'a bucket as all events',
      rate('d_bucket{le="1"}'),
      rate('d_bucket{le="5"}'),
      'takes the bucket d_bucket{le="5"} for all events',
    ],
    ['nothing but bad events', ALL, ALL, 'takes x_total for the bad events and for all of them'],
    ['conditions that exclude each other', rate('e_total{a="1",a="2"}'), ALL, 'which no series fulfils'],
    [
      'conditions that cannot be joined',
      rate('e_total{a=~"1.*",a!="12"}'),
      ALL,
      'has several conditions on a (a=~"1.*", a!="12")',
    ],
    [
      'expressions that are not RE2',
      rate('e_total{a=~"(?=x)"}'),
      ALL,
      'is not a regular expression in RE2 syntax',
    ],
  ])('%s', (_, some, all, message) => {
    expect(told('bad', some, all)).toContain(message);
  });
});

describe('queries that count series of a gauge', () => {
  const bad = 'sum_over_time((count(g < 0.75))[{{.window}}:]) OR on() vector(0)';
  const all = 'sum_over_time((count(g))[{{.window}}:])';

  test('are refused unless a way to judge them is chosen', () => {
    expect(told('bad', bad, all)).toContain('some: counts at each moment how many series of g are < 0.75');
    expect(told('bad', bad, all, 'worst')).toBe('min/min g{} gte 0.75');
    expect(told('bad', bad, all, 'mean')).toBe('avg/avg g{} gte 0.75');
    expect(read('bad', bad, all, 'worst')).toMatchObject({
      notes: [expect.stringContaining('counts bad minutes of g (any series is bad)')],
    });
  });

  test.each<[string, string, string]>([
    ['>=', 'sum_over_time(count(g{a="1"})[{{.window}}:])', 'max/max g{a=1} lt 0.75'],
    ['>', 'sum(count_over_time(g{a="1"}[{{.window}}]))', 'max/max g{a=1} lte 0.75'],
    ['<=', 'sum_over_time(count(g{a="1"})[{{.window}}:30s])', 'min/min g{a=1} gt 0.75'],
  ])('become a limit the other way round: %s', (operator, total, expected) => {
    const some = total.includes('count(g')
      ? `sum_over_time(count(g{a="1"} ${operator} 0.75)[{{.window}}:])`
      : `sum(count_over_time((g{a="1"} ${operator} 0.75)[{{.window}}:]))`;
    expect(told('bad', some, total, 'worst')).toBe(expected);
  });

  test('keep their groups', () => {
    expect(
      told(
        'bad',
        'sum_over_time(count by (b) (g < 1)[{{.window}}:])',
        'sum_over_time(count by (b) (g)[{{.window}}:])',
        'worst',
      ),
    ).toBe('min/min g{} gte 1 by b');
  });

  test.each([
    [
      'other sums over time',
      'sum(sum_over_time(g[{{.window}}]))',
      all,
      'adds up values of a gauge over time',
    ],
    ['other gauges', bad, 'sum_over_time((count(h))[{{.window}}:])', 'does not compare the series of g'],
    [
      'groups that differ',
      bad,
      'sum_over_time(count by (b) (g)[{{.window}}:])',
      'counts series by no label, and all of them by b',
    ],
    ['equality', 'sum_over_time(count(g == 0)[{{.window}}:])', all, 'compares g by =='],
    ['fixed ranges', 'sum_over_time(count(g < 1)[5m:])', all, 'adds up values of a gauge over time'],
  ])('are refused whatever was chosen: %s', (_, some, total, message) => {
    expect(told('bad', some, total, 'worst')).toContain(message);
  });
});
