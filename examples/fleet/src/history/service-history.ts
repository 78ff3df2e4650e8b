import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { releaseAttributes, resourceAttributes } from '../fleet.js';
import type { ServiceProfile } from '../fleet.js';
import { INSTRUMENTS, SCOPE } from '../instruments.js';
import { historyRate } from '../sample-profile.js';
import { drawLabel, drawSample, LABEL_DELAY_MS } from '../samples.js';
import type { DrawnSample, LabelRow } from '../samples.js';
import { machineLoad } from '../traffic/machine-load.js';
import { createRandom } from '../traffic/random.js';
import type { Random } from '../traffic/random.js';
import { drawRequests } from '../traffic/requests.js';
import type { SimulatedRequest } from '../traffic/requests.js';
import { PointLog } from './point-log.js';
import type { CounterTotal, HistogramTotal } from './totals.js';

/** Time between two points of a series: as fine as the slices in which objectives are counted. */
export const HISTORY_STEP_MS = 10_000;

/** What a service would have sent during a stretch of time. */
export interface HistoryBatch {
  readonly metrics: ResourceMetrics;
  readonly points: number;
  readonly requests: number;
  readonly samples: DrawnSample[];
  readonly labels: LabelRow[];
}

interface Totals {
  readonly requests: CounterTotal;
  readonly errors: ReadonlyMap<string, CounterTotal>;
  readonly framesDropped: CounterTotal | null;
  readonly requestDuration: HistogramTotal;
  readonly stageDurations: readonly HistogramTotal[];
  readonly queueWait: HistogramTotal;
  readonly queueStage: number;
}

/**
 * The healthy past of one service: the same traffic as live, written down with past timestamps.
 *
 * Call {@link advance} until the present; each call goes on where the last one ended, without gap or overlap.
 */
export class ServiceHistory {
  private readonly profile: ServiceProfile;
  private readonly present: number;
  private readonly random: Random;
  private readonly attributes: Attributes;
  private readonly log: PointLog;
  private readonly totals: Totals;
  private position: number;
  private sampleNumber = 0;

  /**
   * @param from where the history starts, milliseconds since the epoch.
   * @param present the time of writing: it decides which samples are recent and which labels are known.
   */
  constructor(profile: ServiceProfile, seed: number, from: number, present: number) {
    this.profile = profile;
    this.present = present;
    this.random = createRandom(seed);
    this.attributes = releaseAttributes(profile, profile.release);
    this.log = new PointLog(profile.temporality, from);
    this.totals = openTotals(this.log, profile, this.attributes);
    this.position = from;
  }

  /** Up to when the history is written. */
  get end(): number {
    return this.position;
  }

  /** Writes the history from where it ended up to `to`, milliseconds since the epoch. */
  advance(to: number): HistoryBatch {
    const samples: DrawnSample[] = [];
    const labels: LabelRow[] = [];
    let requestCount = 0;
    while (this.position < to) {
      const next = Math.min(to, Math.floor(this.position / HISTORY_STEP_MS + 1) * HISTORY_STEP_MS);
      const requests = drawRequests(this.profile.traffic, this.random, this.position, next);
      for (const request of requests) {
        this.count(request);
        this.sample(request, samples, labels);
      }
      requestCount += requests.length;
      this.position = next;
      this.reportLoad(next);
      this.log.report(next);
    }
    const { metrics, points } = this.log.take();
    return {
      metrics: {
        resource: resourceFromAttributes(resourceAttributes(this.profile)),
        scopeMetrics: [{ scope: SCOPE, metrics }],
      },
      points,
      requests: requestCount,
      samples,
      labels,
    };
  }

  private count(request: SimulatedRequest): void {
    this.totals.requests.record(1);
    this.totals.requestDuration.record(request.durationSeconds);
    this.totals.stageDurations.forEach((total, index) => total.record(request.stageSeconds[index] ?? 0));
    this.totals.queueWait.record(request.stageSeconds[this.totals.queueStage] ?? 0);
    this.totals.framesDropped?.record(request.framesDropped);
    if (request.errorType !== null) {
      this.totals.errors.get(request.errorType)?.record(1);
    }
  }

  private sample(request: SimulatedRequest, samples: DrawnSample[], labels: LabelRow[]): void {
    const { profile, random } = this;
    if (profile.samples === null) {
      return;
    }
    const rate = historyRate(profile.samples, this.present - request.at);
    if (!random.chance(rate / profile.traffic.requestsPerSecond)) {
      return;
    }
    this.sampleNumber += 1;
    const sample = drawSample(profile, profile.samples, random, {
      request,
      requestId: `${profile.model}-${Math.floor(request.at).toString(36)}-h${this.sampleNumber.toString(36)}`,
      release: profile.release,
      mood: 'day',
      trace: null,
    });
    samples.push(sample);
    // The truth about the last minute is not known yet.
    const isKnown = request.at + LABEL_DELAY_MS < this.present;
    if (profile.samples.kind === 'tabular' && isKnown && random.chance(profile.samples.labelShare)) {
      labels.push(drawLabel(profile.samples.model, random, sample));
    }
  }

  private reportLoad(at: number): void {
    const load = machineLoad(this.profile.traffic, this.profile.gpuCount, at);
    this.log.gauge(INSTRUMENTS.inFlight, this.attributes, load.inFlight, at);
    this.log.gauge(INSTRUMENTS.batchSize, this.attributes, load.batchSize, at);
    this.log.gauge(INSTRUMENTS.queueLength, this.attributes, load.queueLength, at);
    for (const gpu of load.gpus) {
      const attributes = { ...this.attributes, 'hw.id': gpu.id };
      this.log.gauge(INSTRUMENTS.gpuUtilization, attributes, gpu.utilization, at);
      this.log.gauge(INSTRUMENTS.gpuMemory, attributes, gpu.memoryBytes, at);
    }
  }
}

function openTotals(log: PointLog, profile: ServiceProfile, attributes: Attributes): Totals {
  const { traffic } = profile;
  // Never touched on a good day; it is there so that the first failure has a zero to grow from.
  log.counter(INSTRUMENTS.loadFailures, attributes);
  return {
    requests: log.counter(INSTRUMENTS.requests, attributes),
    errors: new Map(
      traffic.errorTypes.map(([type]) => [
        type,
        log.counter(INSTRUMENTS.errors, { ...attributes, 'error.type': type }),
      ]),
    ),
    framesDropped: traffic.frameDropShare > 0 ? log.counter(INSTRUMENTS.framesDropped, attributes) : null,
    requestDuration: log.histogram(INSTRUMENTS.requestDuration, attributes),
    stageDurations: traffic.stages.map((stage) =>
      log.histogram(INSTRUMENTS.stageDuration, { ...attributes, stage: stage.name }),
    ),
    queueWait: log.histogram(INSTRUMENTS.queueWait, attributes),
    queueStage: traffic.stages.findIndex((stage) => stage.name === 'queue'),
  };
}
