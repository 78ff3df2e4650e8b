import { describe, expect, test } from '@jest/globals';
import {
  described,
  RATIO_SPEC,
  resolveAll,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

describe('strict mode refuses what lenient mode tells of', () => {
  test.each<[string, RawDocument, string]>([
    [
      'op on a ratio',
      sloDocument({ spec: { objectives: [{ target: 0.999, op: 'gt' }] } }),
      'spec.objectives.0.op: belongs to a thresholdMetric',
    ],
    [
      'an indicator without metadata',
      sloDocument({ spec: { indicator: { spec: RATIO_SPEC } } }),
      'spec.indicator.metadata: is missing; OpenSLO asks for at least a name',
    ],
    [
      'a slice target where slices count with their share',
      sloDocument({
        spec: {
          budgetingMethod: 'RatioTimeslices',
          objectives: [{ target: 0.999, timeSliceWindow: '1m', timeSliceTarget: 0.9 }],
        },
      }),
      'spec.objectives.0.timeSliceTarget: belongs to budgetingMethod Timeslices',
    ],
    [
      'a gauge without slice target',
      sloDocument({
        spec: {
          indicator: {
            metadata: { name: 'gpu' },
            spec: { thresholdMetric: { metricSource: { type: 'tidewatch', spec: { gauge: 'gpu' } } } },
          },
          budgetingMethod: 'Timeslices',
          objectives: [{ target: 0.999, timeSliceWindow: '1m', op: 'lt', value: 0.9 }],
        },
      }),
      'spec.objectives.0.timeSliceTarget: is missing, and OpenSLO asks for it',
    ],
    [
      'a foreign threshold without value',
      sloDocument({
        spec: {
          indicator: {
            metadata: { name: 'foreign' },
            spec: { thresholdMetric: { metricSource: { type: 'Any', spec: { query: 'x' } } } },
          },
          objectives: [{ target: 0.999, op: 'lt' }],
        },
      }),
      'spec.objectives.0.value: is missing, and a thresholdMetric needs op and value',
    ],
  ])('%s', (_name, document, message) => {
    const lenient = resolveAll([document], 'lenient');
    expect([lenient.slos.length, described(lenient.problems)]).toEqual([1, []]);
    expect(described(lenient.warnings)).toEqual([expect.stringContaining(message)]);
    const strict = resolveAll([document], 'strict');
    expect([strict.slos.length, described(strict.warnings)]).toEqual([0, []]);
    expect(described(strict.problems)).toEqual([expect.stringContaining(message)]);
  });

  test('time slices in seconds, which lenient mode takes as they are', () => {
    const document = sloDocument({
      spec: {
        budgetingMethod: 'RatioTimeslices',
        objectives: [{ target: 0.999, timeSliceWindow: '30s' }],
      },
    });
    expect(resolveAll([document], 'lenient')).toMatchObject({ problems: [], warnings: [] });
    expect(described(resolveAll([document], 'strict').problems)).toEqual([
      'spec.objectives.0.timeSliceWindow: is 30s, and durations of OpenSLO have no seconds',
    ]);
  });
});
