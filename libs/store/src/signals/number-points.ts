import type { NumberPoints } from '@tidewatch/otlp';
import type { RowBlock } from '@tidewatch/core';
import { MAX_ROWS_PER_BLOCK } from '../row-blocks.js';
import type { DayShare } from './days.js';
import { encodePointBlock, POINTS_LAYOUT } from './point-block.js';
import { namesInUse } from './series-columns.js';
import type { SeriesColumns } from './series-columns.js';

/** All of `points`, shared by day, as blocks: one per day and at most {@link MAX_ROWS_PER_BLOCK} rows. */
export function encodeNumberPoints(
  project: string,
  points: NumberPoints,
  days: readonly DayShare[],
  series: SeriesColumns,
): RowBlock[] {
  const blocks: RowBlock[] = [];
  for (const { day, chosen, minTime, maxTime } of days) {
    const ofDay = chosen === null ? points : choose(points, chosen);
    for (let from = 0; from < ofDay.length; from += MAX_ROWS_PER_BLOCK) {
      const part = slice(ofDay, from, Math.min(from + MAX_ROWS_PER_BLOCK, ofDay.length));
      const isWhole = part.length === points.length;
      const names = isWhole ? series : namesInUse(series, part.seriesIndex);
      const bytes = encodePointBlock(project, part, names);
      blocks.push({ layout: POINTS_LAYOUT, day, rows: part.length, minTime, maxTime, bytes });
    }
  }
  return blocks;
}

function slice(points: NumberPoints, from: number, to: number): NumberPoints {
  return {
    length: to - from,
    seriesIndex: points.seriesIndex.subarray(from, to),
    timeUnixNano: points.timeUnixNano.subarray(from, to),
    startTimeUnixNano: points.startTimeUnixNano.subarray(from, to),
    flags: points.flags.subarray(from, to),
    value: points.value.subarray(from, to),
    valueInt: points.valueInt.subarray(from, to),
    isInt: points.isInt.subarray(from, to),
  };
}

function choose(points: NumberPoints, chosen: Uint32Array): NumberPoints {
  return {
    length: chosen.length,
    seriesIndex: Uint32Array.from(chosen, (index) => points.seriesIndex[index]!),
    timeUnixNano: BigInt64Array.from(chosen, (index) => points.timeUnixNano[index]!),
    startTimeUnixNano: BigInt64Array.from(chosen, (index) => points.startTimeUnixNano[index]!),
    flags: Uint32Array.from(chosen, (index) => points.flags[index]!),
    value: Float64Array.from(chosen, (index) => points.value[index]!),
    valueInt: BigInt64Array.from(chosen, (index) => points.valueInt[index]!),
    isInt: Uint8Array.from(chosen, (index) => points.isInt[index]!),
  };
}
