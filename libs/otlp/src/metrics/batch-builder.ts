import { canonicalAttributes, NO_ATTRIBUTES } from '../attributes.js';
import type { AttributeMap, CanonicalAttributes } from '../attributes.js';
import { seriesHash, streamDigest } from '../series-hash.js';
import type { MetricBatch, MetricSeries, MetricType, Temporality } from './batch.js';
import { HistogramColumns } from './histogram-columns.js';
import { NumberColumns } from './number-columns.js';
import { RejectionLog } from './rejections.js';

/** A resource, or the default for a request that names none. */
export interface ResourceContext {
  readonly attributes: CanonicalAttributes;
  readonly serviceName: string;
  readonly schemaUrl: string;
}

/** An instrumentation scope inside its resource. */
export interface ScopeContext {
  readonly resource: ResourceContext;
  readonly name: string;
  readonly version: string;
  readonly attributes: CanonicalAttributes;
  readonly schemaUrl: string;
}

/** A metric as its sender describes it, apart from its points. */
export interface MetricDescription {
  readonly scope: ScopeContext;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: MetricType;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
}

/** A metric whose points are being added: what its series share, and those seen so far. */
interface OpenMetric extends MetricDescription {
  /** Computed when the first point is accepted. */
  digest: string;
  /** Series index by the id of its attributes. */
  readonly seriesByAttributes: Map<number, number>;
}

/** A resource from its attributes; `service.name` becomes the service. */
export function resourceContext(attributes: AttributeMap, schemaUrl: string): ResourceContext {
  const canonical = canonicalAttributes(attributes);
  return { attributes: canonical, serviceName: canonical.labels['service.name'] ?? '', schemaUrl };
}

/**
 * Collects one batch, whatever the encoding it is decoded from.
 *
 * Attributes and series are interned: equal ones exist once per batch, whether they were written in another order, in
 * another metric block or under another resource block that says the same.
 */
export class MetricBatchBuilder {
  readonly numbers = new NumberColumns();
  readonly histograms = new HistogramColumns();
  readonly rejections = new RejectionLog();
  private readonly series: MetricSeries[] = [];
  private readonly seriesByHash = new Map<bigint, number>();
  private readonly attributes: CanonicalAttributes[] = [NO_ATTRIBUTES];
  private readonly attributesByText = new Map<string, number>([[NO_ATTRIBUTES.canonical, 0]]);
  private metric: OpenMetric | undefined;

  /** Points added from now on belong to this metric. */
  openMetric(description: MetricDescription): void {
    this.metric = { ...description, digest: '', seriesByAttributes: new Map() };
  }

  /** A small number for a set of attributes: equal sets, equal numbers. 0 is the empty set. */
  attributesId(attributes: AttributeMap): number {
    const canonical = canonicalAttributes(attributes);
    let id = this.attributesByText.get(canonical.canonical);
    if (id === undefined) {
      id = this.attributes.push(canonical) - 1;
      this.attributesByText.set(canonical.canonical, id);
    }
    return id;
  }

  /** The index of the open metric's series with these attributes. Call it for accepted points only. */
  seriesIndex(attributesId: number): number {
    const metric = this.metric!;
    let index = metric.seriesByAttributes.get(attributesId);
    if (index === undefined) {
      index = this.addSeries(metric, this.attributes[attributesId]!);
      metric.seriesByAttributes.set(attributesId, index);
    }
    return index;
  }

  finish(): MetricBatch {
    return {
      series: this.series,
      numbers: this.numbers.finish(),
      histograms: this.histograms.finish(),
      rejections: this.rejections.finish(),
    };
  }

  private addSeries(metric: OpenMetric, attributes: CanonicalAttributes): number {
    const { scope } = metric;
    if (metric.digest === '') {
      metric.digest = streamDigest({
        resource: scope.resource.attributes,
        scopeName: scope.name,
        scopeVersion: scope.version,
        scope: scope.attributes,
        metricName: metric.name,
        metricType: metric.type,
        unit: metric.unit,
        temporality: metric.temporality,
        isMonotonic: metric.isMonotonic,
      });
    }
    const hash = seriesHash(metric.digest, attributes);
    const known = this.seriesByHash.get(hash);
    if (known !== undefined) {
      return known;
    }
    const index =
      this.series.push({
        hash,
        metricName: metric.name,
        metricType: metric.type,
        temporality: metric.temporality,
        isMonotonic: metric.isMonotonic,
        unit: metric.unit,
        description: metric.description,
        serviceName: scope.resource.serviceName,
        resourceAttributes: scope.resource.attributes.labels,
        resourceSchemaUrl: scope.resource.schemaUrl,
        scopeName: scope.name,
        scopeVersion: scope.version,
        scopeAttributes: scope.attributes.labels,
        scopeSchemaUrl: scope.schemaUrl,
        attributes: attributes.labels,
      }) - 1;
    this.seriesByHash.set(hash, index);
    return index;
  }
}
