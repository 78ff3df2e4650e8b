import type { TimeRange } from '@tidewatch/core';
import type { FalseAlarmBudget } from '../rule/rule-fields.js';
import { decideRun, runAlpha, type Decision, type PreviousDecision } from './decide.js';
import { limitsText } from './limits-text.js';
import type { Verdict } from './verdict.js';

/** What was measured of one thing. */
export interface Measurement {
  /** The effect: larger is worse. */
  readonly statistic: number;
  /** Ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  /** Law of the p-value, such as `exact`. */
  readonly method: string;
  readonly minimumEffect: number;
}

/** One thing that a monitor looked at, before anything is decided. */
export interface Finding {
  /** Unique within the monitor and stable: it is stored. */
  readonly subject: string;
  /** For people: `age, missing`. */
  readonly title: string;
  /** What was looked at, the part of the verdict's method before the law: `missing`. */
  readonly measure: string;
  readonly effectName: string;
  readonly n: number;
  readonly m: number;
  /** `null` when there is too little to judge by; `finding` says what. */
  readonly measured: Measurement | null;
  /**
   * Whether it is certain by itself: two checksums are two checksums. Such a finding is no test: it takes no part of the
   * false-alarm budget and need not last.
   */
  readonly certain: boolean;
  /** Whether it compares with the baseline of the run. */
  readonly compared: boolean;
  /** A sentence without its full stop. */
  readonly finding: string;
  /** Whether looking failed; `finding` says how. */
  readonly failed?: boolean;
}

/** What the findings of one run are decided by. */
export interface FindingsRun {
  readonly monitor: {
    readonly falseAlarmBudget: FalseAlarmBudget;
    readonly everyMs: number;
    readonly holdMs: number;
  };
  readonly window: TimeRange;
  /** `null` while there is none. */
  readonly baseline: { readonly name: string; readonly version: number } | null;
  readonly previous: ReadonlyMap<string, PreviousDecision>;
  readonly revised: boolean;
}

/** A verdict with its title. */
export type TitledVerdict = Verdict & { readonly title: string };

/** Decides about the findings of a run together, in their order. Tests share the budget and must last; facts stand alone. */
export function judgeFindings(run: FindingsRun, findings: readonly Finding[]): TitledVerdict[] {
  const { monitor } = run;
  const verdicts = new Map<Finding, TitledVerdict>();
  const decide = (chosen: readonly Finding[], holdMs: number): void => {
    const outcomes = chosen.map(({ subject, measured }) => ({
      subject,
      pValue: measured!.pValue,
      effectLow: measured!.low,
      minimumEffect: measured!.minimumEffect,
    }));
    const alpha = runAlpha(monitor);
    const limits = { alpha, tests: chosen.length, windowEnd: run.window.to, holdMs };
    const decisions = decideRun(outcomes, { ...limits, everyMs: monitor.everyMs, previous: run.previous });
    chosen.forEach((finding, index) =>
      verdicts.set(finding, judged(run, finding, decisions[index]!, limits)),
    );
  };
  const measured = findings.filter((finding) => finding.measured !== null);
  decide(
    measured.filter(({ certain }) => certain),
    0,
  );
  decide(
    measured.filter(({ certain }) => !certain),
    monitor.holdMs,
  );
  return findings.map((finding) => verdicts.get(finding) ?? unjudged(run, finding));
}

function judged(
  run: FindingsRun,
  finding: Finding,
  decision: Decision,
  limits: Parameters<typeof limitsText>[0],
): TitledVerdict {
  const { statistic, low, high, pValue, method, minimumEffect } = finding.measured!;
  const sentence = finding.certain
    ? finding.finding
    : `${finding.finding}; ${limitsText(limits, decision, { pValue, minimumEffect })}`;
  return {
    ...about(run, finding),
    state: decision.state,
    reason: `${capitalised(sentence)}.`,
    method: `${finding.measure}/${method}`,
    statistic,
    statisticLow: low,
    // JSON has no Infinity.
    statisticHigh: Number.isFinite(high) ? high : null,
    pValue,
    pAdjusted: decision.pAdjusted,
    minimumEffect,
    conditions: decision.conditions,
    since: decision.since,
  };
}

function unjudged(run: FindingsRun, finding: Finding): TitledVerdict {
  return {
    ...about(run, finding),
    state: finding.failed === true ? 'error' : 'not-enough-data',
    reason: `${capitalised(finding.finding)}.`,
    method: finding.measure,
    statistic: null,
    statisticLow: null,
    statisticHigh: null,
    pValue: null,
    pAdjusted: null,
    minimumEffect: 0,
    conditions: { significant: null, large: null, held: null },
    since: null,
  };
}

function about(run: FindingsRun, { subject, title, effectName, n, m, compared }: Finding) {
  const baseline = compared ? run.baseline : null;
  return {
    subject,
    title,
    effectName,
    n,
    m,
    alpha: runAlpha(run.monitor),
    baseline: baseline?.name ?? '',
    baselineVersion: baseline?.version ?? 0,
    window: run.window,
    revised: run.revised,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
