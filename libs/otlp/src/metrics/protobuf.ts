import { WireReader } from '../wire/reader.js';
import type { MetricBatch } from './batch.js';
import { MetricBatchBuilder } from './batch-builder.js';
import type { MetricContext } from './context.js';
import { ChildCursor, Envelope } from './protobuf-envelope.js';
import { MetricDecoder } from './protobuf-points.js';
import { resourceOf, scopeOf } from './protobuf-scope.js';
import type { RejectionLog } from './rejections.js';
import type { MetricResource } from './series-slot.js';
import { COST, STEP } from './work.js';

/**
 * Decodes an ExportMetricsServiceRequest in steps: `resource_metrics = 1 repeated ResourceMetrics`.
 *
 * Fields may come in any order at every level; a message field that occurs twice is merged, as protobuf asks; unknown
 * fields are skipped.
 */
export class RequestDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly metrics: MetricDecoder;
  private readonly work = { left: STEP };
  private readonly resources: ChildCursor;
  private readonly resourceEnvelope: Envelope;
  private readonly scopeEnvelope: Envelope;

  constructor(body: Uint8Array, context: MetricContext, rejections?: RejectionLog) {
    const reader = new WireReader(body);
    this.reader = reader;
    this.builder = new MetricBatchBuilder(context, rejections);
    this.metrics = new MetricDecoder(reader, this.builder, this.work);
    this.resources = new ChildCursor(reader, 1);
    this.resourceEnvelope = new Envelope(reader);
    this.scopeEnvelope = new Envelope(reader);
  }

  /**
   * Decodes the request, with a pause about every ten milliseconds.
   *
   * @throws AppError `otlp.malformed`
   */
  *steps(): Generator<void, MetricBatch> {
    const { resources, resourceEnvelope, builder, work } = this;
    resources.open(0, this.reader.limit);
    for (;;) {
      const found = resources.next();
      if (found === 'end') {
        return builder.finish();
      }
      if (found === 'pause') {
        yield;
        this.resume();
        continue;
      }
      resourceEnvelope.open(resources.start, resources.end);
      while (!resourceEnvelope.scan()) {
        yield;
        this.resume();
      }
      work.left -= COST.block;
      yield* this.scopes(resourceOf(resourceEnvelope, builder.cache, work));
    }
  }

  /** ResourceMetrics, whose scope_metrics = 2. */
  private *scopes(resource: MetricResource): Generator<void, void> {
    const { resourceEnvelope, scopeEnvelope, work } = this;
    const scopes = resourceEnvelope.children;
    for (;;) {
      if (work.left <= 0) {
        yield;
        this.resume();
      }
      const found = scopes.next();
      if (found === 'end') {
        return;
      }
      if (found === 'pause') {
        yield;
        this.resume();
        continue;
      }
      scopeEnvelope.open(scopes.start, scopes.end);
      while (!scopeEnvelope.scan()) {
        yield;
        this.resume();
      }
      work.left -= COST.block;
      yield* this.metricsOf(resource);
    }
  }

  /** ScopeMetrics, whose metrics = 2. */
  private *metricsOf(resource: MetricResource): Generator<void, void> {
    const { scopeEnvelope, metrics, builder, work } = this;
    const scope = scopeOf(scopeEnvelope, resource, builder.cache, work);
    const { children } = scopeEnvelope;
    for (;;) {
      const found = children.next();
      if (found === 'end') {
        return;
      }
      if (found === 'pause') {
        yield;
        this.resume();
        continue;
      }
      metrics.open(children.start, children.end, scope);
      while (!metrics.run()) {
        yield;
        this.resume();
      }
      if (work.left <= 0) {
        yield;
        this.resume();
      }
    }
  }

  /** After every pause: other batches may have used the cache meanwhile. */
  private resume(): void {
    this.work.left = STEP;
    this.builder.resume();
    this.metrics.resume();
  }
}
