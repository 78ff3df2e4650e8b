import { ceilTime, floorTime } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { toNumber, type JsonNumber } from '../row-values.js';
import { Bindings } from './bindings.js';
import type { Slicing } from './count-events.js';
import type { SampleMeans, SliValueSlice } from './event-query.js';
import { allOf, groupSql, requiredField } from './field-sql.js';
import { labelledParameters, SAMPLES_IN_RANGE, samplesFrom } from './labelled-samples.js';
import { CORRECT, namesCorrect, predictionField, predictionLabel } from './prediction-fields.js';
import { meansOfLast, meansOfWindow, type LastSamples, type SumBin } from './moving-means.js';

/** How far before the range its last samples are looked for: first where they usually are, then as far as at all. */
const LOOK_BACKS_MS = [3_600_000, 86_400_000];

/** Values that one statement may return, in numbers. */
const VALUES_PER_STATEMENT = 500_000;

/** More would be a window of time in all but name. */
const MOST_SAMPLES = 100_000;

/**
 * The mean of a field in each slice that the range touches and that has samples of its own: over the last samples, or the
 * last stretch of time, before the end of the slice. Samples without a finite value of the field do not count.
 *
 * @throws AppError `store.sli-field`, `store.sli-condition`, or the engine's error.
 */
export async function sampleMeans(
  database: Database,
  sli: SampleMeans,
  groupBy: readonly string[],
  slicing: Slicing,
): Promise<SliValueSlice[]> {
  const { project, range, sliceMs } = slicing;
  const whole = { from: floorTime(range.from, sliceMs), to: ceilTime(range.to, sliceMs) };
  const source = { database, sli, groupBy, project };
  if ('ms' in sli.of) {
    return readWindow(source, whole, sliceMs, sli.of.ms);
  }
  const samples = Math.min(Math.max(1, Math.floor(sli.of.samples)), MOST_SAMPLES);
  const chunk = Math.max(1, Math.floor(VALUES_PER_STATEMENT / samples)) * sliceMs;
  const slices: SliValueSlice[] = [];
  for (let from = whole.from; from < whole.to; from += chunk) {
    const part = { from, to: Math.min(whole.to, from + chunk) };
    slices.push(...(await readLast(source, part, sliceMs, samples)));
  }
  return slices;
}

interface MeanSource {
  readonly database: Database;
  readonly sli: SampleMeans;
  readonly groupBy: readonly string[];
  readonly project: string;
}

async function readWindow(
  source: MeanSource,
  whole: TimeRange,
  sliceMs: number,
  windowMs: number,
): Promise<SliValueSlice[]> {
  // Of every window and slice both ends are ends of bins.
  const bin = greatestDivisor(windowMs, sliceMs);
  const rows = await readSamples<{ grp: string[]; bin: JsonNumber; sum: JsonNumber; samples: JsonNumber }>(
    source,
    { from: whole.from + sliceMs - Math.max(windowMs, sliceMs), to: whole.to },
    (samples) => `SELECT grp, intDiv(time, ${bin}) AS bin, sumKahan(number) AS sum, count() AS samples
      FROM (${samples}) GROUP BY grp, bin ORDER BY grp, bin`,
  );
  const bins = rows.map((row): SumBin => ({
    group: row.grp,
    start: toNumber(row.bin) * bin,
    sum: toNumber(row.sum),
    samples: toNumber(row.samples),
  }));
  return meansOfWindow(bins, { windowMs, sliceMs, from: whole.from });
}

async function readLast(
  source: MeanSource,
  part: TimeRange,
  sliceMs: number,
  samples: number,
): Promise<SliValueSlice[]> {
  for (const lookBack of LOOK_BACKS_MS) {
    // Slice 0 holds what lies before the range. Times are negative so that the sorted array begins with the latest.
    const rows = await readSamples<{ grp: string[]; slice: JsonNumber; latest: JsonNumber[] }>(
      source,
      { from: part.from - lookBack, to: part.to },
      (inner) => `SELECT grp, if(time < ${part.from}, 0, intDiv(time, ${sliceMs})) AS slice,
          arrayMap(each -> each.3, groupArraySorted(${samples})((-time, id, number))) AS latest
        FROM (${inner}) GROUP BY grp, slice ORDER BY grp, slice`,
    );
    const lists = rows.map((row): LastSamples => ({
      group: row.grp,
      start: toNumber(row.slice) * sliceMs,
      latest: row.latest.map(toNumber),
    }));
    const { slices, fewest } = meansOfLast(lists, samples, part.from);
    if (fewest >= samples || lookBack === LOOK_BACKS_MS.at(-1)) {
      return slices;
    }
  }
  return [];
}

/** Runs `sql` over rows (grp, time, id, number), one per sample of the range with a finite value. */
async function readSamples<Row>(
  { database, sli, groupBy, project }: MeanSource,
  range: TimeRange,
  sql: (samples: string) => string,
): Promise<Row[]> {
  const labelled = sli.field === CORRECT || namesCorrect(sli.samples);
  const bindings = new Bindings({
    ...{ project, from: range.from, to: range.to },
    ...labelledParameters(labelled, range, sli.labelDelayMs),
  });
  const unlabelled = sli.samples.filter((condition) => !namesCorrect([condition]));
  const where = `${SAMPLES_IN_RANGE} AND ${allOf(unlabelled, predictionField, bindings)}`;
  const samples = `SELECT ${groupSql(groupBy, predictionField, predictionLabel, bindings)} AS grp,
      toUnixTimestamp64Milli(Timestamp) AS time, cityHash64(PredictionId) AS id,
      assumeNotNull(${requiredField(predictionField, sli.field, bindings).number}) AS number
    FROM ${samplesFrom(labelled, where)}
    WHERE ${where} AND ${allOf(sli.samples, predictionField, bindings)}
      AND isFinite(ifNull(${requiredField(predictionField, sli.field, bindings).number}, nan))`;
  return database.query<Row>(sql(samples), bindings.parameters, {
    tag: 'sli-events.sample-mean',
    settings: { do_not_merge_across_partitions_select_final: 1 },
  });
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
