import { useEffect, useState } from 'preact/hooks';

/** What of the console is shown: everything at a glance, one SLO, or one incident. */
export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'slo'; readonly name: string }
  | { readonly page: 'incident'; readonly id: string };

/**
 * Reads the fragment of the page's address. Other fragments name an element of the overview. Messages of earlier
 * versions link to `#incident-ID`.
 */
export function routeOf(hash: string): Route {
  const [, section, name] = /^#\/(slos|incidents)\/([^/]+)$/.exec(hash) ?? [];
  const [, id] = /^#incident-([0-9a-f]{64})$/.exec(hash) ?? [];
  if (id !== undefined) {
    return { page: 'incident', id };
  }
  if (name === undefined) {
    return { page: 'overview' };
  }
  try {
    const decoded = decodeURIComponent(name);
    return section === 'slos' ? { page: 'slo', name: decoded } : { page: 'incident', id: decoded };
  } catch {
    return { page: 'overview' };
  }
}

/** The route, kept up to date. */
export function useRoute(): Route {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return routeOf(hash);
}
