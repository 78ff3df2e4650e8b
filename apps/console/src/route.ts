import { useEffect, useState } from 'preact/hooks';

/** What of the console is shown: everything at a glance, or one SLO. */
export type Route = { readonly page: 'overview' } | { readonly page: 'slo'; readonly name: string };

/** Reads the fragment of the page's address. Other fragments name an element of the overview. */
export function routeOf(hash: string): Route {
  const [, name] = /^#\/slos\/([^/]+)$/.exec(hash) ?? [];
  if (name === undefined) {
    return { page: 'overview' };
  }
  try {
    return { page: 'slo', name: decodeURIComponent(name) };
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
