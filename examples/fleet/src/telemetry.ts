import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Counter, Gauge, Histogram, Meter, Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { resourceAttributes } from './fleet.js';
import type { ServiceProfile } from './fleet.js';
import { DURATION_BOUNDS, INSTRUMENTS, SCOPE } from './instruments.js';
import type { InstrumentSpec } from './instruments.js';
import type { MachineLoad } from './traffic/machine-load.js';
import type { SimulatedRequest } from './traffic/requests.js';

/** The identity of a request's root span, to be sent along with its prediction sample. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Where and how often the telemetry of a live service goes. */
export interface TelemetryOptions {
  readonly exporter: PushMetricExporter;
  /** Address of the OTLP endpoint without a path. */
  readonly otlpUrl: string;
  readonly exportIntervalMs: number;
}

interface Instruments {
  readonly requestDuration: Histogram;
  readonly stageDuration: Histogram;
  readonly queueWait: Histogram;
  readonly requests: Counter;
  readonly errors: Counter;
  readonly framesDropped: Counter;
  readonly loadFailures: Counter;
  readonly inFlight: Gauge;
  readonly batchSize: Gauge;
  readonly queueLength: Gauge;
  readonly gpuUtilization: Gauge;
  readonly gpuMemory: Gauge;
}

function createInstruments(meter: Meter): Instruments {
  const advice = { explicitBucketBoundaries: [...DURATION_BOUNDS] };
  const histogram = (spec: InstrumentSpec): Histogram =>
    meter.createHistogram(spec.name, { ...spec, advice });
  const counter = (spec: InstrumentSpec): Counter => meter.createCounter(spec.name, spec);
  const gauge = (spec: InstrumentSpec): Gauge => meter.createGauge(spec.name, spec);
  return {
    requestDuration: histogram(INSTRUMENTS.requestDuration),
    stageDuration: histogram(INSTRUMENTS.stageDuration),
    queueWait: histogram(INSTRUMENTS.queueWait),
    requests: counter(INSTRUMENTS.requests),
    errors: counter(INSTRUMENTS.errors),
    framesDropped: counter(INSTRUMENTS.framesDropped),
    loadFailures: counter(INSTRUMENTS.loadFailures),
    inFlight: gauge(INSTRUMENTS.inFlight),
    batchSize: gauge(INSTRUMENTS.batchSize),
    queueLength: gauge(INSTRUMENTS.queueLength),
    gpuUtilization: gauge(INSTRUMENTS.gpuUtilization),
    gpuMemory: gauge(INSTRUMENTS.gpuMemory),
  };
}

/**
 * One service's OpenTelemetry SDK: what a real inference service would set up at its start.
 *
 * Nothing is registered globally, because three services share this process.
 */
export class ServiceTelemetry {
  private readonly profile: ServiceProfile;
  private readonly meterProvider: MeterProvider;
  private readonly tracerProvider: BasicTracerProvider;
  private readonly instruments: Instruments;
  private readonly tracer: Tracer;

  constructor(profile: ServiceProfile, options: TelemetryOptions) {
    const resource = resourceFromAttributes(resourceAttributes(profile));
    this.profile = profile;
    this.meterProvider = new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: options.exporter,
          exportIntervalMillis: options.exportIntervalMs,
          exportTimeoutMillis: options.exportIntervalMs,
        }),
      ],
    });
    this.tracerProvider = new BasicTracerProvider({
      resource,
      spanProcessors: [
        // A server may take metrics and refuse spans (OTLP partial success). The SDK notes that in its diagnostics
        // and goes on, and so does the fleet.
        new BatchSpanProcessor(new OTLPTraceExporter({ url: `${options.otlpUrl}/v1/traces` }), {
          maxQueueSize: 8_192,
          scheduledDelayMillis: 2_000,
        }),
      ],
    });
    this.instruments = createInstruments(this.meterProvider.getMeter(SCOPE.name, SCOPE.version));
    this.tracer = this.tracerProvider.getTracer(SCOPE.name, SCOPE.version);
  }

  /**
   * Starts the counters of a release at zero.
   *
   * A counter that first appears with the first error has no earlier point to count from; one that was reported as
   * zero has.
   */
  startRelease(attributes: Attributes): void {
    this.instruments.requests.add(0, attributes);
    this.instruments.loadFailures.add(0, attributes);
    if (this.profile.traffic.frameDropShare > 0) {
      this.instruments.framesDropped.add(0, attributes);
    }
    for (const [errorType] of this.profile.traffic.errorTypes) {
      this.instruments.errors.add(0, { ...attributes, 'error.type': errorType });
    }
  }

  /** Sets the gauges of a release that takes no more traffic to zero: the SDK would repeat their last value forever. */
  endRelease(attributes: Attributes): void {
    this.instruments.inFlight.record(0, attributes);
    this.instruments.batchSize.record(0, attributes);
    this.instruments.queueLength.record(0, attributes);
  }

  /** Records the gauges. */
  recordLoad(load: MachineLoad, attributes: Attributes): void {
    this.instruments.inFlight.record(load.inFlight, attributes);
    this.instruments.batchSize.record(load.batchSize, attributes);
    this.instruments.queueLength.record(load.queueLength, attributes);
    for (const gpu of load.gpus) {
      const gpuAttributes = { ...attributes, 'hw.id': gpu.id };
      this.instruments.gpuUtilization.record(gpu.utilization, gpuAttributes);
      this.instruments.gpuMemory.record(gpu.memoryBytes, gpuAttributes);
    }
  }

  /** Records one request: its metrics, a root span, and a child span for each stage. */
  recordRequest(request: SimulatedRequest, attributes: Attributes, requestId: string): TraceIds {
    this.instruments.requests.add(1, attributes);
    this.instruments.requestDuration.record(request.durationSeconds, attributes);
    this.profile.traffic.stages.forEach((stage, index) => {
      const seconds = request.stageSeconds[index] ?? 0;
      this.instruments.stageDuration.record(seconds, { ...attributes, stage: stage.name });
      if (stage.name === 'queue') {
        this.instruments.queueWait.record(seconds, attributes);
      }
    });
    if (request.errorType !== null) {
      this.instruments.errors.add(1, { ...attributes, 'error.type': request.errorType });
    }
    if (request.framesDropped > 0) {
      this.instruments.framesDropped.add(request.framesDropped, attributes);
    }
    return this.recordSpans(request, { ...attributes, request_id: requestId });
  }

  /** Sends what is left and closes the exporters. Failures are swallowed: there is nobody left to tell. */
  async shutdown(): Promise<void> {
    await Promise.allSettled([this.meterProvider.shutdown(), this.tracerProvider.shutdown()]);
  }

  private recordSpans(request: SimulatedRequest, attributes: Attributes): TraceIds {
    const startedAt = request.at - request.durationSeconds * 1_000;
    const root = this.tracer.startSpan(
      'inference.request',
      { kind: SpanKind.SERVER, startTime: new Date(startedAt), attributes, root: true },
      ROOT_CONTEXT,
    );
    const inside = trace.setSpan(ROOT_CONTEXT, root);
    let at = startedAt;
    this.profile.traffic.stages.forEach((stage, index) => {
      const span = this.tracer.startSpan(
        stage.name,
        { startTime: new Date(at), attributes: { ...attributes, stage: stage.name } },
        inside,
      );
      at += (request.stageSeconds[index] ?? 0) * 1_000;
      span.end(new Date(at));
    });
    if (request.errorType !== null) {
      root.setAttribute('error.type', request.errorType);
      root.setStatus({ code: SpanStatusCode.ERROR });
    }
    root.end(new Date(request.at));
    return { traceId: root.spanContext().traceId, spanId: root.spanContext().spanId };
  }
}
