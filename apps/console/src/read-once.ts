import { useEffect, useState } from 'preact/hooks';
import { apiKey } from './api-key.js';
import { readJson } from './read-json.js';
import { REQUEST_TIMEOUT_MS } from './refresh.js';

/** What came of a request that is made when something is opened. */
export type Answer<T> = { view: T } | { problem: string };

/** Reads a document below `/api/v1` once for as long as `path` stays the same; `null` while it is on its way. */
export function useReadOnce<T>(path: string): Answer<T> | null {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
    setAnswer(null);
    readJson<T>(path, { apiKey: apiKey(), signal }).then(
      (view) => !leaving.signal.aborted && setAnswer({ view }),
      (error: Error) => !leaving.signal.aborted && setAnswer({ problem: error.message }),
    );
    return () => leaving.abort();
  }, [path]);
  return answer;
}
