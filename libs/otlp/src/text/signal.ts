/** The signals of OTLP; `/v1/<signal>` is the path of each. */
export type OtlpSignal = 'metrics' | 'traces' | 'logs';

/** What the requests of each signal hold, in words for an error message. */
const CONTENT: Readonly<Record<OtlpSignal, string>> = {
  metrics: 'metrics',
  traces: 'spans',
  logs: 'log records',
};

/** What is wrong with a request that came to the path of another signal. */
export function misdirected(signal: OtlpSignal, path: OtlpSignal): string {
  return `it holds ${CONTENT[signal]}, which belong to /v1/${signal}, not /v1/${path}`;
}
