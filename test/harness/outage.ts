/**
 * What a service that answers 100 requests in ten seconds, 15 of them with an error, reports over the last five minutes,
 * sent to `/v1/metrics` as `inference.requests` and `inference.errors`.
 *
 * @param otlp address of the receiver
 * @param headers such as the API key
 */
export async function sendOutage(
  otlp: string,
  service: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const start = Date.now() - 300_000;
  const metric = (name: string, count: number) => ({
    name,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: Array.from({ length: 29 }, (_, index) => ({
        startTimeUnixNano: `${start + index * 10_000}000000`,
        timeUnixNano: `${start + (index + 1) * 10_000}000000`,
        asInt: String(count),
      })),
    },
  });
  const body = {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeMetrics: [{ metrics: [metric('inference.requests', 100), metric('inference.errors', 15)] }],
      },
    ],
  };
  const response = await fetch(`${otlp}/v1/metrics`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  if (!response.ok) {
    throw new Error(`The metrics were answered with ${response.status}: ${await response.text()}`);
  }
}
