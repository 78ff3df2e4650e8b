import { spanOf, type TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { choice, CHOSEN } from './choice-sql.js';
import type { CountStream } from './count-stream.js';
import { eventParameters, metIn, type EventExample, type SampleEvent } from './event-sql.js';
import { KEPT_PER_BUCKET } from './kept-samples.js';
import { rangeParameters, slotOf } from './ranges-sql.js';

/** Which kept samples. */
export interface ReservoirQuery {
  readonly ranges: readonly TimeRange[];
  readonly segment: string;
  readonly versions?: readonly string[];
  readonly variants?: readonly string[];
}

/** Reads samples that were kept when their buckets were counted. */
export interface ReservoirRepository {
  /** The finite numbers of a variable in a uniform sample of the ranges, in no order. */
  numbers(
    project: string,
    stream: CountStream,
    variable: string,
    query: ReservoirQuery,
  ): Promise<Float64Array>;
  /** Kept samples in the event, those with the smallest hash of their id. */
  examples(
    project: string,
    stream: CountStream,
    event: SampleEvent,
    query: ReservoirQuery & { readonly limit: number },
  ): Promise<EventExample[]>;
}

/** Opens the repository. */
export function reservoirRepository(database: Database): ReservoirRepository {
  return {
    numbers: async (project, stream, variable, query) => {
      if (query.ranges.length === 0) {
        return new Float64Array(0);
      }
      const bytes = await database.queryBinary(
        `SELECT groupArrayArray(arrayFilter((number, kind, of) -> of = {variable:String} AND kind = 0 AND isFinite(number), Numbers, Kinds, Variables))
         FROM (${keptSql(query)})`,
        { ...keptParameters(project, stream, query), variable },
        { tag: 'reservoir.numbers' },
      );
      return new RowBinaryReader(bytes).float64Array();
    },
    examples: async (project, stream, event, query) => {
      const rows = await database.query<{ id: string; time: string; value: number | string | null }>(
        `SELECT PredictionId AS id, toUnixTimestamp64Milli(Timestamp) AS time,
           arrayFirst(item -> tupleElement(item, 1) = {variable:String}, items) AS item,
           multiIf(tupleElement(item, 1) = '' OR tupleElement(item, 2) = 2, NULL, tupleElement(item, 2) = 0,
             toString(tupleElement(item, 3)), tupleElement(item, 4)) AS value
         FROM (SELECT *, arrayZip(Variables, Kinds, Numbers, Texts) AS items FROM (${keptSql(query)}))
         WHERE ${metIn('items')} > 0 ORDER BY Hash, PredictionId LIMIT {limit:UInt32}`,
        { ...keptParameters(project, stream, query), ...eventParameters(event), limit: query.limit },
        { tag: 'reservoir.examples' },
      );
      return rows.map(({ id, time, value }) => ({
        predictionId: id,
        timestamp: toNumber(time),
        value: event.numeric && value !== null ? Number(value) : value,
      }));
    },
  };
}

/**
 * Kept samples of all ranges that are as likely as each other: those below the largest hash up to which every bucket kept all
 * of its samples. A bucket that was counted again for late samples may hold some more than it needs.
 */
const keptSql = ({ ranges }: ReservoirQuery): string => `WITH kept AS (
    SELECT * FROM sample_reservoir FINAL
    WHERE Project = {project:String} AND Model = {model:String} AND Stream = {stream:String}
      AND Bucket >= fromUnixTimestamp64Milli({earliest:Int64}) AND Bucket < fromUnixTimestamp64Milli({latest:Int64})
      AND ${slotOf(ranges.length, 'Bucket')} >= 0),
  (SELECT min(last) FROM (SELECT if(count() < ${KEPT_PER_BUCKET}, toUInt64(18446744073709551615),
     arraySort(groupArray(Hash))[${KEPT_PER_BUCKET}]) AS last FROM kept GROUP BY Bucket)) AS complete
  SELECT * FROM kept
  WHERE Hash <= complete AND has(Segments, {segment:String})
    AND ${CHOSEN('ModelVersion', 'version')} AND ${CHOSEN('Variant', 'variant')}`;

function keptParameters(
  project: string,
  { stream, population }: CountStream,
  { ranges, segment, versions, variants }: ReservoirQuery,
): Parameters {
  const { from, to } = spanOf(ranges);
  return {
    ...{ project, model: population.model, stream, segment, earliest: from, latest: to },
    ...rangeParameters(ranges),
    ...choice('version', versions),
    ...choice('variant', variants),
  };
}
