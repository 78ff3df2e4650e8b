import { describe, expect, test } from '@jest/globals';
import { embeddingMonitorSchema } from '../embedding/embedding-monitor.js';
import { driftMonitorSchema } from '../monitor/drift-monitor.js';
import { performanceMonitorSchema } from '../performance/performance-monitor.js';
import { qualityMonitorSchema } from '../quality/quality-monitor.js';

const rolling = { baseline: { kind: 'rolling', length: '7d', gap: '1d' } };
const kinds = [
  ['DriftMonitor', driftMonitorSchema, rolling],
  ['QualityMonitor', qualityMonitorSchema, rolling],
  ['PerformanceMonitor', performanceMonitorSchema, rolling],
  ['EmbeddingMonitor', embeddingMonitorSchema, { ...rolling, embedding: 'frame' }],
] as const;

describe.each(kinds)('how long a %s keeps its incident open', (kind, schema, needed) => {
  const read = (spec: object) =>
    schema.safeParse({
      apiVersion: 'tidewatch.dev/v1',
      kind,
      metadata: { name: 'inputs' },
      spec: { model: 'ranker', ...needed, ...spec },
    });

  test.each([
    [{}, null],
    [{ keepFiring: '0s' }, 0],
    [{ keepFiring: '90s' }, 90_000],
  ])('%j', (spec, expected) => {
    expect(read(spec).data?.keepFiringMs).toBe(expected);
  });

  test('must be a duration', () => {
    expect(read({ keepFiring: 'long' }).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'spec.keepFiring',
    ]);
  });
});
