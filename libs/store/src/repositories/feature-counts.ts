import type { TimeRange } from '@tidewatch/core';
import type { LagPairs, MomentSums } from '@tidewatch/drift';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { countBuckets } from './count-buckets.js';
import { IN_STREAM, streamParameters, type CountStream } from './count-stream.js';
import { sumCounts } from './sum-counts.js';

/** Counts of one variable in one segment, summed over ranges. */
export interface CountedVariable {
  /** Id of the variable. */
  readonly variable: string;
  readonly segment: string;
  /** Index of the range, in the order asked for. */
  readonly range: number;
  readonly counts: Float64Array;
  readonly moments: MomentSums;
  readonly lag: LagPairs;
}

/** Which counts to sum. */
export interface CountQuery {
  /** Half-open, at multiples of the bucket. Each is summed on its own. */
  readonly ranges: readonly TimeRange[];
  /** Default: all. */
  readonly segments?: readonly string[];
  readonly variables?: readonly string[];
  readonly versions?: readonly string[];
  readonly variants?: readonly string[];
}

/** A version or variant that a stream has samples of. */
export interface CountedArm {
  readonly version: string;
  readonly variant: string;
  readonly rows: number;
  /** Beginning of the first and of the last bucket, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Turns samples into counts over cells, and sums them. */
export interface FeatureCountsRepository {
  /** Counts the buckets of `range` from the stored samples; what was counted of them before is replaced. */
  count(project: string, stream: CountStream, range: TimeRange): Promise<void>;
  /** The end of the last bucket that was counted, or `null`. */
  countedUntil(project: string, stream: CountStream): Promise<number | null>;
  /** Sums per range, variable and segment, in one query. Variables without a sample in a range are absent. */
  sums(project: string, stream: CountStream, query: CountQuery): Promise<CountedVariable[]>;
  /** Versions and variants with samples in `range`, the latest to appear first. */
  arms(project: string, stream: CountStream, range: TimeRange): Promise<CountedArm[]>;
}

/** Opens the repository. */
export function featureCountsRepository(database: Database): FeatureCountsRepository {
  // Two recounts of one bucket at once could put the older one on top.
  let counting: Promise<unknown> = Promise.resolve();
  return {
    count: (project, stream, range) => {
      const counted = counting.then(() => countBuckets(database, project, stream, range));
      counting = counted.catch(() => undefined);
      return counted;
    },
    countedUntil: async (project, stream) => {
      const [row] = await database.query<{ buckets: string; last: string }>(
        `SELECT count() AS buckets, toUnixTimestamp64Milli(max(Bucket)) AS last FROM feature_counts
         WHERE ${IN_STREAM} AND Variable = ''`,
        streamParameters(project, stream),
        { tag: 'feature-counts.counted-until' },
      );
      return row === undefined || toNumber(row.buckets) === 0 ? null : toNumber(row.last) + stream.bucketMs;
    },
    sums: (project, stream, query) => sumCounts(database, project, stream, query),
    arms: async (project, stream, range) => {
      const rows = await database.query<Record<keyof CountedArm, string>>(
        `SELECT ModelVersion AS version, Variant AS variant, sum(arraySum(Counts)) AS rows,
                toUnixTimestamp64Milli(min(Bucket)) AS firstAt, toUnixTimestamp64Milli(max(Bucket)) AS lastAt
         FROM feature_counts FINAL
         WHERE ${IN_STREAM} AND Variable = '' AND Segment = '' AND notEmpty(Counts)
           AND Bucket >= fromUnixTimestamp64Milli({from:Int64}) AND Bucket < fromUnixTimestamp64Milli({to:Int64})
         GROUP BY version, variant HAVING rows > 0 ORDER BY min(Bucket) DESC, version, variant LIMIT 1000`,
        { ...streamParameters(project, stream), from: range.from, to: range.to },
        { tag: 'feature-counts.arms' },
      );
      return rows.map(({ version, variant, rows: samples, firstAt, lastAt }) => ({
        version,
        variant,
        rows: toNumber(samples),
        firstAt: toNumber(firstAt),
        lastAt: toNumber(lastAt),
      }));
    },
  };
}
