import {
  digestSchema,
  heartbeatSchema,
  maintenanceWindowSchema,
  routingSchema,
  silenceSchema,
  type DigestRule,
  type HeartbeatRule,
  type RoutingPart,
  type RuleMaintenanceWindow,
  type RuleSilence,
} from '@tidewatch/alerts';
import { receiverSchema, type Receiver } from '@tidewatch/channels';
import type { Problem } from '@tidewatch/core';
import {
  driftMonitorSchema,
  embeddingMonitorSchema,
  performanceMonitorSchema,
  qualityMonitorSchema,
  type Monitor,
} from '@tidewatch/drift';
import { encoderRuleSchema, type EncoderRule } from '@tidewatch/encoder';
import { samplingSchema, type SamplingRule } from '@tidewatch/sampling';
import { scrapeTargetSchema, type ScrapeTarget } from '@tidewatch/scrape';
import {
  costModelSchema,
  metricMonitorSchema,
  sloDocumentSchema,
  type CostModel,
  type MetricMonitor,
  type SloDocument,
} from '@tidewatch/slo';
import type { z } from 'zod';
import { parseDocument, type RuleDocument } from './yaml-documents.js';

/** Collects what the documents of all files hold before references between them are resolved. */
export interface Collected {
  readonly slos: { document: SloDocument; source: RuleDocument }[];
  readonly monitors: Monitor[];
  readonly metricMonitors: MetricMonitor[];
  readonly costModels: CostModel[];
  readonly encoders: EncoderRule[];
  readonly scrapeTargets: ScrapeTarget[];
  readonly sampling: SamplingRule[];
  readonly receivers: Receiver[];
  readonly routings: RoutingPart[];
  readonly silences: RuleSilence[];
  readonly maintenanceWindows: RuleMaintenanceWindow[];
  readonly heartbeats: HeartbeatRule[];
  readonly digests: DigestRule[];
  /** The document that each rule came from, to name its file and line. */
  readonly sources: WeakMap<object, RuleDocument>;
}

/** Nothing, yet. */
export function nothingCollected(): Collected {
  return {
    slos: [],
    monitors: [],
    metricMonitors: [],
    costModels: [],
    encoders: [],
    scrapeTargets: [],
    sampling: [],
    receivers: [],
    routings: [],
    silences: [],
    maintenanceWindows: [],
    heartbeats: [],
    digests: [],
    sources: new WeakMap(),
  };
}

/** How each kind of `tidewatch.dev/v1` is read. A new kind is a line here, and one in {@link Collected}. */
function readersOf(into: Collected): Readonly<Record<string, (read: ReadDocument) => void>> {
  return {
    MetricMonitor: (read) => read(metricMonitorSchema, into.metricMonitors),
    CostModel: (read) => read(costModelSchema, into.costModels),
    DriftMonitor: (read) => read<Monitor>(driftMonitorSchema, into.monitors),
    QualityMonitor: (read) => read<Monitor>(qualityMonitorSchema, into.monitors),
    PerformanceMonitor: (read) => read<Monitor>(performanceMonitorSchema, into.monitors),
    EmbeddingMonitor: (read) => read<Monitor>(embeddingMonitorSchema, into.monitors),
    Encoder: (read) => read(encoderRuleSchema, into.encoders),
    ScrapeTarget: (read) => read(scrapeTargetSchema, into.scrapeTargets),
    Sampling: (read) => read(samplingSchema, into.sampling),
    Receiver: (read) => read(receiverSchema, into.receivers),
    Routing: (read) => read(routingSchema, into.routings),
    Silence: (read) => read(silenceSchema, into.silences),
    MaintenanceWindow: (read) => read(maintenanceWindowSchema, into.maintenanceWindows),
    Heartbeat: (read) => read(heartbeatSchema, into.heartbeats),
    Digest: (read) => read(digestSchema, into.digests),
  };
}

type ReadDocument = <T extends object>(schema: z.ZodType<T>, into: T[]) => void;

/** Reads one document into what is collected, or says what is wrong with it. */
export function collectDocument(document: RuleDocument, collected: Collected, problems: Problem[]): void {
  const { apiVersion, kind } = (document.value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  if (apiVersion === 'openslo/v1') {
    const parsed = parseDocument(document, sloDocumentSchema, problems);
    if (parsed !== undefined) {
      collected.slos.push({ document: parsed, source: document });
    }
    return;
  }
  const wrong = (path: string, message: string): void => {
    problems.push({ file: document.file, line: document.lineOf([path]), path, message });
  };
  if (apiVersion !== 'tidewatch.dev/v1') {
    wrong(
      'apiVersion',
      'must be openslo/v1 (service level objectives) or tidewatch.dev/v1 (monitors, encoders, scraping, sampling, receivers, routing, silences)',
    );
    return;
  }
  const readers = readersOf(collected);
  const reader = typeof kind === 'string' && Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (reader === undefined) {
    const known = Object.keys(readers);
    wrong(
      'kind',
      `must be ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}, and is ${JSON.stringify(kind)}`,
    );
    return;
  }
  reader((schema, into) => {
    const value = parseDocument(document, schema, problems);
    if (value !== undefined) {
      collected.sources.set(value, document);
      into.push(value);
    }
  });
}
