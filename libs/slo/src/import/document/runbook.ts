import type { RawMap } from '../raw-value.js';

const NAMES = ['runbook', 'runbook_url', 'runbookUrl', 'runbookURL', 'runbook-url'];

/** The address of what to do about an SLO, and what a person should know about it. */
export interface Runbook {
  /** `''` when none is known. */
  readonly address: string;
  readonly notes: readonly string[];
}

/**
 * The first usable address among annotations, else one made of `prefix` and the name.
 *
 * @param annotations maps in order of preference; their names have no prefix
 */
export function findRunbook(
  annotations: readonly RawMap[],
  prefix: string | undefined,
  name: string,
): Runbook {
  const found = annotations
    .flatMap((map) => NAMES.map((key) => map[key]))
    .filter((value) => typeof value === 'string' && value !== '');
  const address = found.find((value): value is string => typeof value === 'string' && isWebAddress(value));
  if (address !== undefined) {
    return { address, notes: [] };
  }
  const notes = found
    .slice(0, 1)
    .map((value) => `the runbook ${String(value)} is left out: it is no http or https address`);
  if (prefix === undefined || prefix === '') {
    return { address: '', notes };
  }
  return { address: /[/=#]$/.test(prefix) ? `${prefix}${name}` : `${prefix}/${name}`, notes };
}

/** Templates are filled in by Prometheus alone, so what holds one leads nowhere. */
function isWebAddress(text: string): boolean {
  return !text.includes('{{') && URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
