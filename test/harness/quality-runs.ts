import { seededRandom } from '@tidewatch/core';
import {
  countValues,
  gridFromCategories,
  gridFromQuantiles,
  judgeQuality,
  qualityMonitorSchema,
  type QualityInput,
  type QualityVerdict,
  type SampleValue,
  type TrafficWindow,
  type VariableComparison,
} from '@tidewatch/drift';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const END = Date.parse('2026-11-22T11:00:00Z');
export const WINDOW = { from: END - HOUR, to: END };

export const monitorWith = (spec: Record<string, unknown> = {}) =>
  qualityMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'QualityMonitor',
    metadata: { name: 'inputs' },
    spec: { model: 'm', baseline: { kind: 'fixed', name: 'training' }, hold: '0s', ...spec },
  });

export const random = seededRandom(11);
export const numbers = (size: number) => Array.from({ length: size }, () => random());
export const GRID = gridFromQuantiles(Array.from({ length: 1_001 }, (_, i) => i / 1_000));
export const COLOURS = gridFromCategories([
  ['red', 3],
  ['green', 3],
  ['blue', 3],
]);
export const colours = (size: number) =>
  Array.from({ length: size }, (_, i) => ['red', 'green', 'blue'][i % 3]!);

export function numeric(
  current: SampleValue[],
  partial: Partial<VariableComparison> = {},
): VariableComparison {
  return {
    variable: { source: 'feature', name: 'age' },
    segment: '',
    grid: GRID,
    reference: { ...countValues(GRID, numbers(10_000)), lag: null },
    current: countValues(GRID, current),
    ...partial,
  };
}
export const coloured = (
  current: SampleValue[],
  reference: SampleValue[] = colours(10_000),
): VariableComparison => ({
  variable: { source: 'feature', name: 'colour' },
  segment: '',
  grid: COLOURS,
  reference: { ...countValues(COLOURS, reference), lag: null },
  current: countValues(COLOURS, current),
});

export const traffic = (samples: number, partial: Partial<TrafficWindow> = {}): TrafficWindow => ({
  range: WINDOW,
  samples,
  repeatedIds: 0,
  hashed: 0,
  repeatedInputs: 0,
  ahead: 0,
  behind: 0,
  ...partial,
});
export const before = (samples: readonly number[], partial: Partial<TrafficWindow> = {}): TrafficWindow[] =>
  samples.map((count, index) =>
    traffic(count, {
      range: { from: WINDOW.from - (index + 1) * DAY, to: WINDOW.to - (index + 1) * DAY },
      ...partial,
    }),
  );

export function judge(partial: Partial<QualityInput> = {}): QualityVerdict[] {
  return judgeQuality({
    monitor: monitorWith(),
    window: WINDOW,
    baseline: { name: 'training', version: 2 },
    comparisons: [],
    columns: { window: [], baseline: [] },
    traffic: traffic(1_000),
    history: before([1_010, 990, 1_005, 1_020, 985, 1_000, 995]),
    newestAt: END - 1_000,
    outside: [],
    sources: [],
    jobs: [],
    artifacts: [],
    failures: {},
    previous: new Map(),
    revised: false,
    ...partial,
  });
}
export const of = (verdicts: readonly QualityVerdict[], subject: string): QualityVerdict => {
  const found = verdicts.find((each) => each.subject === subject);
  if (found === undefined) {
    throw new Error(`no verdict on ${subject} among ${verdicts.map((each) => each.subject).join(', ')}`);
  }
  return found;
};
export const alarms = (verdicts: readonly QualityVerdict[]) =>
  verdicts.filter(({ state }) => state === 'alarm').map(({ subject }) => subject);
