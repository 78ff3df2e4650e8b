import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

/** The present moment on both clocks, in ms since epoch. Ages of server data are taken on the server's clock. */
export interface Moment {
  browser: number;
  server: number;
}

/** The moment that the page's ages refer to; it moves once a second. */
const ClockContext = createContext<Moment>({ browser: 0, server: 0 });

/** Reads the moving moment. A component that calls this is drawn again every second, so only small ones should. */
export function useMoment(): Moment {
  return useContext(ClockContext);
}

/**
 * Moves the moment once a second for everything inside. `offset` is the server's clock minus the browser's, in ms.
 * The children keep their identity, so a tick draws only what reads the moment.
 */
export function ClockProvider({ offset, children }: { offset: number; children: ComponentChildren }) {
  const [browser, setBrowser] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setBrowser(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <ClockContext.Provider value={{ browser, server: browser + offset }}>{children}</ClockContext.Provider>
  );
}
