import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey, keepApiKey } from './api-key.js';
import { browserHost, REQUEST_TIMEOUT_MS, startRefreshing } from './refresh.js';
import type { Refresher } from './refresh.js';
import { connectionOf, EMPTY_SNAPSHOT, readSnapshot } from './snapshot.js';
import type { Connection, Snapshot } from './snapshot.js';

/** What the page shows and what its buttons do. */
export interface ConsoleState {
  snapshot: Snapshot;
  connection: Connection;
  /** When the next attempt is due (browser clock); `null` while one is under way or the page is hidden. */
  dueAt: number | null;
  refreshNow: () => void;
  /** Keeps the API key for this tab and tries it at once. */
  submitKey: (key: string) => void;
}

/** Keeps the page's data fresh for as long as the component is mounted. */
export function useConsoleState(): ConsoleState {
  const [snapshot, setSnapshot] = useState<Snapshot>(EMPTY_SNAPSHOT);
  const [connection, setConnection] = useState<Connection>({ kind: 'starting' });
  const [dueAt, setDueAt] = useState<number | null>(null);
  const refresher = useRef<Refresher | null>(null);

  useEffect(() => {
    let latest = EMPTY_SNAPSHOT;
    const load = async (): Promise<boolean> => {
      const key = apiKey();
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const result = await readSnapshot(latest, { apiKey: key, signal });
      latest = result.snapshot;
      const next = connectionOf(result.failures, key);
      setSnapshot(latest);
      setConnection(next);
      return next.kind === 'live' || next.kind === 'partial';
    };
    const running = startRefreshing(load, setDueAt, browserHost);
    refresher.current = running;
    return () => running.stop();
  }, []);

  const refreshNow = (): void => refresher.current?.refreshNow();
  return {
    snapshot,
    connection,
    dueAt,
    refreshNow,
    submitKey: (key) => {
      keepApiKey(key);
      refreshNow();
    },
  };
}
