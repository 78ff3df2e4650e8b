import { Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import { journalMetrics } from './journal-metrics.js';
import { receiverMetrics } from './receiver-metrics.js';
import { encoderMetrics } from './encoder-metrics.js';
import type { MetricFamily } from './metric-family.js';
import type { EncodersInForce } from '../encode/encoders-in-force.js';
import type { IngestRuntime } from '../ingest/ingest-runtime.js';
import type { SloGauges } from './slo-gauges.js';

/** What the process has to say about itself; `null` for what it does not do. */
export interface MetricSources {
  readonly ingest: IngestRuntime | null;
  readonly encoders: EncodersInForce | null;
  readonly slos: SloGauges | null;
  readonly alerts: (() => MetricFamily[]) | null;
}

/** The process's own metrics, in Prometheus' text format. */
export class OwnMetrics {
  readonly contentType: string;
  private readonly registry = new Registry();
  private families: readonly MetricFamily[] = [];
  private readonly sources: MetricSources;

  constructor(sources: MetricSources) {
    this.sources = sources;
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
    const { ingest, encoders, slos, alerts } = this.sources;
    return [
      ...(ingest === null ? [] : [...journalMetrics(ingest.journal.status()), ...receiverMetrics(ingest)]),
      ...(encoders === null ? [] : encoderMetrics(encoders)),
      ...(slos === null ? [] : slos.families(Date.now())),
      ...(alerts === null ? [] : alerts()),
    ];
  }
}

/** A metric whose values are read elsewhere. prom-client's own classes can only be counted up one by one. */
function snapshotMetric(family: MetricFamily, values: () => MetricFamily['values']): Metric {
  const { name, help, type } = family;
  const get = async () => ({ name, help, type, values: values(), aggregator: 'sum' });
  return { name, get, reset: () => undefined } as unknown as Metric;
}
