import { canonicalAttributes } from '../attributes.js';
import type { AttributeMap } from '../attributes.js';
import { readKeyValue } from '../wire/any-value.js';
import { forEachRange } from '../wire/ranges.js';
import type { Ranges } from '../wire/ranges.js';
import { WireReader } from '../wire/reader.js';
import type { MetricBatch } from './batch.js';
import { MetricBatchBuilder, resourceContext } from './batch-builder.js';
import type { ResourceContext, ScopeContext } from './batch-builder.js';
import { MetricDecoder } from './protobuf-metric.js';

/**
 * Decodes an ExportMetricsServiceRequest into columns.
 *
 * Fields may come in any order at every level; a message field that occurs twice is merged, as protobuf asks; unknown
 * fields are skipped. Exemplars, metric metadata and dropped-attribute counts are not stored.
 *
 * @param body the decompressed request; strings and numbers are copied out, so it may be reused afterwards
 * @throws AppError `otlp.malformed`, not retryable, naming the byte offset
 */
export function decodeMetricsProtobuf(body: Uint8Array): MetricBatch {
  return new MetricsDecoder(body).decode();
}

class MetricsDecoder {
  private readonly reader: WireReader;
  private readonly builder = new MetricBatchBuilder();
  private readonly metrics: MetricDecoder;

  constructor(body: Uint8Array) {
    this.reader = new WireReader(body);
    this.metrics = new MetricDecoder(this.reader, this.builder);
  }

  /** ExportMetricsServiceRequest: resource_metrics = 1 repeated ResourceMetrics. */
  decode(): MetricBatch {
    const { reader } = this;
    const end = reader.limit;
    while (reader.next()) {
      if (reader.field === 1) {
        const messageEnd = reader.bytesEnd();
        this.resourceMetrics(reader.position, messageEnd);
        reader.seek(messageEnd, end);
      } else {
        reader.skip();
      }
    }
    return this.builder.finish();
  }

  /** ResourceMetrics: resource = 1 Resource, scope_metrics = 2 repeated ScopeMetrics, schema_url = 3 string. */
  private resourceMetrics(start: number, end: number): void {
    const { resource: resources, children, schemaUrl } = this.envelope(start, end);
    // Resource: attributes = 1 repeated KeyValue, dropped_attributes_count = 2, entity_refs = 3.
    const attributes: AttributeMap = new Map();
    forEachRange(resources, (from, to) => this.attributesField(from, to, 1, attributes));
    const resource = resourceContext(attributes, schemaUrl);
    forEachRange(children, (from, to) => this.scopeMetrics(from, to, resource));
  }

  /** ScopeMetrics: scope = 1 InstrumentationScope, metrics = 2 repeated Metric, schema_url = 3 string. */
  private scopeMetrics(start: number, end: number, resource: ResourceContext): void {
    const { resource: scopes, children, schemaUrl } = this.envelope(start, end);
    const { reader } = this;
    let name = '';
    let version = '';
    const attributes: AttributeMap = new Map();
    // InstrumentationScope: name = 1 string, version = 2 string, attributes = 3 repeated KeyValue.
    forEachRange(scopes, (from, to) => {
      reader.seek(from, to);
      while (reader.next()) {
        switch (reader.field) {
          case 1:
            name = reader.string();
            break;
          case 2:
            version = reader.string();
            break;
          case 3:
            readKeyValue(reader, attributes);
            break;
          default:
            reader.skip();
        }
      }
    });
    const scope: ScopeContext = {
      resource,
      name,
      version,
      attributes: canonicalAttributes(attributes),
      schemaUrl,
    };
    forEachRange(children, (from, to) => this.metrics.decode(from, to, scope));
  }

  /** ResourceMetrics and ScopeMetrics have the same shape: owner = 1, children = 2, schema_url = 3. */
  private envelope(start: number, end: number): { resource: Ranges; children: Ranges; schemaUrl: string } {
    const { reader } = this;
    const resource: Ranges = [];
    const children: Ranges = [];
    let schemaUrl = '';
    reader.seek(start, end);
    while (reader.next()) {
      switch (reader.field) {
        case 1:
        case 2: {
          const ranges = reader.field === 1 ? resource : children;
          const messageEnd = reader.skipBytes();
          ranges.push(reader.contentStart, messageEnd);
          break;
        }
        case 3:
          schemaUrl = reader.string();
          break;
        default:
          reader.skip();
      }
    }
    return { resource, children, schemaUrl };
  }

  private attributesField(start: number, end: number, field: number, attributes: AttributeMap): void {
    const { reader } = this;
    reader.seek(start, end);
    while (reader.next()) {
      if (reader.field === field) {
        readKeyValue(reader, attributes);
      } else {
        reader.skip();
      }
    }
  }
}
