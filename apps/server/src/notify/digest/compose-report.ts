import { composeDigest, type Digest, type DigestPeriod, type DigestRule } from '@tidewatch/alerts';
import type { Report } from '@tidewatch/channels';
import type { Store } from '@tidewatch/store';
import { projectOfRule } from '../../evaluate/rule-project.js';

/** Reads the figures of a period and puts them into words. */
export async function composeFor(
  store: Pick<Store, 'digestFigures'>,
  rule: DigestRule,
  period: DigestPeriod,
): Promise<Digest> {
  const figures = await store.digestFigures.figures(projectOfRule(rule), period);
  return composeDigest(rule, period, figures);
}

/** Names one digest of one period: `weekly/2026-11-15T23:00:00.000Z`. */
export function digestId(rule: Pick<DigestRule, 'name'>, period: Pick<DigestPeriod, 'from'>): string {
  return `${rule.name}/${new Date(period.from).toISOString()}`;
}

/** A digest as channels send it. */
export function reportOf(
  digest: Digest,
  { id, consoleUrl, now }: { readonly id: string; readonly consoleUrl: string; readonly now: number },
): Report {
  return { id, ...digest, console: consoleUrl, attemptAt: now };
}
