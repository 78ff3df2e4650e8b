import type { ComponentChildren } from 'preact';
import type { StatusView } from '../api.js';
import { formatCompactCount, formatCount } from '../format.js';
import { CopyButton } from './copy-button.js';
import { TimeAgo } from './time-ago.js';

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Stored({ stored, rejected }: { stored: number; rejected: number }) {
  return (
    <>
      <span title={formatCount(stored)}>{formatCompactCount(stored)}</span>
      {rejected > 0 && (
        <span class="fact-note" title={formatCount(rejected)}>
          {formatCompactCount(rejected)} rejected
        </span>
      )}
    </>
  );
}

function Endpoint({ name, address }: { name: string; address: string }) {
  return (
    <Fact name={name}>
      <span class="endpoint">
        <code>{address}</code>
        <CopyButton text={address} what={`the ${name} address`} />
      </span>
    </Fact>
  );
}

/** The foot of the page: what has been stored, how fresh it is, where the server listens. */
export function IngestStrip({ status }: { status: StatusView }) {
  const { ingest, store, endpoints, evaluation } = status;
  return (
    <footer class="ingest">
      <div class="ingest-inner">
        <h2 class="visually-hidden">Ingest and server</h2>
        <dl class="facts">
          <Fact name="Metric points stored">
            <Stored stored={ingest.pointsStored} rejected={ingest.pointsRejected} />
          </Fact>
          <Fact name="Last point">
            {ingest.lastPointAt === null ? 'none yet' : <TimeAgo at={ingest.lastPointAt} />}
          </Fact>
          <Fact name="Predictions stored">
            <Stored stored={ingest.predictionsStored} rejected={ingest.predictionsRejected} />
          </Fact>
          <Fact name="Last prediction">
            {ingest.lastPredictionAt === null ? 'none yet' : <TimeAgo at={ingest.lastPredictionAt} />}
          </Fact>
          <Fact name="Last evaluation">
            {evaluation.lastAt === null ? 'none yet' : <TimeAgo at={evaluation.lastAt} />}
          </Fact>
          <Fact name="Store">
            <span>{store.kind === 'embedded' ? 'Embedded ClickHouse' : 'ClickHouse server'}</span>
            {store.description !== '' && <span class="fact-note">{store.description}</span>}
          </Fact>
          <Endpoint name="OTLP/HTTP" address={endpoints.otlpHttp} />
          <Endpoint name="API" address={endpoints.api} />
        </dl>
        <p class="ingest-version">
          Tidewatch {status.version}, running for <TimeAgo at={status.startedAt} as="span" />
        </p>
      </div>
    </footer>
  );
}
