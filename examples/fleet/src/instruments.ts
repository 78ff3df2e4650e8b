import { ValueType } from '@opentelemetry/api';

/** Name, unit and meaning of one metric. History and live data share it, so both land in the same series. */
export interface InstrumentSpec {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly valueType: ValueType;
}

/** The instrumentation scope of everything the fleet sends. */
export const SCOPE = { name: 'inference-fleet', version: '1.0.0' } as const;

/**
 * Upper bounds of the duration buckets in seconds, 5 ms to 10 s.
 *
 * A latency objective can be counted exactly only at one of these edges: 0.25 is here because `slo-ranker-latency`
 * promises it.
 */
export const DURATION_BOUNDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

function spec(name: string, unit: string, description: string, valueType = ValueType.INT): InstrumentSpec {
  return { name, unit, description, valueType };
}

/** Every metric of the telemetry convention. */
export const INSTRUMENTS = {
  requestDuration: spec('inference.request.duration', 's', 'Time from request to answer.', ValueType.DOUBLE),
  stageDuration: spec(
    'inference.stage.duration',
    's',
    'Time spent in one stage of a request.',
    ValueType.DOUBLE,
  ),
  queueWait: spec('inference.queue.wait', 's', 'Time a request waited for a free slot.', ValueType.DOUBLE),
  requests: spec('inference.requests', '{request}', 'Requests answered, failed ones included.'),
  errors: spec('inference.errors', '{request}', 'Requests that failed, by error.type.'),
  framesDropped: spec('inference.frames.dropped', '{frame}', 'Video frames that were not looked at.'),
  loadFailures: spec('inference.model.load_failures', '{failure}', 'Attempts to load a model that failed.'),
  inFlight: spec('inference.in_flight', '{request}', 'Requests being worked on.'),
  batchSize: spec('inference.batch.size', '{request}', 'Requests in the last batch given to the model.'),
  queueLength: spec('inference.queue.length', '{request}', 'Requests waiting for a free slot.'),
  gpuUtilization: spec('hw.gpu.utilization', '1', 'Share of time the GPU was busy.', ValueType.DOUBLE),
  gpuMemory: spec('hw.gpu.memory.usage', 'By', 'GPU memory in use.'),
} as const satisfies Readonly<Record<string, InstrumentSpec>>;
