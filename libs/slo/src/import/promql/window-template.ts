import { Refusal } from '../refusal.js';

/**
 * Stands for `{{.window}}` while a query is parsed: a duration that nobody writes, shorter than the template, so that
 * blanks after it keep all positions.
 */
export const WINDOW = '7919y';

const TEMPLATE = /\{\{-?\s*(.*?)\s*-?\}\}/gs;

/** Replaces each `{{.window}}` by a duration of the same length; other templates have no value here. */
export function fillWindow(query: string): string | Refusal {
  for (const [whole, name] of query.matchAll(TEMPLATE)) {
    if (name !== '.window') {
      return new Refusal(
        `holds the template ${whole}, which has no value here; only {{.window}} is known, so write out the others first`,
      );
    }
  }
  return query.replace(TEMPLATE, (whole) => WINDOW.padEnd(whole.length));
}
