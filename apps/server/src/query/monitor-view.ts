import {
  describeBaseline,
  SUMMARY_WORDS,
  summariseMonitor,
  titleOf,
  type Monitor,
  type MonitorVerdict,
} from '@tidewatch/drift';
import type { VerdictRow } from '@tidewatch/store';

/** One monitor as the console shows it, with the worst verdicts of its last run. */
export interface MonitorView {
  readonly name: string;
  readonly kind: string;
  readonly model: string;
  readonly service: string;
  readonly region: string;
  readonly owner: string;
  readonly runbook: string;
  readonly windowMs: number;
  readonly everyMs: number;
  readonly holdMs: number;
  readonly falseAlarmBudget: { readonly count: number; readonly periodMs: number };
  readonly severity: string;
  readonly baseline: string;
  readonly state: string;
  readonly reason: string;
  readonly evaluatedAt: number | null;
  /** The worst first, at most {@link SHOWN}. */
  readonly verdicts: readonly VerdictView[];
  readonly verdictsTotal: number;
}

/** A verdict with what a reader calls it and what can be plotted of it. */
export type VerdictView = MonitorVerdict & {
  readonly title: string;
  readonly plot: { readonly variable: string; readonly segment: string } | null;
};

const SHOWN = 50;
const RANK = ['alarm', 'error', 'watch', 'not-enough-data', 'ok'];

/** A monitor with what its last run said. */
export function monitorView(monitor: Monitor, rows: readonly VerdictRow[]): MonitorView {
  const evaluatedAt = rows.length === 0 ? null : Math.max(...rows.map((row) => row.evaluatedAt));
  // Variables that vanished keep an old last verdict; only the latest window describes the monitor.
  const windowEnd = Math.max(...rows.map((row) => row.windowEnd));
  const verdicts = rows.filter((row) => row.windowEnd === windowEnd).map(verdictOf);
  const summary = summariseMonitor(verdicts, SUMMARY_WORDS[monitor.kind]);
  const worstFirst = [...verdicts].sort(
    (a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state) || (b.statistic ?? -1) - (a.statistic ?? -1),
  );
  const { service, region, model } = monitor.population;
  const { name, kind, owner, runbook, windowMs, everyMs, holdMs, falseAlarmBudget, severity } = monitor;
  return {
    ...{ name, kind, model, service, region, owner, runbook },
    ...{ windowMs, everyMs, holdMs, falseAlarmBudget, severity },
    baseline: monitor.baseline === null ? '' : describeBaseline(monitor.baseline),
    state: summary.state,
    reason: summary.reason,
    evaluatedAt,
    verdicts: worstFirst.slice(0, SHOWN).map(verdictView),
    verdictsTotal: verdicts.length,
  };
}

/** The verdict that a row holds. */
export function verdictOf(row: VerdictRow): MonitorVerdict {
  return JSON.parse(row.document) as MonitorVerdict;
}

/** A verdict for the reader. */
export function verdictView(verdict: MonitorVerdict): VerdictView {
  const { variable, segment, statistic } = verdict;
  const plot = statistic === null || variable === '' ? null : { variable, segment };
  if ('test' in verdict) {
    const title = verdict.test === 'missing' ? `${titleOf(verdict)}, missing` : titleOf(verdict);
    return { ...verdict, title, plot: verdict.test === 'none' ? null : { variable, segment } };
  }
  // A feature that came or went has no distribution on one side.
  return { ...verdict, plot: 'check' in verdict && verdict.check === 'schema' ? null : plot };
}
