import type { Labels } from '@tidewatch/core';

import type { MetricSeries, MetricType, Temporality } from './batch.js';
import type { ByteEntry } from './byte-table.js';

/** A resource, decoded. `id` of this and of the following is unique within its cache and never used again. */
export interface MetricResource {
  readonly id: number;
  readonly labels: Labels;
  /** See `identityText`. */
  readonly identity: string;
  readonly serviceName: string;
  readonly schemaUrl: string;
  /** False when it is too large for the cache: then nothing under it is cached either. The same holds below. */
  readonly isCached: boolean;
}

/** An instrumentation scope inside its resource, decoded. */
export interface MetricScope {
  readonly id: number;
  readonly resource: MetricResource;
  readonly name: string;
  readonly version: string;
  readonly labels: Labels;
  readonly identity: string;
  readonly schemaUrl: string;
  readonly isCached: boolean;
}

/** A metric as its sender describes it, inside its scope, without the attributes of its points. */
export interface MetricStream {
  readonly id: number;
  readonly scope: MetricScope;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: MetricType;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
  /** See `streamDigest`. */
  readonly digest: string;
  /** Hash of the name alone: cardinality is limited by name. */
  readonly metricKey: bigint;
  readonly isCached: boolean;
  /** The first series of the last block of this metric, and the generation of the cache that it belongs to. */
  first: ByteEntry<SeriesSlot> | null;
  generation: number;
}

/** A series in the cache, with what a batch and the cardinality limits have to remember about it. */
export class SeriesSlot {
  series: MetricSeries;
  readonly metricKey: bigint;
  /** The last day on which the series was found to be within the limits. */
  admittedDay = -1;
  /** The last day on which it was refused, and by which limit. */
  refusedDay = -1;
  refusedByProject = false;
  /** The batch that used it last, and its index there. */
  batch = 0;
  index = 0;

  constructor(series: MetricSeries, metricKey: bigint) {
    this.series = series;
    this.metricKey = metricKey;
  }
}
