import type { Budgeting, FrozenCause, SloView, TierVerdict } from './api.js';
import { formatBurn, formatCompactCount, formatTarget, formatWindow } from './format.js';
import type { CorrectionCategory, CorrectionEffect, PolicyStep } from './slo-detail-view.js';

/** What the state of an SLO that cannot be judged is called. */
export function frozenLabel(cause: FrozenCause | null): string {
  switch (cause) {
    case 'no-events':
      return 'No traffic';
    case 'contradiction':
      return 'Contradictory';
    case 'coverage':
      return 'Counting';
    case 'stale':
      return 'Data stopped';
    case 'not-evaluable':
      return 'Not evaluable';
    case null:
      return 'No data';
  }
}

/** Whether a health note tells of something that ends by itself. */
export function isPassing(code: string): boolean {
  return code === 'backfilling';
}

/** What an SLO is called. */
export function sloTitle({ name, displayName }: Pick<SloView, 'name' | 'displayName'>): string {
  return displayName === '' ? name : displayName;
}

/** What is good or bad: `event`, or `slice` for a budget of time. */
export function budgetUnit(budgeting: Budgeting): 'event' | 'slice' {
  return budgeting === 'Occurrences' ? 'event' : 'slice';
}

/** The name of a group for reading: `region="eu-1",tenant="a"` is `region eu-1 · tenant a`. */
export function groupTitle(group: string): string {
  if (group === '') {
    return 'all traffic';
  }
  const labels = [...group.matchAll(/([^=,"]+)=("(?:[^"\\]|\\.)*")/g)].map(([, label, value]) => {
    const text = JSON.parse(value ?? '""') as string;
    return `${label ?? ''} ${text === '' ? '(none)' : text}`;
  });
  return labels.length === 0 ? (group === '(other)' ? 'all other groups' : group) : labels.join(' · ');
}

/** How much was bad: `12 of 30 k`. Shares of slices have a decimal. */
export function badText({ badEvents, totalEvents }: Pick<TierVerdict, 'badEvents' | 'totalEvents'>): string {
  const bad = Number.isInteger(badEvents) ? formatCompactCount(badEvents) : badEvents.toFixed(1);
  return `${bad} of ${formatCompactCount(totalEvents)}`;
}

/** A burn rate with its window: `0.4× over 1h`. */
export function burnText(burn: number | null, windowMs: number): string {
  return `${formatBurn(burn)} over ${formatWindow(windowMs)}`;
}

/** What a step of an error budget policy does: `At 75% spent: open a ticket`. */
export function stepText({ spent, action }: PolicyStep): string {
  const what = {
    ticket: 'open a ticket',
    message: "tell the owner's receiver",
    freeze: 'freeze releases',
  }[action];
  return `At ${formatTarget(spent)} spent: ${what}`;
}

/** The categories of corrections, in the order of the form. */
export const CATEGORY_WORDS: Readonly<Record<CorrectionCategory, string>> = {
  'planned-maintenance': 'Planned maintenance',
  'outside-business-hours': 'Outside business hours',
  deployment: 'Deployment',
  'false-data': 'False data',
  other: 'Other',
};

/** What a correction does, in the order of the form. */
export const EFFECT_WORDS: Readonly<Record<CorrectionEffect, string>> = {
  'count-as-good': 'count all as good',
  remove: 'leave out',
};

/** The burn over the shortest long window that has events: what the sentence of an SLO speaks of. */
export function presentBurn(tiers: readonly TierVerdict[]): number | null {
  const known = tiers.filter((tier) => tier.longBurn !== null).sort((a, b) => a.longMs - b.longMs);
  return known[0]?.longBurn ?? null;
}
