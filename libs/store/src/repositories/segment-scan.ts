import type { TimeRange } from '@tidewatch/core';
import type { ScannedSegment } from '@tidewatch/drift';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { toNumber } from '../row-values.js';
import {
  countedIn,
  eventParameters,
  itemsIn,
  metIn,
  type EventExample,
  type SampleEvent,
} from './event-sql.js';
import { samplesOf, sourceParameters, valuesIn, type ValueSource } from './value-source.js';
import { DIMENSION_VALUE, sampleParameters, SAMPLES_WHERE } from './variables-sql.js';

/** Looks through raw samples for those that carry an effect. */
export interface SegmentScanRepository {
  /** Samples and samples in the event for every value of a dimension and every pair of values, with at least `floor` samples. */
  scan(project: string, query: EventQuery & { readonly floor: number }): Promise<ScannedSegment[]>;
  /** Samples in the event, those with the smallest hash of their id: the same ones whoever asks. */
  examples(
    project: string,
    query: EventQuery & { readonly segment: string },
    limit: number,
  ): Promise<EventExample[]>;
}

/** An event of one variable among the samples of a range. */
export interface EventQuery extends SampleEvent {
  readonly source: ValueSource;
  readonly range: TimeRange;
}

const COLUMNS = ['region', 'service', 'environment', 'version', 'variant'];
/** Values of a dimension that is worth looking through: a tag with more of them identifies samples and groups none. */
const MAX_VALUES = 100;
const MAX_DIMENSIONS = 12;
const MAX_SEGMENTS = 5_000;

/** Opens the repository. */
export function segmentScanRepository(database: Database): SegmentScanRepository {
  return {
    scan: (project, query) => scan(database, project, query),
    examples: async (project, query, limit) => {
      const rows = await database.query<{
        id: string;
        time: string;
        numbers: (number | string)[];
        texts: string[];
      }>(
        `SELECT PredictionId AS id, toUnixTimestamp64Milli(Timestamp) AS time,
           arrayMap(item -> tupleElement(item, 3), arrayFilter(item -> tupleElement(item, 2) = 0, ${itemsIn(valuesIn(query.source))})) AS numbers,
           arrayMap(item -> tupleElement(item, 4), arrayFilter(item -> tupleElement(item, 2) = 1, ${itemsIn(valuesIn(query.source))})) AS texts
         FROM ${samplesOf(query.source)} WHERE ${SAMPLES_WHERE} AND ${metIn(valuesIn(query.source))} > 0
           AND ({dimension:String} = '' OR ${DIMENSION_VALUE('{dimension:String}')} = {dimensionValue:String})
         ORDER BY cityHash64(PredictionId), PredictionId LIMIT {limit:UInt32}`,
        {
          ...sourceParameters(project, query.source, query.range),
          ...eventParameters(query),
          ...segmentParameters(query.segment),
          limit,
        },
        { tag: 'segment-scan.examples' },
      );
      return rows.map(({ id, time, numbers, texts }) => ({
        predictionId: id,
        timestamp: toNumber(time),
        value: numbers[0] ?? texts[0] ?? null,
      }));
    },
  };
}

/** The dimension and value of a segment such as `region=eu-1`; of none for all samples and for the many that share `other`. */
function segmentParameters(segment: string): Parameters {
  const [, dimension = '', dimensionValue = ''] = /^([^=]+)=(.*)$/s.exec(segment) ?? [];
  return dimensionValue === 'other' ? { dimension: '', dimensionValue: '' } : { dimension, dimensionValue };
}

async function scan(
  database: Database,
  project: string,
  query: EventQuery & { readonly floor: number },
): Promise<ScannedSegment[]> {
  const { source, range, floor } = query;
  const dimensions = await database.query<{ dimension: string }>(
    `SELECT dimension FROM predictions
         ARRAY JOIN arrayConcat({columns:Array(String)}, mapKeys(Tags)) AS dimension
         WHERE ${SAMPLES_WHERE}
         GROUP BY dimension HAVING uniq(${DIMENSION_VALUE('dimension')}) BETWEEN 2 AND ${MAX_VALUES}
         ORDER BY count() DESC, dimension LIMIT ${MAX_DIMENSIONS}`,
    { ...sampleParameters(project, source.population, range), columns: COLUMNS },
    { tag: 'segment-scan.dimensions' },
  );
  if (dimensions.length === 0) {
    return [];
  }
  const rows = await database.query<{ segment: string; rows: string; inEvent: string }>(
    `SELECT segment, sum(counted) AS rows, sum(met) AS inEvent
         FROM (SELECT ${countedIn(valuesIn(source))} AS counted, ${metIn(valuesIn(source))} AS met, ${SINGLES} AS singles,
                 arrayConcat(singles, arrayFlatten(arrayMap((a, i) -> arrayMap(b -> concat(a, ',', b), arraySlice(singles, i + 1)), singles, arrayEnumerate(singles)))) AS segments
               FROM ${samplesOf(source)} WHERE ${SAMPLES_WHERE})
         ARRAY JOIN segments AS segment
         GROUP BY segment HAVING rows >= {floor:UInt64} ORDER BY rows DESC, segment LIMIT ${MAX_SEGMENTS}`,
    {
      ...sourceParameters(project, source, range),
      ...eventParameters(query),
      dimensions: dimensions.map(({ dimension }) => dimension),
      floor,
    },
    { tag: 'segment-scan.scan' },
  );
  return rows.map(({ segment, rows: samples, inEvent }) => ({
    segment,
    rows: toNumber(samples),
    inEvent: toNumber(inEvent),
  }));
}

const SINGLES = `arraySort(arrayFilter(each -> each != '', arrayMap(d -> if(${DIMENSION_VALUE('d')} = '', '', concat(d, '=', ${DIMENSION_VALUE('d')})), {dimensions:Array(String)})))`;
