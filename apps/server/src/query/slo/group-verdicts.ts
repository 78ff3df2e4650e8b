import type { HealthNote, SloDefinition, SloVerdict, TierVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';

/** The last verdict on one group of an SLO, and when it was given. */
export type GroupVerdict = SloVerdict & { readonly evaluatedAt: number };

/** Verdicts are written at least every five minutes: a group that lags behind the others this much has no events any more. */
const VANISHED_AFTER_MS = 20 * 60_000;

/**
 * Rows of the groups that are still judged, the worst first.
 *
 * Before the first group of an SLO comes, its traffic is judged as one: that verdict says nothing any more once there are groups, and
 * neither do groups of a time when it had a group-by.
 */
export function currentRows(
  { groupBy }: Pick<SloDefinition, 'groupBy'>,
  rows: readonly VerdictRow[],
): VerdictRow[] {
  const named = groupBy !== null && rows.some(({ subject }) => subject !== '');
  const relevant = rows.filter(({ subject }) => (subject !== '') === named);
  const newest = Math.max(...relevant.map((row) => row.evaluatedAt));
  return relevant
    .filter((row) => newest - row.evaluatedAt <= VANISHED_AFTER_MS)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.budgetRemaining ?? 1) - (b.budgetRemaining ?? 1) ||
        a.subject.localeCompare(b.subject, 'en'),
    );
}

/**
 * Burning groups first. One that cannot be judged comes before those that are well, unless it merely has no events: a part of the
 * traffic that has gone would otherwise hide all others.
 */
function rank({ state, severity, document }: VerdictRow): number {
  if (state === 'breach') {
    return severity === 'page' ? 0 : 1;
  }
  return state === 'ok' ? 3 : document.includes('"frozenBecause":"no-events"') ? 4 : 2;
}

/** The verdict that a row holds. Rows of earlier versions lack fields; `null` when it holds no verdict at all. */
export function groupVerdictOf(row: VerdictRow): GroupVerdict | null {
  const stored = parsed(row.document);
  if (stored === null) {
    return null;
  }
  const { windowStart, windowEnd } = row;
  const coverage = 1;
  return {
    ...{ slo: row.rule, group: row.subject, reason: row.reason, sentence: '', frozenBecause: null },
    ...{ windowEnd, target: row.target ?? 0, sliValue: row.statistic, budgetRemaining: row.budgetRemaining },
    timeToExhaustionMs: null,
    state: 'frozen',
    ...stored,
    period: {
      ...{ from: windowStart, to: windowEnd, ms: windowEnd - windowStart, coverage },
      ...{ good: row.baselineSize, total: row.sampleSize },
      ...stored.period,
    },
    tiers: (stored.tiers ?? []).map((tier): TierVerdict => ({
      ...tier,
      coverage: tier.coverage ?? 1,
      and: tier.and ?? null,
    })),
    health: stored.health ?? [],
    evaluatedAt: row.evaluatedAt,
  };
}

/** What seems wrong with an SLO by any of its groups, each once. */
export function healthOf(rows: readonly VerdictRow[]): HealthNote[] {
  const notes = new Map<string, HealthNote>();
  for (const row of rows) {
    // Most have none, and a verdict is long.
    if (!row.document.includes('"health":[]')) {
      for (const note of groupVerdictOf(row)?.health ?? []) {
        notes.set(`${note.code} ${note.message}`, note);
      }
    }
  }
  return [...notes.values()];
}

type StoredVerdict = Partial<Omit<SloVerdict, 'tiers' | 'period'>> & {
  readonly tiers?: readonly (Omit<TierVerdict, 'coverage' | 'and'> & Partial<TierVerdict>)[];
  readonly period?: Partial<SloVerdict['period']>;
};

function parsed(document: string): StoredVerdict | null {
  try {
    const stored: unknown = JSON.parse(document);
    return typeof stored === 'object' && stored !== null ? stored : null;
  } catch {
    return null;
  }
}
