import {
  detected,
  flaggedWindows,
  runStream,
  type ByRule,
  type Effort,
  type StreamOutcome,
} from './experiments.js';
import type { Change, Shape } from './streams.js';

/** Sizes of single windows. */
export const SIZES = [100, 200, 500, 1_000, 5_000] as const;
/** Memory of the streams: the lag-1 autocorrelation. */
export const RHOS = [0, 0.3, 0.6, 0.9] as const;
/** Values per feature and hour in the streams. */
export const HOURLY = 600;

/** Known drifts of one feature. */
export const DRIFTS: readonly {
  readonly name: string;
  readonly shape: Shape;
  readonly change: Change;
  readonly hourly: number;
}[] = [
  { name: 'shift of 0.2 sd, 5,000 an hour', shape: 'normal', change: { shift: 0.2 }, hourly: 5_004 },
  { name: 'shift of 0.2 sd, 600 an hour', shape: 'normal', change: { shift: 0.2 }, hourly: 600 },
  { name: 'shift of 0.5 sd, 600 an hour', shape: 'normal', change: { shift: 0.5 }, hourly: 600 },
  { name: 'sd larger by a quarter, 5,000 an hour', shape: 'normal', change: { scale: 1.25 }, hourly: 5_004 },
  {
    name: 'skewed, shift of 0.3 sd, 5,000 an hour',
    shape: 'lognormal',
    change: { shift: 0.3 },
    hourly: 5_004,
  },
  {
    name: 'a category gains 10 points, 5,000 an hour',
    shape: 'categories',
    change: { category: 0.2 },
    hourly: 5_004,
  },
];

/** Everything that the page shows. */
export interface Calibration {
  readonly windows: Readonly<Record<Shape, readonly ByRule[]>>;
  readonly streams: readonly Readonly<Record<string, StreamOutcome>>[];
  readonly drifts: readonly ByRule[];
}

/** Runs all experiments. Seeds are fixed: the same effort gives the same numbers on every machine. */
export function measureCalibration(effort: Effort, progress: (what: string) => void): Calibration {
  const shapes: readonly Shape[] = ['normal', 'lognormal', 'categories'];
  const windows = Object.fromEntries(
    shapes.map((shape, index) => [
      shape,
      SIZES.map((size) => {
        progress(`windows of ${size} values, ${shape}`);
        return flaggedWindows(shape, size, effort, 100 * (index + 1) + size);
      }),
    ]),
  ) as unknown as Calibration['windows'];
  const streams = RHOS.map((rho, index) => {
    progress(`${effort.days} days of ${effort.features} features, rho ${rho}`);
    return runStream({ rho, perStep: HOURLY / 12 }, effort, 7_000_000 + 100_000 * index);
  });
  const drifts = DRIFTS.map(({ name, shape, change, hourly }, index) => {
    progress(name);
    return detected({ shape, change, perStep: hourly / 12 }, effort, 9_000_000 + 1_000_000 * index);
  });
  return { windows, streams, drifts };
}
