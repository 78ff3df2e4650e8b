import { errorMessage } from '@tidewatch/core';
import { decideRun, runAlpha, type Decision } from '../verdict/decide.js';
import { limitsText } from '../verdict/limits-text.js';
import type { CheckFinding, QualityCheck } from './check-finding.js';
import { qualityChecks } from './checks/index.js';
import type { QualityInput } from './quality-input.js';
import type { QualityCheckName, QualityChecks } from './quality-monitor.js';
import type { QualityVerdict } from './quality-verdict.js';

/** A finding and the check that made it. */
interface Found {
  readonly check: QualityCheck;
  readonly finding: CheckFinding;
}

/** A finding that was measured, decided on, and what it was held to. */
interface Judged extends Found {
  readonly decision: Decision;
  readonly alpha: number;
  readonly tests: number;
  readonly holdMs: number;
}

/**
 * Judges one window of a quality monitor: every check that is switched on looks at what was counted; tests share the
 * false-alarm budget and must last, facts stand by themselves.
 *
 * Never throws: a check that fails, or whose data could not be read, is one verdict `error`, and the others are judged.
 */
export function judgeQuality(input: QualityInput): QualityVerdict[] {
  const { monitor, window, previous } = input;
  const results = (Object.keys(qualityChecks) as QualityCheckName[]).map((name) => run(input, name));
  const found = results.flatMap((result) => ('found' in result ? result.found : []));
  const errors = results.flatMap((result) => ('failed' in result ? [result.failed] : []));
  const measured = found.filter(({ finding }) => finding.measured !== null);
  const decide = (chosen: readonly Found[], limits: { alpha: number; holdMs: number }): Judged[] => {
    const outcomes = chosen.map(({ check, finding }) => ({
      subject: subjectOf(check.name, finding),
      pValue: finding.measured!.pValue,
      effectLow: finding.measured!.low,
      minimumEffect: finding.measured!.minimumEffect,
    }));
    const rule = { ...limits, everyMs: monitor.everyMs, windowEnd: window.to, previous };
    const decisions = decideRun(outcomes, rule);
    return chosen.map((each, index) => ({
      ...each,
      ...limits,
      decision: decisions[index]!,
      tests: chosen.length,
    }));
  };
  const alpha = runAlpha(monitor);
  const tests = measured.filter(({ finding }) => !finding.certain);
  const facts = measured.filter(({ finding }) => finding.certain);
  return [
    ...decide(facts, { alpha, holdMs: 0 }).map((judged) => judgedVerdict(input, judged)),
    ...decide(tests, { alpha, holdMs: monitor.holdMs }).map((judged) => judgedVerdict(input, judged)),
    ...found
      .filter(({ finding }) => finding.measured === null)
      .map(({ check, finding }) => unjudgedVerdict(input, check, finding)),
    ...errors,
  ];
}

type Outcome = { readonly found: Found[] } | { readonly failed: QualityVerdict };

function run<Name extends QualityCheckName>(input: QualityInput, name: Name): Outcome {
  const check = qualityChecks[name];
  const settings: QualityChecks[Name] = input.monitor.checks[name];
  const failure = input.failures[name];
  if (settings === null) {
    return { found: [] };
  }
  if (failure !== undefined) {
    return { failed: failedVerdict(input, check, failure) };
  }
  if (check.needsBaseline && input.baseline === null) {
    return { found: [{ check, finding: withoutBaseline(check) }] };
  }
  try {
    const findings = check.find(input, settings);
    return { found: findings.map((finding) => ({ check, finding })) };
  } catch (error) {
    return { failed: failedVerdict(input, check, errorMessage(error)) };
  }
}

/** Names a finding: `missing/age{region=eu-1}`, `silent/camera_id=7`. Stable: it is stored. */
function subjectOf(check: QualityCheckName, { variable, segment, about }: CheckFinding): string {
  const what = [variable, about].filter((part) => part !== '').join(':');
  return `${check}/${what === '' ? 'samples' : what}${segment === '' ? '' : `{${segment}}`}`;
}

function judgedVerdict(input: QualityInput, judged: Judged): QualityVerdict {
  const { check, finding, decision, alpha, tests, holdMs } = judged;
  const { statistic, low, high, pValue, method, minimumEffect } = finding.measured!;
  const limits = { alpha, tests, windowEnd: input.window.to, holdMs };
  const sentence = finding.certain
    ? finding.finding
    : `${finding.finding}; ${limitsText(limits, decision, { pValue, minimumEffect })}`;
  return {
    ...about(input, check, finding),
    state: decision.state,
    reason: `${capitalised(sentence)}.`,
    method: `${check.name}/${method}`,
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

function unjudgedVerdict(input: QualityInput, check: QualityCheck, finding: CheckFinding): QualityVerdict {
  return {
    ...about(input, check, finding),
    ...NOTHING_MEASURED,
    state: 'not-enough-data',
    reason: `${capitalised(finding.finding)}.`,
    method: check.name,
  };
}

function failedVerdict(input: QualityInput, check: QualityCheck, message: string): QualityVerdict {
  const finding = { ...withoutBaseline(check), finding: message };
  return {
    ...about(input, check, finding),
    ...NOTHING_MEASURED,
    state: 'error',
    reason: `The check of ${check.label} could not be made: ${message}`,
    method: check.name,
  };
}

const NOTHING_MEASURED = {
  statistic: null,
  statisticLow: null,
  statisticHigh: null,
  pValue: null,
  pAdjusted: null,
  minimumEffect: 0,
  conditions: { significant: null, large: null, held: null },
  since: null,
} as const;

function about(input: QualityInput, check: QualityCheck, finding: CheckFinding) {
  const { variable, segment, title, effectName, n, m } = finding;
  const compared = check.needsBaseline && input.baseline !== null;
  return {
    subject: subjectOf(check.name, finding),
    check: check.name,
    variable,
    segment,
    title: `${title}, ${check.label}`,
    effectName,
    n,
    m,
    alpha: runAlpha(input.monitor),
    baseline: compared ? input.baseline.name : '',
    baselineVersion: compared ? input.baseline.version : 0,
    window: input.window,
    revised: input.revised,
  };
}

function withoutBaseline({ label }: QualityCheck): CheckFinding {
  return {
    variable: '',
    segment: '',
    about: '',
    title: 'samples',
    effectName: '',
    n: 0,
    m: 0,
    measured: null,
    certain: false,
    finding: `there is no baseline yet to check ${label} by`,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
