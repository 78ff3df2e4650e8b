import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { linesPanel, type PanelSize } from './panel-styles.js';
import { latencyPercentiles } from './sql/latency-percentiles.js';
import { errorRate, errorShare, requestRate } from './sql/request-rates.js';

const SIZE: PanelSize = { width: 12, height: 8 };

/** Shorter buckets than OpenTelemetry's default export interval would show one high bucket between empty ones. */
const MINIMUM_INTERVAL = '1m';

/** Services that export every minute or two are drawn as a line, silence longer than this as a gap; ms. */
const LONGEST_GAP_MS = 300_000;

/** What callers of the services see: latency, traffic, errors. */
export function servicePanels(): Builder<Panel>[] {
  return [
    linesPanel(
      {
        id: 20,
        title: 'Latency percentiles by service',
        description:
          'p50, p95 and p99 of the chosen latency histogram, interpolated inside its buckets as Prometheus does. A value at the highest bucket bound means "that or more".',
      },
      SIZE,
      's',
      '${__field.labels.service} ${__field.labels.percentile}',
      latencyPercentiles(),
    ),
    linesPanel(
      {
        id: 21,
        title: 'Requests per second by service',
        description:
          'Growth of the counter inference.requests per second. The interval still being filled is left out.',
      },
      SIZE,
      'reqps',
      '${__field.labels.service}',
      requestRate(),
    ),
    linesPanel(
      {
        id: 22,
        title: 'Errors per second by service',
        description:
          'Growth of the counter inference.errors per second. A service that never failed has no line.',
      },
      SIZE,
      'reqps',
      '${__field.labels.service}',
      errorRate(),
    ),
    linesPanel(
      {
        id: 23,
        title: 'Share of requests that failed',
        description: 'inference.errors divided by inference.requests. No point where no request was counted.',
      },
      SIZE,
      'percentunit',
      '${__field.labels.service}',
      errorShare(),
    ).axisSoftMax(0.01),
  ].map((panel) => panel.interval(MINIMUM_INTERVAL).spanNulls(LONGEST_GAP_MS).min(0));
}
