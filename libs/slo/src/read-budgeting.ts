import { formatDuration } from '@tidewatch/core';
import { EMPTY_SLICES_ANNOTATION } from './annotations.js';
import type { Budgeting } from './budgeting.js';
import type { SloKindDocument } from './document.js';
import type { Findings } from './findings.js';
import type { Objective } from './objective.js';
import { readEmptySlices } from './read-annotations.js';
import type { Sli } from './sli/sli-types.js';
import { longestPeriodMs } from './time-window.js';

/** An objective, where it stands, and the SLI it speaks of; `null` when that is faulty. */
export interface PlacedObjective {
  readonly objective: Objective;
  readonly index: number;
  readonly sli: Sli | null;
}

const MINUTE_MS = 60_000;

/**
 * What the error budget of one definition is spent in; `null` after a fault.
 *
 * @param objectives those of the definition: one, or all of a composite, which must agree on their slices
 */
export function readBudgeting(
  { metadata, spec }: SloKindDocument,
  objectives: readonly [PlacedObjective, ...PlacedObjective[]],
  findings: Findings,
): Budgeting | null {
  const method = spec.budgetingMethod;
  checkValues(method, objectives, findings);
  const text = metadata.annotations[EMPTY_SLICES_ANNOTATION];
  const annotation = ['metadata', 'annotations', EMPTY_SLICES_ANNOTATION];
  if (method === 'Occurrences') {
    checkNoSlices(objectives, findings);
    if (text !== undefined) {
      findings.fault(annotation, 'needs budgetingMethod Timeslices or RatioTimeslices; leave it out');
    }
    return { method };
  }
  const reading = text === undefined ? null : readEmptySlices(text);
  for (const message of reading?.faults ?? []) {
    findings.fault(annotation, message);
  }
  const emptySlices = reading?.value ?? 'ignore';
  const sliceMs = readSliceLength(spec, objectives, findings);
  if (method === 'RatioTimeslices') {
    for (const { objective, index } of objectives) {
      if (objective.timeSliceTarget !== undefined) {
        const message =
          'belongs to budgetingMethod Timeslices; each slice counts with its own share here, so it means nothing: leave it out';
        findings.tolerate([...pathOf(index), 'timeSliceTarget'], message);
      }
    }
    return sliceMs === null ? null : { method, sliceMs, emptySlices };
  }
  const sliceTarget = readSliceTarget(objectives, findings);
  return sliceMs === null || sliceTarget === null ? null : { method, sliceMs, sliceTarget, emptySlices };
}

function pathOf(index: number): PropertyKey[] {
  return ['spec', 'objectives', index];
}

/** SLIs that yield a value and no events can only be judged slice by slice. */
function checkValues(
  method: Budgeting['method'],
  objectives: readonly PlacedObjective[],
  findings: Findings,
): void {
  const value = objectives.find(({ sli }) => sli !== null && isValueSli(sli))?.sli;
  if (value != null && method !== 'Timeslices') {
    const what =
      value.kind === 'gauge'
        ? 'a gauge'
        : value.kind === 'sql'
          ? 'a query for a value'
          : 'the mean of a field';
    findings.fault(
      ['spec', 'budgetingMethod'],
      `must be Timeslices, and is ${method}: ${what} yields one value for each time slice, and no events that could be counted`,
    );
  }
}

/** Whether an SLI yields one value per slice instead of events. */
export function isValueSli(sli: Sli): boolean {
  return (
    sli.kind === 'gauge' || sli.kind === 'sample-mean' || (sli.kind === 'sql' && sli.result.kind === 'value')
  );
}

function checkNoSlices(objectives: readonly PlacedObjective[], findings: Findings): void {
  for (const { objective, index } of objectives) {
    for (const key of ['timeSliceTarget', 'timeSliceWindow'] as const) {
      if (objective[key] !== undefined) {
        const message =
          'belongs to the Timeslices budgeting methods, and budgetingMethod is Occurrences; leave it out';
        findings.fault([...pathOf(index), key], message);
      }
    }
  }
}

function readSliceLength(
  { timeWindow }: SloKindDocument['spec'],
  objectives: readonly PlacedObjective[],
  findings: Findings,
): number | null {
  const first = objectives[0]?.objective.timeSliceWindow ?? null;
  for (const { objective, index } of objectives) {
    const path = [...pathOf(index), 'timeSliceWindow'];
    const sliceMs = objective.timeSliceWindow;
    if (sliceMs === undefined) {
      findings.fault(path, 'is missing; it must be the length of a time slice, such as 1m');
      return null;
    }
    if (sliceMs !== first) {
      findings.fault(
        path,
        'must be that of the first objective: a composite SLO is counted in one kind of slices',
      );
    }
    if (sliceMs % MINUTE_MS !== 0) {
      findings.extension(path, `is ${formatDuration(sliceMs)}, and durations of OpenSLO have no seconds`);
    }
    // Calendar periods begin and end by the clock; only the slices that lie in them whole or in part are looked at.
    const periodMs = longestPeriodMs(timeWindow);
    if (periodMs < sliceMs || (timeWindow.kind === 'rolling' && periodMs % sliceMs !== 0)) {
      const message = `is ${formatDuration(sliceMs)}, and the time window of ${formatDuration(periodMs)} is not made of whole slices of that length`;
      findings.fault(path, message);
    }
  }
  return first;
}

function readSliceTarget(objectives: readonly PlacedObjective[], findings: Findings): number | null {
  let target: number | null = null;
  for (const { objective, index, sli } of objectives) {
    const path = [...pathOf(index), 'timeSliceTarget'];
    const own = objective.timeSliceTarget;
    if (sli !== null && isValueSli(sli)) {
      if (own === undefined) {
        findings.tolerate(
          path,
          'is missing, and OpenSLO asks for it; a slice with one value is good or bad by op and value',
        );
      }
      continue;
    }
    if (own === undefined) {
      findings.fault(
        path,
        'is missing; it must be the share of good events from which a slice is good, such as 0.95',
      );
      return null;
    }
    if (target !== null && own !== target) {
      findings.fault(
        path,
        'must be that of the other objectives: a composite SLO has one limit for its slices',
      );
    }
    target ??= own;
  }
  return target ?? objectives[0]?.objective.timeSliceTarget ?? 1;
}
