import type { JournalView, StatusView } from '../api.js';
import {
  formatBytes,
  formatCompactCount,
  formatCount,
  formatLatency,
  formatSpan,
  NO_VALUE,
} from '../format.js';
import { CopyButton } from './copy-button.js';
import { Fact, FactNote } from './fact.js';
import { SignalTable } from './signal-table.js';
import { TimeAgo } from './time-ago.js';

function Stored({ count, lastAt }: { count: number | null; lastAt: number | null }) {
  if (count === null) {
    return <>{NO_VALUE}</>;
  }
  return (
    <>
      <span title={formatCount(count)}>{formatCompactCount(count)}</span>
      <FactNote>
        {lastAt === null ? (
          'none yet'
        ) : (
          <>
            last one <TimeAgo at={lastAt} />
          </>
        )}
      </FactNote>
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

function JournalFacts({ journal }: { journal: JournalView }) {
  const { insertLatency, deadLetters } = journal;
  return (
    <>
      <Fact name="Journal">
        <span>
          {formatBytes(journal.bytes)} of {formatBytes(journal.maxBytes)}
        </span>
        <FactNote>
          {journal.oldestAgeMs === null
            ? 'nothing waits'
            : `the oldest waits for ${formatSpan(journal.oldestAgeMs)}`}
        </FactNote>
        {journal.sinkFailingSince !== null && (
          <FactNote warn>
            ClickHouse takes nothing since <TimeAgo at={journal.sinkFailingSince} as="span" />
          </FactNote>
        )}
        {deadLetters.count > 0 && (
          <FactNote warn>
            {formatCount(deadLetters.count)} put aside ({formatBytes(deadLetters.bytes)})
          </FactNote>
        )}
      </Fact>
      <Fact name="Insert into ClickHouse">
        <span>{formatLatency(insertLatency.meanMs)}</span>
        <FactNote>
          {insertLatency.count === 0
            ? 'none yet'
            : `last ${formatLatency(insertLatency.lastMs)}, longest ${formatLatency(insertLatency.maxMs)}`}
        </FactNote>
      </Fact>
    </>
  );
}

/** The foot of the page: what has come in and become of it, how fresh it is, where the server listens. */
export function IngestStrip({ status }: { status: StatusView }) {
  const { ingest, store, endpoints, evaluation } = status;
  return (
    <footer class="ingest" data-testid="ingest-strip">
      <div class="ingest-inner">
        <h2 class="visually-hidden">Ingest and server</h2>
        {ingest.process !== null && <SignalTable signals={ingest.process.signals} />}
        <dl class="facts">
          <Fact name="Metric points stored">
            <Stored count={ingest.pointsStored} lastAt={ingest.lastPointAt} />
          </Fact>
          <Fact name="Spans stored">
            <Stored count={ingest.spansStored} lastAt={ingest.lastSpanAt} />
          </Fact>
          <Fact name="Log records stored">
            <Stored count={ingest.logsStored} lastAt={ingest.lastLogAt} />
          </Fact>
          <Fact name="Predictions stored">
            <Stored count={ingest.predictionsStored} lastAt={ingest.lastPredictionAt} />
          </Fact>
          {ingest.process !== null && <JournalFacts journal={ingest.process.journal} />}
          <Fact name="Last evaluation">
            {evaluation.lastAt === null ? 'none yet' : <TimeAgo at={evaluation.lastAt} />}
          </Fact>
          <Fact name="Store">
            <span>{store.kind === 'embedded' ? 'Embedded ClickHouse' : 'ClickHouse server'}</span>
            {store.description !== '' && <FactNote>{store.description}</FactNote>}
          </Fact>
          <Endpoint name="OTLP/HTTP" address={endpoints.otlpHttp} />
          {endpoints.otlpGrpc !== '' && <Endpoint name="OTLP/gRPC" address={endpoints.otlpGrpc} />}
          <Endpoint name="API" address={endpoints.api} />
        </dl>
        <p class="ingest-version">
          Tidewatch {status.version}, running for <TimeAgo at={status.startedAt} as="span" />
        </p>
      </div>
    </footer>
  );
}
