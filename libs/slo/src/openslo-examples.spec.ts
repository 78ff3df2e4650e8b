import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { issuesOf } from '../fixtures/slo-document.js';

describe('OpenSLO’s own examples', () => {
  const example = (name: string): unknown =>
    parse(readFileSync(new URL(`../fixtures/openslo/${name}.yaml`, import.meta.url), 'utf8'));

  test('only the data source is wrong with the occurrences example', () => {
    expect(issuesOf(example('occurences-slo'))).toEqual([
      expect.stringContaining(
        'spec.indicator.spec.thresholdMetric.metricSource.type: must be tidewatch, and is "Any"',
      ),
    ]);
  });

  test('the time slices example is refused for each part that is not supported, and not for op on a ratio', () => {
    expect(issuesOf(example('timeslices-slo')).map((issue) => issue.split(': ')[0])).toEqual([
      'spec.indicator.spec.ratioMetric.good.metricSource.type',
      'spec.indicator.spec.ratioMetric.total.metricSource.type',
      'spec.timeWindow.0.isRolling',
      'spec.timeWindow.0.calendar',
      'spec.budgetingMethod',
      'spec.objectives',
    ]);
  });
});
