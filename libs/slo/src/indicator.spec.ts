import { describe, expect, test } from '@jest/globals';
import {
  indicator,
  issuesOf,
  LATENCY_SPEC,
  metric,
  RATIO_SPEC,
  ratioDocument,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const match = (value: unknown): RawDocument =>
  ratioDocument({ total: metric('inference.requests', { route: value }) });
const MATCH_PATH = 'spec.indicator.spec.ratioMetric.total.metricSource.spec.match.route';

describe('an indicator that is refused', () => {
  test.each<[string, unknown, string]>([
    [
      'no kind of SLI',
      sloDocument({ spec: indicator({}) }),
      'spec.indicator.spec: must hold one of ratioMetric or thresholdMetric, and holds none',
    ],
    [
      'two kinds of SLI',
      sliDocument('x', { ...RATIO_SPEC, ...LATENCY_SPEC }),
      'spec: must hold one of ratioMetric or thresholdMetric, and holds 2',
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
      'gauges',
      ratioDocument({ counter: false }),
      'spec.indicator.spec.ratioMetric.counter: must be true: good and total are read from counters',
    ],
    [
      'a raw ratio',
      ratioDocument({ raw: metric('x'), rawType: 'success' }),
      'spec.indicator.spec.ratioMetric.raw: is not supported: an averaged ratio says nothing',
    ],
    [
      'another data source',
      ratioDocument({ total: { metricSource: { type: 'Prometheus', spec: { query: 'up' } } } }),
      'spec.indicator.spec.ratioMetric.total.metricSource.type: must be tidewatch, and is "Prometheus": SLIs are computed from the metrics that Tidewatch itself receives. Write {type: tidewatch, spec: {metric: NAME',
    ],
    [
      'no type of data source',
      ratioDocument({ total: { metricSource: { spec: {} } } }),
      'total.metricSource.type: is missing; it must be tidewatch: SLIs are computed',
    ],
    [
      'a reference to a data source',
      ratioDocument({
        total: { metricSource: { type: 'tidewatch', metricSourceRef: 'x', spec: { metric: 'm' } } },
      }),
      'total.metricSource.metricSourceRef: is not supported: Tidewatch reads only its own metrics',
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
    [
      'a broken expression',
      match({ matches: '(' }),
      `${MATCH_PATH}.matches: must be a regular expression in RE2 syntax`,
    ],
    [
      'look-ahead, which RE2 lacks',
      match({ notMatches: '(?!x)' }),
      `${MATCH_PATH}.notMatches: must be a regular expression in RE2 syntax`,
    ],
  ])('%s', (_name, document, expected) => {
    expect(issuesOf(document)).toContainEqual(expect.stringContaining(expected));
  });
});
