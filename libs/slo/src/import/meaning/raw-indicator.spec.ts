import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../refusal.js';
import { rawIndicator } from './raw-indicator.js';

const E = 'sum(rate(e_total[{{.window}}]))';
const X = 'sum(rate(x_total[{{.window}}]))';

const selector = (metric: string) => ({ metric, match: [] });
const ratio = (part: 'good' | 'bad', metric: string) => ({
  kind: 'ratio',
  part,
  counter: selector(metric),
  total: selector('x_total'),
});

describe('rawIndicator', () => {
  test.each<[string, unknown]>([
    [`${E} / ${X}`, ratio('bad', 'e_total')],
    [`(${E} / ${X}) OR on() vector(0)`, ratio('bad', 'e_total')],
    [`1 - (sum(rate(ok_total[{{.window}}])) / ${X})`, ratio('good', 'ok_total')],
    [`1 - ((${X} - ${E}) / ${X})`, ratio('bad', 'e_total')],
    [`(${X} - sum(rate(ok_total[{{.window}}]))) / ${X}`, ratio('good', 'ok_total')],
    [`1 - (1 - (${E} / ${X}))`, ratio('bad', 'e_total')],
    [
      '1 - sum(rate(d_bucket{le="0.3"}[{{.window}}])) / sum(rate(d_count[{{.window}}]))',
      { kind: 'latency', histogram: selector('d'), threshold: 0.3 },
    ],
    [
      '1 - histogram_fraction(0, 0.3, sum(rate(d[{{.window}}])))',
      { kind: 'latency', histogram: selector('d'), threshold: 0.3 },
    ],
  ])('translates %s', (query, sli) => {
    expect(rawIndicator(query, {})).toMatchObject({ sli });
  });

  test.each([
    [
      '1 - (sum(sum_over_time(g[{{.window}}])) / sum(count_over_time(g[{{.window}}])))',
      'is the mean of a gauge and no share of events',
    ],
    ['slo:errors:ratio5m', 'is a ratio whose events cannot be seen'],
    [`2 - (${E} / ${X})`, 'subtracts something from a number other than 1'],
    ['1 - histogram_fraction(0.1, 0.3, sum(rate(d[{{.window}}])))', 'that does not begin at 0'],
    ['histogram_fraction(0, 0.3, sum(rate(d[{{.window}}])))', 'calls measurements up to 0.3 bad'],
    [`${E} / sum(x_total)`, 'reads x_total as it stands'],
    ['', 'is empty'],
  ])('refuses %s', (query, message) => {
    const refusal = rawIndicator(query, {});
    expect(isRefusal(refusal) ? refusal.message : refusal).toContain(message);
  });
});
