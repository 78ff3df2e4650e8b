import { spanOf, type TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { samplesOf, sourceParameters, valuesIn, valuesOfSamples, type ValueSource } from './value-source.js';
import { sampleParameters, SAMPLES_WHERE } from './variables-sql.js';

/** What the samples of a range hold of one variable: enough to choose cells. */
export interface SampledVariable {
  /** Id of the variable. */
  readonly variable: string;
  /** Numbers and texts (booleans are texts) among its values. */
  readonly numbers: number;
  readonly texts: number;
  /** Whether every text is `true` or `false`. */
  readonly boolean: boolean;
  /** Mean of its numbers. */
  readonly mean: number;
  /** Numbers at 1,001 evenly spaced levels from the smallest to the largest; empty without numbers. */
  readonly quantiles: Float64Array;
  /** The most frequent texts, and how often each was there; at most one more than have a cell. */
  readonly categories: readonly (readonly [category: string, count: number])[];
}

/** Reads what variables samples have. */
export interface VariablesRepository {
  /**
   * The variables of a population's samples in `ranges`, at most 2,000, by id. Quantiles are exact up to
   * {@link EXACT_SAMPLES} samples, beyond from as many chosen by hash.
   */
  sampled(project: string, source: ValueSource, ranges: readonly TimeRange[]): Promise<SampledVariable[]>;
  /** Ids of the variables that a thousand of the range's samples have. */
  names(project: string, source: ValueSource, range: TimeRange): Promise<string[]>;
  /** Samples of a population in a range. */
  count(project: string, population: ValueSource['population'], range: TimeRange): Promise<number>;
}

/** Samples whose values fit a query's memory many times over, 200 variables each. */
export const EXACT_SAMPLES = 200_000;

const LEVELS = 1_000;
const MAX_VARIABLES = 2_000;
/** One more than have a cell, to know that there are more. */
const CATEGORIES = 1_001;

const QUANTILE_LEVELS = Array.from({ length: LEVELS + 1 }, (_, index) => index / LEVELS).join(', ');

/** Opens the repository. */
export function variablesRepository(database: Database): VariablesRepository {
  const count: VariablesRepository['count'] = async (project, population, range) => {
    const [row] = await database.query<{ rows: string }>(
      `SELECT count() AS rows FROM predictions FINAL WHERE ${SAMPLES_WHERE}`,
      sampleParameters(project, population, range),
      { tag: 'variables.count' },
    );
    return Number(row?.rows ?? 0);
  };
  return {
    count,
    names: async (project, source, range) => {
      const rows = await database.query<{ variable: string }>(
        `SELECT DISTINCT tupleElement(item, 1) AS variable
         FROM (SELECT * FROM ${source.truth === null ? 'predictions' : samplesOf(source)} WHERE ${SAMPLES_WHERE} LIMIT 1000)
         ARRAY JOIN ${valuesIn(source)} AS item
         ORDER BY variable LIMIT ${MAX_VARIABLES}`,
        sourceParameters(project, source, range),
        { tag: 'variables.names' },
      );
      return rows.map(({ variable }) => variable);
    },
    sampled: async (project, source, ranges) => {
      if (ranges.length === 0) {
        return [];
      }
      const whole = spanOf(ranges);
      const bytes = await database.queryBinary(
        sampledSql(source),
        {
          ...sourceParameters(project, source, whole),
          starts: ranges.map(({ from }) => from),
          ends: ranges.map(({ to }) => to),
          share: Math.min(1, EXACT_SAMPLES / Math.max(1, await count(project, source.population, whole))),
        },
        { tag: 'variables.sampled' },
      );
      return readSampled(new RowBinaryReader(bytes));
    },
  };
}

/** The most frequent texts of a variable; a million of them cost memory once, when a baseline is made. */
const TEXTS = `arraySlice(arraySort(pair -> (-tupleElement(pair, 2), tupleElement(pair, 1)),
    arrayZip(tupleElement(sumMapIf([text], [toInt64(1)], kind = 1) AS occurring, 1), tupleElement(occurring, 2))), 1, ${CATEGORIES})`;

const sampledSql = (
  source: ValueSource,
): string => `SELECT variable, countIf(kind = 0) AS numbers, countIf(kind = 1) AS texts,
    toUInt64(countIf(kind = 1 AND text NOT IN ('true', 'false')) = 0),
    if(numbers > 0, [avgIf(number, kind = 0)], CAST([], 'Array(Float64)')),
    if(numbers > 0, quantilesExactLowIf(${QUANTILE_LEVELS})(number, kind = 0), CAST([], 'Array(Float64)')),
    tupleElement(${TEXTS} AS frequent, 1), CAST(tupleElement(frequent, 2), 'Array(Float64)')
  FROM (${valuesOfSamples(
    source,
    '1',
    `${SAMPLES_WHERE}
      AND arrayExists((start, end) -> toUnixTimestamp64Milli(Timestamp) >= start AND toUnixTimestamp64Milli(Timestamp) < end,
                      {starts:Array(Int64)}, {ends:Array(Int64)})
      AND cityHash64(PredictionId) <= {share:Float64} * 18446744073709551615.0`,
  )})
  GROUP BY variable ORDER BY variable LIMIT ${MAX_VARIABLES}`;

function readSampled(reader: RowBinaryReader): SampledVariable[] {
  const found: SampledVariable[] = [];
  while (reader.more) {
    const variable = reader.text();
    const numbers = reader.uint64();
    const texts = reader.uint64();
    const boolean = reader.uint64() === 1;
    const [mean] = reader.float64Array();
    const quantiles = reader.float64Array();
    const names = reader.textArray();
    const counts = reader.float64Array();
    found.push({
      variable,
      numbers,
      texts,
      boolean: boolean && texts > 0,
      mean: mean ?? 0,
      quantiles,
      categories: names.map((name, index) => [name, counts[index] ?? 0] as const),
    });
  }
  return found;
}
