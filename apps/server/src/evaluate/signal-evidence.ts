import { NO_EVIDENCE, type Signal, type SignalEvidence } from '@tidewatch/alerts';

/** What every rule says of itself to alerting. */
interface SpeakingRule {
  readonly owner: string;
  readonly runbook: string;
  readonly firstStep: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The fields of a signal that its rule alone decides. There is no chart among the evidence: a rule sees one window at a
 * time, and points that are stored already would be stored again with every change of the incident. Whoever delivers
 * reads them.
 */
export function ruleFields(
  { owner, runbook, firstStep, labels }: SpeakingRule,
  evidence: Partial<SignalEvidence> = {},
): Pick<Signal, 'owner' | 'runbook' | 'labels' | 'evidence' | 'raisedBy' | 'deploymentId'> {
  return {
    owner,
    runbook,
    labels,
    evidence: { ...NO_EVIDENCE, firstStep, ...evidence },
    raisedBy: [],
    // Looked up when the incident opens, and when a message about it is written.
    deploymentId: '',
  };
}
