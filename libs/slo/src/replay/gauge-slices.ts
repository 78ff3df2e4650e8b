import { floorTime } from '@tidewatch/core';
import type { SliceCount } from '../counting/slice-count.js';
import { meetsThreshold } from '../sli/meets-threshold.js';
import type { GaugeSli } from '../sli/sli-types.js';
import type { FixtureSeries, NumberPoint } from './fixture-series.js';

/** One slice with a value for each `sliceMs` in which a gauge has one: good (1 of 1) when it is on the right side of the threshold. */
export function gaugeSlices(
  series: readonly FixtureSeries[],
  sli: Pick<GaugeSli, 'over' | 'across' | 'op' | 'threshold'>,
  sliceMs: number,
): SliceCount[] {
  const values = new Map<number, number[]>();
  for (const { data } of series) {
    if (data.type !== 'histogram') {
      for (const [start, points] of bySlice(data.points, sliceMs)) {
        const value = overTime(points, sli.over);
        if (value !== null) {
          values.set(start, [...(values.get(start) ?? []), value]);
        }
      }
    }
  }
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([start, list]) => ({
      start,
      good: meetsThreshold(acrossSeries(list, sli.across), sli.op, sli.threshold) ? 1 : 0,
      total: 1,
    }));
}

function bySlice(points: readonly NumberPoint[], sliceMs: number): Map<number, NumberPoint[]> {
  const slices = new Map<number, NumberPoint[]>();
  for (const point of points) {
    const start = floorTime(point.at, sliceMs);
    slices.set(start, [...(slices.get(start) ?? []), point]);
  }
  return slices;
}

/** `null`: the series has no value in the slice, or for `last` none at its end because it ended before. */
function overTime(points: readonly NumberPoint[], over: GaugeSli['over']): number | null {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) {
    return null;
  }
  switch (over) {
    case 'avg':
      return mean(values);
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'last':
      return points.at(-1)?.value ?? null;
  }
}

function acrossSeries(values: readonly number[], across: GaugeSli['across']): number {
  switch (across) {
    case 'avg':
      return mean(values);
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
