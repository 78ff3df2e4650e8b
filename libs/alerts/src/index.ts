export { applyCommand } from './command.js';
export { nextInLane } from './delivery/lane.js';
export type { Lane, LaneStep } from './delivery/lane.js';
export { deadlineMs, LONGEST_RETRY_AFTER_MS, nextDelay } from './delivery/retry.js';
export { TokenBucket } from './delivery/token-bucket.js';
export { CHANGE_KINDS } from './incident.js';
export type {
  IncidentChange,
  IncidentChangeKind,
  IncidentCommand,
  IncidentComment,
  IncidentState,
  OpenedReceiver,
} from './incident.js';
export { incidentId, incidentKeyText } from './incident-key.js';
export type { IncidentKey } from './incident-key.js';
export { dedupKey, INTENT_REASONS } from './intent.js';
export type { IntentAction, IntentReason, NotificationIntent, ReceiverTraits } from './intent.js';
export { BUILT_IN_LABELS, memberLabels } from './labels.js';
export type { AlertLabels, LabelledMember } from './labels.js';
export { DISMISSED_MS } from './member.js';
export type { MemberState } from './member.js';
export { withoutWaits } from './members.js';
export { planFallback, planNotifications } from './notify/plan.js';
export type { PlanContext } from './notify/plan-context.js';
export type { NotificationPlan, PlannedRow } from './notify/plan-draft.js';
export { DEFAULT_POLICIES, policyFor } from './policy.js';
export type { AlertPolicy } from './policy.js';
export { readIncidentState } from './read-state.js';
export { mergeRoutings, routingSchema } from './routing/routing-schema.js';
export type { EscalationStep, Route, RouteMatch, Routing } from './routing/route.js';
export { compareSeverity, maxSeverity, SEVERITIES } from './severity.js';
export type { Severity } from './severity.js';
export { ASPECTS, DRILL_KIND, NO_EVIDENCE } from './signal.js';
export type { Aspect, CanaryPlan, Signal, SignalChart, SignalCondition, SignalEvidence } from './signal.js';
export { step } from './step.js';
export type { StepResult } from './step.js';
export type {
  MaintenanceWindow,
  Silence,
  Suppression,
  SuppressionSources,
  WarmUp,
} from './suppression/suppression.js';
export type { Matcher } from './matcher/matcher.js';
export { compileMatchers, labelValue, matchesNothingInParticular } from './matcher/compile-matchers.js';
export type { LabelTest } from './matcher/compile-matchers.js';
export { matchersText, matchOf, parseMatchers } from './matcher/matchers-text.js';
export type { ParsedMatchers } from './matcher/matchers-text.js';
export { readLabels } from './matcher/read-labels.js';
export type { ReadLabels } from './matcher/read-labels.js';
export { readMatch } from './matcher/read-match.js';
export type { ReadMatch } from './matcher/read-match.js';
export { explainRouting, matchRoutes, waitsText } from './routing/match-routes.js';
export type { ExplainedRouting } from './routing/match-routes.js';
export { receiverNamesOf } from './routing/receiver-names.js';
export type { NamedReceiver } from './routing/receiver-names.js';
export type { RoutingPart } from './routing/routing-schema.js';
export { maintenanceWindowSchema } from './suppression/maintenance-window-schema.js';
export type { RuleMaintenanceWindow } from './suppression/maintenance-window-schema.js';
export { readSilence } from './suppression/read-silence.js';
export type { ReadSilence, SilenceDraft } from './suppression/read-silence.js';
export { silenceSchema } from './suppression/silence-schema.js';
export type { RuleSilence } from './suppression/silence-schema.js';
export { inForceAt } from './suppression/in-force.js';
export type { Holding, InForce, Warming } from './suppression/in-force.js';
export { suppressionOf } from './suppression/suppression-of.js';
export { composeDigest } from './digest/compose-digest.js';
export type { Digest, DigestSection } from './digest/compose-digest.js';
export type {
  AlertFigures,
  BurnFigure,
  CostFigure,
  DeliveryFigures,
  DeploymentFigures,
  DigestFigures,
  DriftFigure,
  NoiseFigure,
} from './digest/digest-figures.js';
export { currentDigestPeriod, digestPeriod } from './digest/digest-period.js';
export type { DigestPeriod } from './digest/digest-period.js';
export { digestSchema } from './digest/digest-rule.js';
export type { DigestRule } from './digest/digest-rule.js';
export { heartbeatSchema } from './heartbeat/heartbeat-rule.js';
export type { HeartbeatRule } from './heartbeat/heartbeat-rule.js';
