import { formatDuration } from '@tidewatch/core';
import { measuresOf } from '../condition/evaluate-condition.js';
import { groupsOf, valueOfGroup, type MeasuredGroups } from '../condition/measured-groups.js';
import type { MeasureRequest } from '../condition/measured-value.js';
import { OVERFLOW_GROUP } from '../definition.js';
import { judgeMetricMonitor } from './judge-metric-monitor.js';
import type { MetricMonitor } from './metric-monitor.js';
import type { MetricMonitorVerdict } from './metric-monitor-verdict.js';

/** A group that has fallen silent is waited for this long, and a day when it has an alarm. */
const SILENT_MS = 15 * 60_000;
const SILENT_ALARM_MS = 24 * 3_600_000;

/** What all groups of a monitor are judged by. */
export interface MonitorEvidence {
  readonly monitor: MetricMonitor;
  /** The values of {@link measuresOfMonitor}; without any the metrics could not be read. */
  readonly measured: MeasuredGroups;
  /** Why nothing could be read; absent when it could. */
  readonly error?: string;
  /** The verdicts before, by group. */
  readonly previous: ReadonlyMap<string, MetricMonitorVerdict>;
  readonly sloBurning: boolean;
  readonly windowEnd: number;
}

/** The numbers a monitor needs, each once. */
export function measuresOfMonitor({ levels }: Pick<MetricMonitor, 'levels'>): MeasureRequest[] {
  return measuresOf(...levels.map((level) => level.when));
}

/**
 * Judges a monitor for every group, sorted by group.
 *
 * Groups beyond the limit are not judged, and one verdict says how many they are; groups that were judged before keep
 * their place. A group that has fallen silent is judged `not-enough-data` for a quarter of an hour, with an alarm for a
 * day; then a last verdict `ok` without levels lets go of it.
 */
export function judgeGroups(evidence: MonitorEvidence): MetricMonitorVerdict[] {
  const { monitor, measured, previous, windowEnd } = evidence;
  const labels = monitor.groupBy?.labels ?? [];
  const present = groupsOf(measured, measuresOfMonitor(monitor), labels);
  const silent = [...previous.values()].filter(
    ({ group, levels }) =>
      !present.includes(group) && levels.length > 0 && (group !== '' || labels.length === 0),
  );
  const kept = silent.filter((verdict) => windowEnd - silentSince(verdict) < waitFor(verdict));
  const known = present.filter((group) => previous.has(group));
  const fresh = present.filter((group) => !previous.has(group));
  const limit = monitor.groupBy?.limit ?? 1;
  const judged = [...known, ...fresh].slice(0, limit);
  const groups = [...judged, ...kept.map(({ group }) => group)];
  const verdicts = (groups.length === 0 ? [''] : groups).map((group) =>
    judgeMetricMonitor({
      monitor,
      group,
      windowEnd,
      valueOf: valueOfGroup(measured, labels, group),
      sloBurning: evidence.sloBurning,
      previous: previous.get(group) ?? null,
      ...(evidence.error === undefined ? {} : { error: evidence.error }),
    }),
  );
  const gone = silent.filter((verdict) => !kept.includes(verdict));
  const beyond = present.length - judged.length;
  return [
    ...verdicts,
    ...gone.map((verdict) => farewell(verdict, windowEnd)),
    ...(beyond > 0 ? [overflow(evidence, beyond, limit)] : []),
  ].sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}

function isActive({ levels }: MetricMonitorVerdict): boolean {
  return levels.some((level) => level.active);
}

function silentSince({ state, since, windowEnd }: MetricMonitorVerdict): number {
  return state === 'not-enough-data' ? since : windowEnd;
}

function waitFor(verdict: MetricMonitorVerdict): number {
  return isActive(verdict) ? SILENT_ALARM_MS : SILENT_MS;
}

function farewell(verdict: MetricMonitorVerdict, windowEnd: number): MetricMonitorVerdict {
  return {
    ...verdict,
    windowEnd,
    state: 'ok',
    level: null,
    severity: '',
    since: windowEnd,
    condition: 'ok',
    reason: `Nothing has been heard of this group for ${formatDuration(waitFor(verdict))}; it is judged no more.`,
    levels: [],
  };
}

function overflow(
  { monitor, previous, windowEnd }: MonitorEvidence,
  beyond: number,
  limit: number,
): MetricMonitorVerdict {
  return {
    monitor: monitor.name,
    group: OVERFLOW_GROUP,
    windowEnd,
    state: 'error',
    level: null,
    severity: '',
    since: previous.get(OVERFLOW_GROUP)?.since ?? windowEnd,
    condition: 'unknown',
    reason: `${beyond} more groups than the limit of ${limit} are not judged. Raise groupBy.limit, or narrow match.`,
    levels: [],
  };
}
