import { variableOf } from './variables/variable.js';

/** What an alarm of a monitor is about. Decides what may page and what raises what. */
export type MonitorAspect = 'canary' | 'outputs' | 'accuracy' | 'inputs' | 'data-quality';

/** What {@link alarmMeaning} reads of a rule: every monitor has it. */
export interface MeaningfulRule {
  readonly kind: 'DriftMonitor' | 'QualityMonitor' | 'PerformanceMonitor' | 'EmbeddingMonitor';
  readonly severity: 'page' | 'ticket';
  readonly baseline?: { readonly kind: string } | null;
  readonly features?: unknown;
  readonly outputs?: unknown;
}

/** What {@link alarmMeaning} reads of a verdict: each has what its kind of monitor says. */
export interface MeaningfulVerdict {
  readonly variable?: string;
  readonly check?: string;
  readonly against?: string;
}

/** What an alarm is about and how loudly it may speak. */
export interface AlarmMeaning {
  readonly aspect: MonitorAspect;
  readonly severity: 'page' | 'ticket';
}

/**
 * What one alarm of a monitor means. Harm done by a candidate and a collapse of the outputs may page where the rule says so;
 * everything else is a ticket.
 */
export function alarmMeaning(rule: MeaningfulRule, verdict: MeaningfulVerdict): AlarmMeaning {
  const isOutput = variableOf(verdict.variable ?? '').source === 'output';
  switch (rule.kind) {
    case 'DriftMonitor':
      return { aspect: isOutput ? 'outputs' : 'inputs', severity: 'ticket' };
    case 'EmbeddingMonitor':
      return { aspect: 'inputs', severity: 'ticket' };
    case 'PerformanceMonitor': {
      const concurrent = verdict.against === 'baseline' && rule.baseline?.kind === 'concurrent';
      return verdict.against === 'paired' || concurrent
        ? { aspect: 'canary', severity: rule.severity }
        : { aspect: 'accuracy', severity: 'ticket' };
    }
    case 'QualityMonitor':
      return {
        aspect: isOutput ? 'outputs' : 'data-quality',
        severity: verdict.check === 'collapse' ? rule.severity : 'ticket',
      };
  }
}

/** Of several alarms the one nearest to users speaks for all. */
const NEAREST_FIRST: readonly MonitorAspect[] = ['canary', 'outputs', 'accuracy', 'inputs', 'data-quality'];

/**
 * What a monitor means as a whole.
 *
 * @param alarms its verdicts in alarm; without any it means what the rule looks at, at the rule's severity
 */
export function monitorMeaning(rule: MeaningfulRule, alarms: readonly MeaningfulVerdict[]): AlarmMeaning {
  const [first] = alarms
    .map((alarm) => alarmMeaning(rule, alarm))
    .sort(
      (a, b) =>
        Number(b.severity === 'page') - Number(a.severity === 'page') ||
        NEAREST_FIRST.indexOf(a.aspect) - NEAREST_FIRST.indexOf(b.aspect),
    );
  return first ?? { aspect: usualAspect(rule), severity: rule.severity };
}

function usualAspect({ kind, baseline, features, outputs }: MeaningfulRule): MonitorAspect {
  switch (kind) {
    case 'DriftMonitor':
      return features === 'none' && outputs !== 'none' ? 'outputs' : 'inputs';
    case 'EmbeddingMonitor':
      return 'inputs';
    case 'PerformanceMonitor':
      return baseline?.kind === 'concurrent' ? 'canary' : 'accuracy';
    case 'QualityMonitor':
      return 'data-quality';
  }
}
