import { policyFor, type AlertPolicy, type Severity, type Signal } from '@tidewatch/alerts';
import type { BurnTier } from '@tidewatch/slo';
import type { PolicedSignal } from '../notify/incident-manager.js';

/** What a rule says of when its members join and leave an incident, ms. */
export interface RuleTimes {
  /** 0 where a verdict has waited already. */
  readonly holdMs: number;
  /** `null`: what is usual for the severity. */
  readonly keepFiringMs: number | null;
}

/** The policy of a rule: its own times, and what is usual for the severity. */
export function policyOfRule(severity: Severity, { holdMs, keepFiringMs }: RuleTimes): AlertPolicy {
  return policyFor(severity, keepFiringMs === null ? { holdMs } : { holdMs, keepFiringMs });
}

/** Signals of SLOs with the times of their tiers; what is of no tier has the usual ones. */
export function withTierTimes(
  signals: readonly Signal[],
  slos: readonly { readonly name: string; readonly tiers: readonly BurnTier[] }[],
): PolicedSignal[] {
  return signals.map((signal) => {
    const tiers = slos.find(({ name }) => name === signal.rule)?.tiers ?? [];
    const tier = tiers.find(({ name }) => name === signal.tier);
    const times = tier ?? { holdMs: 0, keepFiringMs: null };
    return { signal, policy: policyOfRule(signal.severity, times) };
  });
}

/** Signals of monitors with the times of their rules. The hold time is part of a verdict: an alarm has lasted already. */
export function withMonitorTimes(
  signals: readonly Signal[],
  monitors: readonly { readonly name: string; readonly keepFiringMs: number | null }[],
): PolicedSignal[] {
  return signals.map((signal) => {
    const keepFiringMs = monitors.find(({ name }) => name === signal.rule)?.keepFiringMs ?? null;
    return { signal, policy: policyOfRule(signal.severity, { holdMs: 0, keepFiringMs }) };
  });
}
