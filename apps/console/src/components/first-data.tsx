import type { StatusView } from '../api.js';
import { CopyButton } from './copy-button.js';
import { Logo } from './logo.js';

/** What a fresh installation shows: how to send the first data. It leaves by itself when some has arrived. */
export function FirstData({ status }: { status: StatusView }) {
  const base = status.endpoints.otlpHttp.replace(/\/+$/, '');
  const environment = `OTEL_EXPORTER_OTLP_ENDPOINT=${base}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`;
  const prediction = `curl ${base}/v1/predictions \\
  -H 'content-type: application/json' \\
  -d '[{"model": "ranker", "features": {"age": 31}}]'`;
  return (
    <section class="panel first-data" aria-labelledby="first-data-title" data-testid="first-data">
      <div class="first-data-head">
        <Logo />
        <div>
          <h2 id="first-data-title">Waiting for first data…</h2>
          <p class="quiet">
            Nothing has arrived yet. This page fills by itself as soon as a service sends something.
          </p>
        </div>
      </div>
      <div class="snippet">
        <p class="snippet-title">Point a service's OpenTelemetry exporter here</p>
        <pre>{environment}</pre>
        <CopyButton text={environment} what="the exporter settings" />
      </div>
      <div class="snippet">
        <p class="snippet-title">Or send one prediction</p>
        <pre>{prediction}</pre>
        <CopyButton text={prediction} what="the command" />
      </div>
    </section>
  );
}
