import {
  DRILL_KIND,
  NO_EVIDENCE,
  policyFor,
  type IncidentKey,
  type MemberState,
  type Signal,
} from '@tidewatch/alerts';
import type { PolicedSignal } from '../incident-manager.js';
import type { DrillRequest } from './drill-request.js';

/**
 * No drill stays open for longer, whatever becomes of the process that runs it. Routes that wait for longer than half of
 * it cannot be tried.
 */
export const DRILL_MOST_MS = 7_200_000;

/** One drill: what it plays, and who asked for it. */
export interface Drill {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly project: string;
  readonly by: string;
  readonly request: DrillRequest;
}

/** That it fires, or that it is over. */
export type DrillCondition = 'firing' | 'ok';

/**
 * Whose incident a drill has: a key of its own, for no model is called like the drill. So it can neither join a real
 * incident of the service nor swallow one that begins meanwhile.
 */
export function drillKey({ id, project, request }: Drill): IncidentKey {
  return { project, service: request.service, region: request.region, model: `drill-${id}` };
}

/**
 * What a drill says. The labels carry what it plays: by them it is routed and silenced.
 *
 * @param at ms
 */
export function drillSignal(drill: Drill, condition: DrillCondition, at: number): PolicedSignal {
  const { id, by, request } = drill;
  const { severity, service, region, model, owner, rule, tier, aspect, labels } = request;
  const signal: Signal = {
    key: drillKey(drill),
    member: `${DRILL_KIND}/${id}`,
    kind: DRILL_KIND,
    rule,
    tier,
    severity,
    aspect,
    raisedBy: [],
    labels: { ...labels, service, region, model },
    condition,
    at,
    summary: `Drill: this ${severity} was made to try the way to people. Nothing is wrong.`,
    facts: { Drill: id, 'Asked for by': by, ...(model === '' ? {} : { 'Plays model': model }) },
    evidence: { ...NO_EVIDENCE, firstStep: 'Nothing: it closes by itself.' },
    owner,
    runbook: '',
    deploymentId: '',
  };
  return { signal, policy: policyFor(severity, { holdMs: 0, keepFiringMs: 0, reopenWithinMs: 0 }) };
}

/** Whether a member is a drill that nobody ends any more: the process that ran it is gone. */
export function isForgottenDrill(member: MemberState, now: number): boolean {
  return member.kind === DRILL_KIND && now - member.since > DRILL_MOST_MS;
}
