import type { CanaryPlan, IncidentKey, Signal, SignalEvidence } from '@tidewatch/alerts';
import {
  monitorMeaning,
  planCanary,
  titleOf,
  type FalseAlarmBudget,
  type MeaningfulVerdict,
  type MonitorSummary,
  type SummarisedVerdict,
} from '@tidewatch/drift';
import type { ScheduledMonitor } from './monitor-runner.js';
import { keyOfRule, speaksIn, type RulePlace } from './rule-key.js';
import { ruleFields } from './signal-evidence.js';
import type { VersionsInUse } from './versions-in-use.js';

/** Name of a monitor inside an incident. Stable: it is stored. */
export function monitorMember(monitor: { readonly kind: string; readonly name: string }): string {
  return `${monitor.kind}/${monitor.name}`;
}

/** What telling whether a monitor still speaks in an incident asks of it. */
type KnownMonitor = Pick<ScheduledMonitor, 'kind' | 'name' | 'labels' | 'population'>;

/** Whether `member` speaks for a monitor that is in force, and in the incident of `key`. */
export function isMonitorMember(
  member: string,
  key: IncidentKey,
  monitors: readonly KnownMonitor[],
): boolean {
  return monitors.some((monitor) => monitorMember(monitor) === member && speaksIn(key, placeOf(monitor)));
}

function placeOf({ labels, population }: Pick<KnownMonitor, 'labels' | 'population'>): RulePlace {
  const { service, region, model } = population;
  return { labels, service, region, model };
}

/** What one run of a monitor concluded. */
export interface MonitorRun {
  readonly summary: MonitorSummary;
  readonly verdicts: readonly (SummarisedVerdict & MeaningfulVerdict)[];
  readonly versions: VersionsInUse;
}

/** One signal per monitor: fifty drifting features are one ticket. */
export function monitorSignal(monitor: ScheduledMonitor, run: MonitorRun, now: number): Signal {
  const { summary, verdicts, versions } = run;
  const alarms = verdicts.filter(({ state }) => state === 'alarm');
  return {
    key: keyOfRule(placeOf(monitor)),
    member: monitorMember(monitor),
    kind: monitor.kind,
    rule: monitor.name,
    tier: '',
    ...monitorMeaning(monitor, alarms),
    condition: conditionOf(summary),
    at: now,
    summary: `${monitor.name}: ${summary.headline}`,
    facts: {
      Monitor: monitor.name,
      Model: monitor.population.model,
      ...(versions.stable === '' ? {} : { Version: versions.stable }),
      ...alarmFacts(summary),
      Explanation: summary.reason,
    },
    ...ruleFields(monitor, summary.state === 'alarm' ? alarmEvidence(monitor, run) : {}),
    raisedBy: monitor.raiseWith ?? [],
  };
}

function conditionOf({ state }: MonitorSummary): Signal['condition'] {
  return state === 'alarm' ? 'firing' : state === 'ok' || state === 'watch' ? 'ok' : 'unknown';
}

/** The numbers of the largest effect by name, for channels that show fields. */
function alarmFacts({ state, top: [worst] }: MonitorSummary): Record<string, string> {
  if (state !== 'alarm' || worst === undefined) {
    return {};
  }
  const number = (value: number | null): string =>
    value === null ? 'unknown' : Number(value.toPrecision(3)).toString();
  return {
    Feature: titleOf(worst),
    Segment: segmentOf(worst),
    Effect: `${number(worst.statistic)} (95 % interval ${number(worst.statisticLow)} to ${number(worst.statisticHigh)}), ${worst.effectName}`,
    Baseline: `${worst.baseline}${worst.baselineVersion === 0 ? '' : ` version ${worst.baselineVersion}`}`,
    'p and alpha': `${number(worst.pAdjusted)} below ${number(worst.alpha)}`,
  };
}

function segmentOf(verdict: SummarisedVerdict): string {
  return verdict.explanation?.smallest?.segment ?? (verdict.segment ? verdict.segment : 'all samples');
}

function alarmEvidence(
  monitor: ScheduledMonitor,
  { summary: { top }, verdicts, versions }: MonitorRun,
): Partial<SignalEvidence> {
  const [worst] = top;
  return worst === undefined
    ? {}
    : {
        sampleSet: sampleSet(monitor, worst),
        canaryPlan: drifts(monitor) ? trial(monitor, worst, verdicts, versions) : null,
      };
}

/** A monitor of drift: what it finds is answered with another version. */
type DriftingMonitor = ScheduledMonitor & { readonly falseAlarmBudget: FalseAlarmBudget };

function drifts(monitor: ScheduledMonitor): monitor is DriftingMonitor {
  return (
    (monitor.kind === 'DriftMonitor' || monitor.kind === 'EmbeddingMonitor') &&
    monitor.falseAlarmBudget !== undefined
  );
}

function trial(
  monitor: DriftingMonitor,
  worst: SummarisedVerdict,
  verdicts: MonitorRun['verdicts'],
  versions: VersionsInUse,
): CanaryPlan | null {
  // A feature that many samples lack has fewer values than the window has samples.
  const samples = Math.max(0, ...verdicts.map(({ n }) => n));
  return planCanary({ monitor, samples, minimumEffect: worst.minimumEffect, ...versions });
}

/** Names the samples of an alarm so that somebody, or an action, can fetch them: `ranker-inputs: all samples of ranker, …`. */
function sampleSet({ name, population }: ScheduledMonitor, worst: SummarisedVerdict): string {
  const { window, since } = worst;
  const from = Math.min(window.from, (since ?? window.to) - (window.to - window.from));
  const place = [population.model, population.service, population.region].filter((part) => part !== '');
  return `monitor ${name}, ${segmentOf(worst)} of ${place.join(', ')}, ${minuteText(from)} to ${minuteText(window.to)} UTC`;
}

function minuteText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
