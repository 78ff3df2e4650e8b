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

/** A number point with a time and a value takes this much in its request. */
const MIN_NUMBER_BYTES = 20;

/** Collects the batch of one request. */
export class MetricBatchBuilder {
  readonly numbers = new NumberColumns();
  readonly rejections: RejectionLog;
  readonly times: TimeWindow;
  readonly cache: SeriesCache;
  private readonly day: number;
  private readonly slots: SeriesSlot[] = [];
  /** Index by hash, made when a series may come with another slot than before: see `distrustSlots`. */
  private indexByHash: Map<bigint, number> | null = null;
  private readonly generation: number;
  /** Slots remember this and their index, which spares a map from series to index. */
  private id: number;
  // Columns of the rarer kinds are made when the first point comes: most requests lack most kinds.
  private histogramColumns: HistogramColumns | null = null;
  private exponentialColumns: ExponentialHistogramColumns | null = null;
  private summaryColumns: SummaryColumns | null = null;
  private exemplarColumns: ExemplarColumns | null = null;

  constructor(context: MetricContext, rejections = new RejectionLog()) {
    this.rejections = rejections;
    this.times = new TimeWindow(context.times);
    this.cache = context.cache;
    this.day = context.day;
    this.id = this.cache.nextBatch();
    this.generation = this.cache.generation;
  }

  get histograms(): HistogramColumns {
    return (this.histogramColumns ??= new HistogramColumns());
  }

  get exponentialHistograms(): ExponentialHistogramColumns {
    return (this.exponentialColumns ??= new ExponentialHistogramColumns());
  }

  get summaries(): SummaryColumns {
    return (this.summaryColumns ??= new SummaryColumns());
  }

  get exemplars(): ExemplarColumns {
    return (this.exemplarColumns ??= new ExemplarColumns());
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

  /**
   * How many number points to make room for when a metric comes that has `ofMetric`.
   *
   * The first time, as many as the batch before had, since a sender's requests are alike: columns that are right from
   * the start need neither grow nor be cut. Never more than a body of this length may hold.
   */
  expectedNumbers(ofMetric: number, bodyBytes: number): number {
    return this.numbers.length > 0
      ? ofMetric
      : Math.max(ofMetric, Math.min(this.cache.expectedNumbers, Math.ceil(bodyBytes / MIN_NUMBER_BYTES)));
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
    const known = this.cache.slotOf(hash);
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

  /**
   * To be called when a slot does not stay in the cache, which then makes another one when its series comes again: from
   * now on series of this batch are told apart by hash.
   */
  distrustSlots(): void {
    this.indexByHash ??= new Map(this.slots.map((slot, index) => [slot.series.hash, index]));
  }

  finish(): MetricBatch {
    const numbers = this.numbers.finish();
    const histograms = this.histogramColumns?.finish() ?? NO_POINTS.histograms;
    const exponentialHistograms = this.exponentialColumns?.finish() ?? NO_POINTS.exponentialHistograms;
    const summaries = this.summaryColumns?.finish() ?? NO_POINTS.summaries;
    this.cache.expectedNumbers = numbers.length;
    return {
      series: this.slots.map((slot) => slot.series),
      numbers,
      histograms,
      exponentialHistograms,
      summaries,
      exemplars: this.exemplarColumns?.finishExemplars() ?? NO_POINTS.exemplars,
      rejections: this.rejections.finish(),
      accepted: numbers.length + histograms.length + exponentialHistograms.length + summaries.length,
    };
  }

  private addSeries(slot: SeriesSlot): number {
    if (!this.cache.admit(slot, this.day)) {
      return -1;
    }
    if (this.cache.generation !== this.generation) {
      this.distrustSlots();
    }
    slot.batch = this.id;
    slot.index = this.indexByHash?.get(slot.series.hash) ?? this.slots.length;
    if (slot.index === this.slots.length) {
      this.slots.push(slot);
      this.indexByHash?.set(slot.series.hash, slot.index);
    }
    return slot.index;
  }
}

/** Columns without points, shared by all batches. */
const NO_POINTS = {
  histograms: new HistogramColumns().finish(),
  exponentialHistograms: new ExponentialHistogramColumns().finish(),
  summaries: new SummaryColumns().finish(),
  exemplars: new ExemplarColumns().finishExemplars(),
};

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
