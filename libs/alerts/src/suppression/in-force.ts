import { occurrencesOf } from '@tidewatch/core';
import { compileMatchers, type LabelTest } from '../matcher/compile-matchers.js';
import type { Matcher } from '../matcher/matcher.js';
import type { MaintenanceWindow, Silence, Suppression, SuppressionSources, WarmUp } from './suppression.js';

/** A silence or a window that holds now. */
export interface Holding {
  readonly matches: LabelTest;
  readonly matchers: readonly Matcher[];
  readonly suppression: Suppression;
  readonly comment: string;
  /** Empty for a window. */
  readonly createdBy: string;
}

/** A deployment that is fresh now. */
export interface Warming {
  readonly warmUp: WarmUp;
  readonly suppression: Suppression;
}

/** Everything that holds from `from` until before `to`, ms. Each list begins with what ends last. */
export interface InForce {
  readonly from: number;
  readonly to: number;
  readonly silences: readonly Holding[];
  readonly windows: readonly Holding[];
  readonly warmUps: readonly Warming[];
  readonly warmUpsByService: ReadonlyMap<string, readonly Warming[]>;
  readonly warmUpsByModel: ReadonlyMap<string, readonly Warming[]>;
}

/** For at most this long one answer is kept; windows are not looked at further ahead. */
const KEPT_MS = 60_000;
const known = new WeakMap<SuppressionSources, InForce>();

/**
 * What holds at `at`, whatever it matches.
 *
 * @param sources the same object for as long as nothing in it changes: what holds is worked out once until something
 *   begins or ends
 */
export function inForceAt(sources: SuppressionSources, at: number): InForce {
  let found = known.get(sources);
  if (found === undefined || at < found.from || at >= found.to) {
    found = workOut(sources, at);
    known.set(sources, found);
  }
  return found;
}

function workOut(sources: SuppressionSources, at: number): InForce {
  const edges: number[] = [];
  const holdsNow = (from: number, to: number): boolean => {
    edges.push(from, to);
    return from <= at && at < to;
  };
  const silences = sources.silences
    .filter((silence) => holdsNow(silence.startsAt, endOf(silence)))
    .map(silenceHolding);
  const windows = sources.windows.flatMap((window) => {
    const current = occurrencesOf(window, { from: at, to: at + KEPT_MS }).filter(({ from, to }) =>
      holdsNow(from, to),
    );
    return current.length === 0 ? [] : windowHolding(window, Math.max(...current.map(({ to }) => to)));
  });
  const warmUps = sources.warmUps
    .filter((warmUp) => holdsNow(warmUp.at, warmUp.at + sources.warmUpMs))
    .map((warmUp) => warming(warmUp, warmUp.at + sources.warmUpMs))
    .sort(laterEndFirst);
  return {
    from: at,
    to: edges.reduce((first, edge) => (edge > at && edge < first ? edge : first), at + KEPT_MS),
    silences: silences.sort(laterEndFirst),
    windows: windows.sort(laterEndFirst),
    warmUps,
    warmUpsByService: groupedBy(warmUps, 'service'),
    warmUpsByModel: groupedBy(warmUps, 'model'),
  };
}

/** A silence that was taken back ended then. */
function endOf({ endsAt, withdrawnAt }: Silence): number {
  return withdrawnAt === null ? endsAt : Math.min(endsAt, withdrawnAt);
}

/** Order of what suppresses: what ends last comes first. */
export function laterEndFirst(
  a: { readonly suppression: Suppression },
  b: { readonly suppression: Suppression },
): number {
  return b.suppression.until - a.suppression.until;
}

function silenceHolding(silence: Silence): Holding {
  const until = endOf(silence);
  const { id, matchers, comment, createdBy } = silence;
  return {
    matches: compileMatchers(matchers),
    suppression: {
      kind: 'silence',
      id,
      reason: `Silenced by ${createdBy} until ${timeText(until)}: ${comment}`,
      until,
    },
    ...{ matchers, comment, createdBy },
  };
}

function windowHolding({ name, matchers, comment }: MaintenanceWindow, until: number): Holding {
  return {
    matches: compileMatchers(matchers),
    suppression: {
      kind: 'maintenance',
      id: name,
      reason: `In the maintenance window ${name} until ${timeText(until)}: ${comment}`,
      until,
    },
    ...{ matchers, comment, createdBy: '' },
  };
}

function warming(warmUp: WarmUp, until: number): Warming {
  const { deploymentId, service, model } = warmUp;
  const what = [service, model].filter((name) => name !== '').join(', ');
  return {
    warmUp,
    suppression: {
      kind: 'deployment',
      id: deploymentId,
      reason: `Warming up after deployment ${deploymentId} of ${what} until ${timeText(until)}`,
      until,
    },
  };
}

/** Nothing is deployed under the empty name. */
function groupedBy(warmUps: readonly Warming[], key: 'service' | 'model'): Map<string, Warming[]> {
  const groups = new Map<string, Warming[]>();
  for (const each of warmUps) {
    const name = each.warmUp[key];
    const group = groups.get(name);
    if (group !== undefined) {
      group.push(each);
    } else if (name !== '') {
      groups.set(name, [each]);
    }
  }
  return groups;
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
