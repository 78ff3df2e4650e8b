import { Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import { journalMetrics } from './journal-metrics.js';
import { receiverMetrics } from './receiver-metrics.js';
import { encoderMetrics } from './encoder-metrics.js';
import type { MetricFamily } from './metric-family.js';
import type { EncodersInForce } from '../encode/encoders-in-force.js';
import type { IngestRuntime } from '../ingest/ingest-runtime.js';
import type { SloGauges } from './slo-gauges.js';

/** The process's own metrics, in Prometheus' text format. */
export class OwnMetrics {
  readonly contentType: string;
  private readonly registry = new Registry();
  private families: readonly MetricFamily[] = [];
  private readonly ingest: IngestRuntime | null;
  private readonly encoders: EncodersInForce | null;
  private readonly slos: SloGauges | null;

  /**
   * @param ingest `null` in a process that takes no data
   * @param encoders `null` in a process that does not encode
   * @param slos `null` in a process that does not evaluate
   */
  constructor(ingest: IngestRuntime | null, encoders: EncodersInForce | null, slos: SloGauges | null = null) {
    this.ingest = ingest;
    this.encoders = encoders;
    this.slos = slos;
    this.contentType = this.registry.contentType;
    collectDefaultMetrics({ register: this.registry });
    this.families = this.read();
    for (const [index, family] of this.families.entries()) {
      this.registry.registerMetric(snapshotMetric(family, () => this.families[index]?.values ?? []));
    }
  }

  /** All metrics as of now. The counts of one answer are of one moment, so that they add up. */
  text(): Promise<string> {
    this.families = this.read();
    return this.registry.metrics();
  }

  private read(): MetricFamily[] {
    const { ingest, encoders, slos } = this;
    return [
      ...(ingest === null ? [] : [...journalMetrics(ingest.journal.status()), ...receiverMetrics(ingest)]),
      ...(encoders === null ? [] : encoderMetrics(encoders)),
      ...(slos === null ? [] : slos.families(Date.now())),
    ];
  }
}

/** A metric whose values are read elsewhere. prom-client's own classes can only be counted up one by one. */
function snapshotMetric(family: MetricFamily, values: () => MetricFamily['values']): Metric {
  const { name, help, type } = family;
  const get = async () => ({ name, help, type, values: values(), aggregator: 'sum' });
  return { name, get, reset: () => undefined } as unknown as Metric;
}
