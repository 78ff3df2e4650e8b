import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from './api-key.js';
import { readJson } from './read-json.js';
import { REQUEST_TIMEOUT_MS } from './refresh.js';

/** The last good answer of a path and what the latest attempt ran into; both `null` while the first is on its way. */
export interface Readings<T> {
  view: T | null;
  problem: string | null;
  /** Reads again at once. */
  again: () => void;
}

/**
 * Reads a document below `/api/v1` at once and then every `everyMs` while the page is visible. Another path begins afresh; a failed
 * attempt keeps the last good answer.
 */
export function useReadOften<T>(path: string, everyMs: number): Readings<T> {
  const [answer, setAnswer] = useState<{ path: string; view: T | null; problem: string | null }>({
    path,
    view: null,
    problem: null,
  });
  const read = useRef<() => void>(() => undefined);

  useEffect(() => {
    const leaving = new AbortController();
    let reading = false;
    const attempt = async (): Promise<void> => {
      if (reading || leaving.signal.aborted) {
        return;
      }
      reading = true;
      const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      const [view, problem] = await readJson<T>(path, { apiKey: apiKey(), signal }).then(
        (found) => [found, null] as const,
        (error: Error) => [null, error.message] as const,
      );
      reading = false;
      if (!leaving.signal.aborted) {
        setAnswer((last) => ({ path, view: view ?? (last.path === path ? last.view : null), problem }));
      }
    };
    read.current = () => void attempt();
    void attempt();
    const timer = window.setInterval(() => document.visibilityState === 'visible' && void attempt(), everyMs);
    return () => {
      leaving.abort();
      window.clearInterval(timer);
    };
  }, [path, everyMs]);

  const again = useCallback(() => read.current(), []);
  return answer.path === path
    ? { view: answer.view, problem: answer.problem, again }
    : { view: null, problem: null, again };
}
