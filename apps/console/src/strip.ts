import { formatBurn, formatCompactCount, formatQuantity, formatSpan } from './format.js';
import type { StripView } from './slo-detail-view.js';

/**
 * What a slice of time says. `good`: nothing bad. `some`: bad, but no more than the target allows. `bad`: more than it allows.
 * `heavy`: as much as makes the fastest tier fire.
 */
export type SliceLevel = 'none' | 'good' | 'some' | 'bad' | 'heavy';

const LEVELS: readonly SliceLevel[] = ['none', 'good', 'some', 'bad', 'heavy'];

/** The burn of the fastest tier of The Site Reliability Workbook, chapter 5. */
const USUAL_PAGE_BURN = 14.4;

/** What a strip is judged by. */
export interface StripGoal {
  /** Share of good events asked for. */
  target: number;
  /** Burn rate from which a slice is heavy. */
  heavyBurn: number;
}

/** What the strip of an SLO is judged by: its target, and its tier that takes the most to page. */
export function stripGoal(
  target: number,
  tiers: readonly { readonly severity: string; readonly threshold: number }[] = [],
): StripGoal {
  const pages = tiers.filter(({ severity }) => severity === 'page').map(({ threshold }) => threshold);
  return { target, heavyBurn: pages.length === 0 ? USUAL_PAGE_BURN : Math.max(...pages) };
}

/** How many times more than allowed was bad; `null` without events. */
export function sliceBurn(good: number, total: number, { target }: StripGoal): number | null {
  return total <= 0 ? null : Math.max(0, total - good) / total / (1 - target);
}

/** The level of a slice. The tolerance keeps a slice that is exactly at its target from being called bad. */
export function levelOf(good: number, total: number, goal: StripGoal): SliceLevel {
  const burn = sliceBurn(good, total, goal);
  if (burn === null) {
    return 'none';
  }
  if (burn === 0) {
    return 'good';
  }
  return burn <= 1 + 1e-9 ? 'some' : burn < goal.heavyBurn ? 'bad' : 'heavy';
}

/** One column of the drawing: the worst level of the slices in it. */
export interface StripColumn {
  from: number;
  to: number;
  level: SliceLevel;
}

/** Divides `range` into `count` columns, each as bad as the worst slice that begins in it. */
export function stripColumns(
  strip: StripView,
  goal: StripGoal,
  range: { from: number; to: number },
  count: number,
): StripColumn[] {
  const width = (range.to - range.from) / count;
  const columns = Array.from({ length: count }, (_, index): StripColumn => ({
    from: range.from + index * width,
    to: range.from + (index + 1) * width,
    level: 'none',
  }));
  for (const [start, good, total] of strip.slices) {
    const column = columns[Math.floor((start - range.from) / width)];
    const level = levelOf(good, total, goal);
    if (column !== undefined && LEVELS.indexOf(level) > LEVELS.indexOf(column.level)) {
      column.level = level;
    }
  }
  return columns;
}

/** Bad slices next to each other. */
export interface BadStretch {
  from: number;
  to: number;
  bad: number;
  total: number;
}

/** The stretches of bad slices, the worst by bad events first. One slice that is better does not part two stretches. */
export function badStretches(strip: StripView, goal: StripGoal): BadStretch[] {
  const stretches: BadStretch[] = [];
  for (const [start, good, total] of strip.slices) {
    if (!isBad(levelOf(good, total, goal))) {
      continue;
    }
    const last = stretches.at(-1);
    const end = start + strip.resolutionMs;
    if (last !== undefined && start - last.to <= strip.resolutionMs) {
      last.to = end;
      last.bad += total - good;
      last.total += total;
    } else {
      stretches.push({ from: start, to: end, bad: total - good, total });
    }
  }
  return stretches.sort((a, b) => b.bad - a.bad || a.from - b.from);
}

/** `14 bad minutes of 1,212 with events`. */
export function stripSummary(strip: StripView, goal: StripGoal, unit: 'event' | 'slice' = 'event'): string {
  const bad = strip.slices.filter(([, good, total]) => isBad(levelOf(good, total, goal))).length;
  const known = strip.slices.filter(([, , total]) => total > 0).length;
  const each = sliceName(strip.resolutionMs);
  if (known === 0) {
    return `no ${unit === 'event' ? 'events' : 'slices'}`;
  }
  return `${bad === 0 ? `no bad ${each}` : formatQuantity(bad, `bad ${each}`)} of ${formatCompactCount(known)} with events`;
}

/** `10 min, 120 of 3,000 bad (40×)`. */
export function stretchText({ from, to, bad, total }: BadStretch, goal: StripGoal): string {
  const burn = formatBurn(sliceBurn(total - bad, total, goal));
  const count = Number.isInteger(bad) ? formatCompactCount(bad) : bad.toFixed(1);
  return `${formatSpan(to - from)}, ${count} of ${formatCompactCount(total)} bad (${burn})`;
}

function isBad(level: SliceLevel): boolean {
  return level === 'bad' || level === 'heavy';
}

function sliceName(resolutionMs: number): string {
  return resolutionMs === 60_000 ? 'minute' : resolutionMs === 3_600_000 ? 'hour' : 'slice';
}
