import type { ExpositionFormat } from './exposition.js';

/** What a scrape asks for: OpenMetrics before Prometheus text, and anything before nothing. */
export const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/**
 * The format of an answer by its `Content-Type`.
 *
 * Servers name the text format in many ways, or not at all, so everything that may be text is read as Prometheus text.
 *
 * @returns `undefined` for types that are certainly something else, such as a page or JSON
 */
export function formatOf(contentType: string | null): ExpositionFormat | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/openmetrics-text') {
    return 'openmetrics';
  }
  return /^(text\/html|application\/(json|xml|xhtml\+xml|problem\+json|vnd\.google\.protobuf)|image\/)/.test(
    type,
  )
    ? undefined
    : 'prometheus';
}

/** The format of a text without a `Content-Type`: only OpenMetrics ends in `# EOF`. */
export function detectFormat(text: string): ExpositionFormat {
  return /(^|\n)# EOF\s*$/.test(text) ? 'openmetrics' : 'prometheus';
}
