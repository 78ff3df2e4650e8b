import { useEffect } from 'preact/hooks';
import { ApiKeyForm } from './components/api-key-form.js';
import { ApprovalSection } from './components/approval-section.js';
import { ConnectionBanner } from './components/connection-banner.js';
import { DeliverySection } from './components/delivery-section.js';
import { EncoderSection } from './components/encoder-section.js';
import { FirstData } from './components/first-data.js';
import { Header } from './components/header.js';
import { IncidentPage } from './components/incident-page.js';
import { IncidentSection } from './components/incident-section.js';
import { IngestStrip } from './components/ingest-strip.js';
import { MonitorSection } from './components/monitor-section.js';
import { QuietSection } from './components/quiet-section.js';
import { SloPage } from './components/slo-page.js';
import { SloSection } from './components/slo-section.js';
import { StallBanner } from './components/stall-banner.js';
import { ClockProvider } from './clock.js';
import { useConsoleState } from './console-state.js';
import { evaluationStall, isWaitingForData, overallOf } from './overall.js';
import { useRoute } from './route.js';
import type { Route } from './route.js';
import { clockOffset, isComplete, oldestReceipt } from './snapshot.js';
import type { Snapshot } from './snapshot.js';

/** The whole page. */
export function App() {
  const { snapshot, connection, dueAt, refreshNow, submitKey } = useConsoleState();
  const route = useRoute();
  const slos = snapshot.slos?.value.items ?? null;
  const monitors = snapshot.monitors?.value.items ?? null;
  const encoders = snapshot.encoders?.value ?? null;
  const open = snapshot.open?.value ?? null;
  const status = snapshot.status?.value ?? null;
  const away = connection.kind === 'unreachable' || connection.kind === 'unauthorized';
  const stalled = status !== null && evaluationStall(status, status.now) !== null;
  const overall = overallOf({
    slos,
    monitors,
    encoders: encoders?.items ?? null,
    open: open?.items ?? null,
    stale: away || stalled,
  });
  const readAt = oldestReceipt(snapshot);

  useEffect(() => {
    document.title = `${overall.headline} · Tidewatch`;
  }, [overall.headline]);

  useLinkedElement(isComplete(snapshot) && route.page === 'overview');

  return (
    <ClockProvider offset={clockOffset(snapshot)}>
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <Header overall={overall} connection={connection} readAt={readAt} />
      <main id="main" class="page" tabIndex={-1}>
        <ConnectionBanner
          connection={connection}
          readAt={readAt}
          complete={isComplete(snapshot)}
          dueAt={dueAt}
          onRetry={refreshNow}
        />
        {connection.kind === 'unauthorized' && (
          <ApiKeyForm refused={connection.keyRefused} onSubmit={submitKey} />
        )}
        {status !== null && <StallBanner status={status} />}
        {status !== null && isWaitingForData(status) && <FirstData status={status} />}
        <Shown route={route} snapshot={snapshot} onChange={refreshNow} />
      </main>
      {status !== null && <IngestStrip status={status} />}
    </ClockProvider>
  );
}

interface ShownProps {
  snapshot: Snapshot;
  /** Called after something was done that the snapshot shows. */
  onChange: () => void;
}

function Shown({ route, snapshot, onChange }: ShownProps & { route: Route }) {
  switch (route.page) {
    case 'slo':
      return <SloPage name={route.name} />;
    case 'incident':
      return (
        <IncidentPage
          key={route.id}
          id={route.id}
          slos={snapshot.slos?.value.items ?? []}
          monitors={snapshot.monitors?.value.items ?? []}
          onChange={onChange}
        />
      );
    case 'overview':
      return <Overview snapshot={snapshot} onChange={onChange} />;
  }
}

/** Everything at a glance. */
function Overview({ snapshot, onChange }: ShownProps) {
  const slos = snapshot.slos?.value.items ?? null;
  const monitors = snapshot.monitors?.value.items ?? null;
  const encoders = snapshot.encoders?.value ?? null;
  const open = snapshot.open?.value ?? null;
  return (
    <>
      {open !== null && (
        <IncidentSection
          open={open}
          resolved={snapshot.resolved?.value ?? null}
          slos={slos ?? []}
          monitors={monitors ?? []}
          onChange={onChange}
        />
      )}
      {open !== null && <ApprovalSection />}
      {slos !== null && <SloSection slos={slos} />}
      {monitors !== null && <MonitorSection monitors={monitors} />}
      {encoders !== null && <EncoderSection page={encoders} />}
      {open !== null && <QuietSection />}
      {open !== null && <DeliverySection />}
    </>
  );
}

/** Follows the fragment of the page's address once the element it names can exist. */
function useLinkedElement(ready: boolean): void {
  useEffect(() => {
    if (ready && location.hash !== '') {
      // The browser looked for the fragment before there was any data; going there again also opens a closed list.
      location.replace(location.hash);
    }
  }, [ready]);
}
