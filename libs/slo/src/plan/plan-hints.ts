import { formatDuration } from '@tidewatch/core';
import type { SloDefinition } from '../definition.js';
import type { Sli } from '../sli/sli-types.js';
import { planTable, type PlanCell } from './plan-table.js';

/**
 * Upper bounds that OpenTelemetry advises for histograms of durations in seconds (HTTP, RPC and database semantic conventions): what
 * services have that choose none themselves.
 */
const ADVISED_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** What comes on top of the closed form: the service reports, a slice ends, and the next evaluation comes, each within ten seconds. */
const DELAY_MS = 30_000;
/** Below this share of the budget left when the first page comes, there is little left to defend. */
const WORTH_DEFENDING = 0.5;
/** With fewer time slices in a short window, one bad slice is a large part of it. */
const SLICES_IN_SHORT_WINDOW = 3;

/** What seems unwise about an SLO, as far as that can be told without data; full sentences. */
export function planHints(
  slo: Pick<SloDefinition, 'name' | 'target' | 'periodMs' | 'budgeting' | 'members' | 'tiers'>,
): string[] {
  const foreign = slo.members.flatMap(({ sli }) => (sli.kind === 'foreign' ? [sli.sourceType] : []));
  if (foreign.length > 0) {
    return [
      `is not evaluable: its source is of type ${[...new Set(foreign)].join(', ')}, which Tidewatch does not read. It loads, and is never judged`,
    ];
  }
  return [...budgetHints(slo), ...sliceHints(slo), ...slo.members.flatMap(({ sli }) => boundHints(sli))];
}

function budgetHints(slo: Parameters<typeof planTable>[0]): string[] {
  const [outage] = planTable(slo, { errorRatios: [1] }).rows;
  const pages = (outage?.cells ?? []).filter(
    (cell, index): cell is PlanCell & { readonly firesAfterMs: number } =>
      slo.tiers[index]?.severity === 'page' && cell.firesAfterMs !== null,
  );
  const [first] = pages.sort((a, b) => a.firesAfterMs - b.firesAfterMs);
  const lasts = outage?.exhaustedAfterMs ?? null;
  if (
    first === undefined ||
    lasts === null ||
    first.firesAfterMs + DELAY_MS < lasts * (1 - WORTH_DEFENDING)
  ) {
    return [];
  }
  const seconds = (milliseconds: number): string => formatDuration(Math.round(milliseconds / 1_000) * 1_000);
  return [
    `has a budget of ${seconds(lasts)} of outage, and its first page (${first.tier}) comes after about ${seconds(first.firesAfterMs + DELAY_MS)}: little of it is left to defend then`,
  ];
}

function sliceHints({ budgeting, tiers }: Pick<SloDefinition, 'budgeting' | 'tiers'>): string[] {
  if (budgeting.method === 'Occurrences') {
    return [];
  }
  return tiers
    .filter(({ shortMs }) => shortMs < SLICES_IN_SHORT_WINDOW * budgeting.sliceMs)
    .map(
      ({ name, shortMs }) =>
        `has slices of ${formatDuration(budgeting.sliceMs)}, of which the short window of tier ${name} (${formatDuration(shortMs)}) holds ${holds(shortMs, budgeting.sliceMs)}: a single bad slice decides. Make the window longer or the slices shorter`,
    );
}

function holds(windowMs: number, sliceMs: number): string {
  const count = Math.floor(windowMs / sliceMs);
  return count === 0 ? 'none' : `only ${count}`;
}

function boundHints(sli: Sli): string[] {
  if (sli.kind !== 'latency' || !/duration|latency|time/.test(sli.histogram.metric) || sli.threshold > 10) {
    return [];
  }
  const { threshold } = sli;
  if (ADVISED_BOUNDS.includes(threshold)) {
    return [];
  }
  const below = ADVISED_BOUNDS.filter((bound) => bound < threshold).at(-1);
  return [
    `has the threshold ${threshold}, which is no bucket edge of histograms with OpenTelemetry's advised bounds: with explicit buckets, measurements above ${below ?? 0} would not count as good. Give ${sli.histogram.metric} a bucket that ends at ${threshold}, or send exponential histograms`,
  ];
}
