import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ServiceProfile } from './fleet.js';

/** How often a refused export is handed to the SDK again, after the SDK's own retries. */
const ATTEMPTS = 3;

/**
 * Opens the exporter of a service: protobuf or JSON over HTTP, totals or deltas, as its profile says.
 *
 * @param otlpUrl address of the OTLP endpoint without a path, such as `http://127.0.0.1:4318`.
 */
export function openMetricExporter(profile: ServiceProfile, otlpUrl: string): PushMetricExporter {
  const options = {
    url: `${otlpUrl}/v1/metrics`,
    temporalityPreference:
      profile.temporality === 'delta'
        ? AggregationTemporalityPreference.DELTA
        : AggregationTemporalityPreference.CUMULATIVE,
  };
  return profile.encoding === 'json' ? new JsonExporter(options) : new ProtobufExporter(options);
}

/**
 * Sends hand-made metrics and waits until they are accepted.
 *
 * @throws Error when the endpoint has refused them {@link ATTEMPTS} times.
 */
export async function exportMetrics(exporter: PushMetricExporter, metrics: ResourceMetrics): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const failure = await new Promise<Error | null>((resolve) => {
      // ExportResultCode.SUCCESS is 0. The enum lives in @opentelemetry/core, which is not a direct dependency.
      exporter.export(metrics, (result) =>
        resolve(Number(result.code) === 0 ? null : (result.error ?? new Error('No reason given.'))),
      );
    });
    if (failure === null) {
      return;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`The OTLP endpoint refused metrics: ${failure.message}`, { cause: failure });
    }
  }
}
