import type { ListOf, MonitorView, SloView, StatusView } from './api.js';
import type { EncoderPage } from './encoder-view.js';
import type { IncidentPage } from './incident-view.js';
import { readJson, RequestFailure } from './read-json.js';
import type { RequestOptions } from './read-json.js';

/** The last good answer of one endpoint and when this page received it (browser clock). */
export interface Reading<T> {
  value: T;
  receivedAt: number;
}

/** Everything the page shows. `null` means that the endpoint has not answered since the page was opened. */
export interface Snapshot {
  status: Reading<StatusView> | null;
  slos: Reading<ListOf<SloView>> | null;
  monitors: Reading<ListOf<MonitorView>> | null;
  encoders: Reading<EncoderPage> | null;
  open: Reading<IncidentPage> | null;
  resolved: Reading<IncidentPage> | null;
}

/** A snapshot before the first answer. */
export const EMPTY_SNAPSHOT: Snapshot = {
  status: null,
  slos: null,
  monitors: null,
  encoders: null,
  open: null,
  resolved: null,
};

/** The outcome of one refresh: the merged snapshot and what could not be read, in the order of the endpoints. */
export interface RefreshResult {
  snapshot: Snapshot;
  failures: RequestFailure[];
}

/** Reads every endpoint once. What fails keeps its earlier reading, so a partial outage never empties the page. */
export async function readSnapshot(previous: Snapshot, options: RequestOptions): Promise<RefreshResult> {
  const failures: RequestFailure[] = [];
  const read = async <T>(path: string, earlier: Reading<T> | null): Promise<Reading<T> | null> => {
    try {
      return { value: await readJson<T>(path, options), receivedAt: Date.now() };
    } catch (error) {
      failures.push(error instanceof RequestFailure ? error : new RequestFailure(path, 0, String(error)));
      return earlier;
    }
  };
  const [status, slos, monitors, encoders, open, resolved] = await Promise.all([
    read('status', previous.status),
    read('slos', previous.slos),
    read('monitors', previous.monitors),
    read('encoders', previous.encoders),
    read('incidents?status=open&limit=50', previous.open),
    read('incidents?status=resolved&limit=10', previous.resolved),
  ]);
  return { snapshot: { status, slos, monitors, encoders, open, resolved }, failures };
}

/** How the page stands with its server. */
export type Connection =
  | { kind: 'starting' }
  | { kind: 'live' }
  | { kind: 'unreachable' }
  | { kind: 'unauthorized'; keyRefused: boolean }
  | { kind: 'partial'; failed: string[]; reason: string };

const ENDPOINT_NAMES: Readonly<Record<string, string>> = {
  status: 'the server status',
  slos: 'the SLOs',
  monitors: 'the monitors',
  encoders: 'the encoders',
  incidents: 'the incidents',
};
const ENDPOINT_COUNT = 6;

/**
 * Names the state of the connection after a refresh with the given API key (empty: none). The server counts as away
 * when no endpoint brought an answer of its own; a proxy's 502 to 504 is none.
 */
export function connectionOf(failures: readonly RequestFailure[], apiKey: string): Connection {
  const [first] = failures;
  if (first === undefined) {
    return { kind: 'live' };
  }
  if (failures.some((failure) => failure.status === 401 || failure.status === 403)) {
    return { kind: 'unauthorized', keyRefused: apiKey !== '' };
  }
  if (
    failures.length === ENDPOINT_COUNT &&
    failures.every((failure) => failure.status === 0 || failure.status >= 502)
  ) {
    return { kind: 'unreachable' };
  }
  const paths = failures.map((failure) => failure.path.replace(/\?.*$/, ''));
  const failed = [...new Set(paths.map((path) => ENDPOINT_NAMES[path] ?? path))];
  return { kind: 'partial', failed, reason: first.message };
}

/** True when every endpoint has been read at least once. */
export function isComplete(snapshot: Snapshot): boolean {
  return Object.values(snapshot).every((reading: Reading<unknown> | null) => reading !== null);
}

/** The oldest receipt time among the readings, or `null` when nothing has been read yet. */
export function oldestReceipt(snapshot: Snapshot): number | null {
  const times = Object.values(snapshot)
    .filter((reading: Reading<unknown> | null) => reading !== null)
    .map((reading: Reading<unknown>) => reading.receivedAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** The server's clock minus the browser's, in ms, from the last status answer; 0 before the first. */
export function clockOffset(snapshot: Snapshot): number {
  return snapshot.status === null ? 0 : snapshot.status.value.now - snapshot.status.receivedAt;
}
