import { canonicalAttributes } from '../attributes.js';
import type { AttributeMap } from '../attributes.js';
import { seriesHash } from '../series-hash.js';
import type { MetricBatch, MetricSeries } from './batch.js';
import type { MetricContext } from './context.js';
import { ExponentialHistogramColumns, HistogramColumns, SummaryColumns } from './distribution-columns.js';
import { ExemplarColumns } from './exemplar-columns.js';
import type { Fault } from './faults.js';
import { NumberColumns } from './number-columns.js';
import { RejectionLog } from './rejections.js';
import type { SeriesCache } from './series-cache.js';
import { SeriesSlot } from './series-slot.js';
import type { MetricStream } from './series-slot.js';
import { TimeWindow } from './time-window.js';

/** Collects the batch of one request. */
export class MetricBatchBuilder {
  readonly numbers = new NumberColumns();
  readonly histograms = new HistogramColumns();
  readonly exponentialHistograms = new ExponentialHistogramColumns();
  readonly summaries = new SummaryColumns();
  readonly exemplars = new ExemplarColumns();
  readonly rejections: RejectionLog;
  readonly times: TimeWindow;
  readonly cache: SeriesCache;
  private readonly day: number;
  private readonly slots: SeriesSlot[] = [];
  /** Series that are too large for the cache. */
  private readonly uncached = new Map<bigint, SeriesSlot>();
  /** Slots remember this and their index, which spares a map from series to index. */
  private id: number;

  constructor(context: MetricContext, rejections = new RejectionLog()) {
    this.rejections = rejections;
    this.times = new TimeWindow(context.times);
    this.cache = context.cache;
    this.day = context.day;
    this.id = this.cache.nextBatch();
  }

  /** To be called after a pause in which other batches may have used the cache. */
  resume(): void {
    if (this.cache.isLastBatch(this.id)) {
      return;
    }
    this.id = this.cache.nextBatch();
    this.slots.forEach((slot, index) => {
      slot.batch = this.id;
      slot.index = index;
    });
  }

  /** The index of a series in this batch; -1 when a cardinality limit refuses it. Call it for sound points only. */
  seriesIndex(slot: SeriesSlot): number {
    return slot.batch === this.id ? slot.index : this.addSeries(slot);
  }

  /** Why `seriesIndex` refused the slot. */
  refusalOf(slot: SeriesSlot): Fault {
    const { perMetric, perProject } = this.cache.limits;
    return slot.refusedByProject
      ? {
          problem: `the limit of ${perProject} series per day for all metrics of the project is reached`,
          hint: 'remove attributes with many values or raise TIDEWATCH_MAX_SERIES_PER_PROJECT',
        }
      : {
          problem: `the limit of ${perMetric} series per day is reached`,
          hint: 'remove attributes with many values or raise TIDEWATCH_MAX_SERIES_PER_METRIC',
        };
  }

  /** The slot of a stream's series with these attributes: the one it has already, or a new one. */
  slotFor(stream: MetricStream, attributes: AttributeMap): SeriesSlot {
    const { labels, canonical } = canonicalAttributes(attributes);
    const hash = seriesHash(stream.digest, canonical);
    const known = this.cache.slotOf(hash) ?? this.uncached.get(hash);
    if (known === undefined) {
      return new SeriesSlot(newSeries(stream, hash, labels), stream.metricKey);
    }
    const { series } = known;
    const isSame =
      series.description === stream.description &&
      series.resourceSchemaUrl === stream.scope.resource.schemaUrl &&
      series.scopeSchemaUrl === stream.scope.schemaUrl;
    if (!isSame) {
      known.series = newSeries(stream, hash, labels);
    }
    return known;
  }

  /** Remembers a slot that the cache would not take, for the rest of the batch. */
  keep(slot: SeriesSlot): void {
    this.uncached.set(slot.series.hash, slot);
  }

  finish(): MetricBatch {
    const { numbers, histograms, exponentialHistograms, summaries } = this;
    return {
      series: this.slots.map((slot) => slot.series),
      numbers: numbers.finish(),
      histograms: histograms.finish(),
      exponentialHistograms: exponentialHistograms.finish(),
      summaries: summaries.finish(),
      exemplars: this.exemplars.finishExemplars(),
      rejections: this.rejections.finish(),
      accepted: numbers.length + histograms.length + exponentialHistograms.length + summaries.length,
    };
  }

  private addSeries(slot: SeriesSlot): number {
    if (!this.cache.admit(slot, this.day)) {
      return -1;
    }
    slot.batch = this.id;
    slot.index = this.slots.length;
    this.slots.push(slot);
    return slot.index;
  }
}

function newSeries(stream: MetricStream, hash: bigint, attributes: MetricSeries['attributes']): MetricSeries {
  const { scope } = stream;
  return {
    hash,
    metricName: stream.name,
    metricType: stream.type,
    temporality: stream.temporality,
    isMonotonic: stream.isMonotonic,
    unit: stream.unit,
    description: stream.description,
    serviceName: scope.resource.serviceName,
    resourceAttributes: scope.resource.labels,
    resourceSchemaUrl: scope.resource.schemaUrl,
    scopeName: scope.name,
    scopeVersion: scope.version,
    scopeAttributes: scope.labels,
    scopeSchemaUrl: scope.schemaUrl,
    attributes,
  };
}
