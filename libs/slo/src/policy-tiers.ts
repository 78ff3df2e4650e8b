import type { AlertConditionSpec, AlertPolicySpec, RefOrInline } from './alert-documents.js';
import type { Catalogue } from './catalogue.js';
import type { NoDataRule } from './definition.js';
import type { SloKindDocument } from './document.js';
import type { Findings } from './findings.js';
import { fixedMs, parseOpenSloDuration } from './openslo-duration.js';
import { duplicateTiers, grainOf, tierFaults, type TierTerms } from './tier-checks.js';
import { DEFAULT_EVERY_MS, defaultMinimumBadEvents, type BurnTier } from './tiers.js';

/** What OpenSLO's alert policies of an SLO come to. */
export interface PolicyReading {
  readonly tiers: readonly BurnTier[];
  /** `undefined`: the policies say nothing of missing data. */
  readonly noData: NoDataRule | null | undefined;
}

/** Words for severities that wake somebody. Others open a ticket. */
const PAGING = ['page', 'critical', 'high', 'urgent', 'emergency', 'p1', 'sev1'];

interface Place {
  readonly catalogue: Catalogue;
  readonly document: SloKindDocument;
  readonly findings: Findings;
  readonly terms: TierTerms;
  /** `false`: only whether everything that is named exists is looked at, and no tiers are made. */
  readonly isUsed: boolean;
}

/** A condition with the name it has, and where it is used. */
interface NamedCondition {
  readonly name: string;
  readonly spec: AlertConditionSpec;
  readonly path: readonly PropertyKey[];
}

/**
 * Tiers from the alert policies of an SLO: one for each burn-rate condition. OpenSLO has one window where a tier has
 * two; the short one becomes a twelfth of it, as in The Site Reliability Workbook, chapter 5.
 */
export function readPolicies(place: Place): PolicyReading {
  const { catalogue, document, findings, terms, isUsed } = place;
  const tiers: BurnTier[] = [];
  let noData: NoDataRule | null | undefined;
  for (const [index, entry] of (document.spec.alertPolicies ?? []).entries()) {
    const path = ['spec', 'alertPolicies', index];
    const policy = entry.inline?.spec ?? catalogue.find('AlertPolicy', entry.ref ?? '');
    if (policy === undefined) {
      const message = catalogue.unknown('AlertPolicy', entry.ref ?? '', document);
      findings.fault([...path, 'alertPolicyRef'], message);
      continue;
    }
    if (entry.inline !== null) {
      checkPolicy(entry.inline.spec, [...path, 'spec'], place);
    }
    const conditions = conditionsOf(policy, entry.ref, path, place);
    if (!isUsed) {
      continue;
    }
    const severities = conditions.map(({ spec }) => severityOf(spec));
    if (policy.alertWhenNoData === true) {
      const isPage = severities.includes('page') || noData?.severity === 'page';
      noData = { severity: isPage ? 'page' : 'ticket', afterMs: null };
    } else if (policy.alertWhenNoData === false && noData === undefined) {
      noData = null;
    }
    if (isBreachAlert(policy, path, findings)) {
      tiers.push(...conditions.flatMap((condition) => tierOf(condition, place) ?? []));
    }
  }
  for (const message of duplicateTiers(tiers)) {
    findings.fault(['spec', 'alertPolicies'], message);
  }
  for (const tier of tiers) {
    for (const message of tierFaults(tier, terms)) {
      findings.fault(['spec', 'alertPolicies'], message);
    }
  }
  return { tiers, noData };
}

/** Checks one alert policy for itself: what OpenSLO asks for, and what Tidewatch leaves to others. */
export function checkPolicy(
  { conditions, notificationTargets }: AlertPolicySpec,
  path: readonly PropertyKey[],
  {
    catalogue,
    document,
    findings,
  }: Pick<Place, 'catalogue' | 'findings'> & {
    readonly document: Parameters<Catalogue['unknown']>[2];
  },
): void {
  if (conditions.length !== 1) {
    const found = conditions.length === 0 ? 'none' : String(conditions.length);
    findings.tolerate([...path, 'conditions'], `must hold one condition, and holds ${found}`);
  }
  if (notificationTargets.length === 0) {
    findings.tolerate([...path, 'notificationTargets'], 'must hold a notification target, and holds none');
    return;
  }
  const lost = notificationTargets.flatMap(({ ref }, index) =>
    ref !== null && catalogue.find('AlertNotificationTarget', ref) === undefined
      ? [[ref, index] as const]
      : [],
  );
  for (const [ref, index] of lost) {
    const message = catalogue.unknown('AlertNotificationTarget', ref, document);
    findings.warn([...path, 'notificationTargets', index, 'targetRef'], message);
  }
  findings.warn(
    [...path, 'notificationTargets'],
    'tell nobody: documents of kind Routing and Receiver (tidewatch.dev/v1) decide who is told',
  );
}

/** Conditions that a policy names and nothing defines, as warnings: of a policy that no SLO uses. */
export function checkConditions(
  policy: AlertPolicySpec,
  catalogue: Catalogue,
  document: Parameters<Catalogue['unknown']>[2],
  findings: Findings,
): void {
  for (const [index, { ref }] of policy.conditions.entries()) {
    if (ref !== null && catalogue.find('AlertCondition', ref) === undefined) {
      const path = ['spec', 'conditions', index, 'conditionRef'];
      findings.warn(path, catalogue.unknown('AlertCondition', ref, document));
    }
  }
}

function conditionsOf(
  policy: AlertPolicySpec,
  policyRef: string | null,
  policyPath: readonly PropertyKey[],
  { catalogue, document, findings }: Place,
): NamedCondition[] {
  return policy.conditions.flatMap((entry: RefOrInline<AlertConditionSpec>, index): NamedCondition[] => {
    // Of a policy that stands elsewhere only the reference to it is in this document.
    const inside = policyRef === null ? ['spec', 'conditions', index] : ['alertPolicyRef'];
    const path = [...policyPath, ...inside];
    if (entry.inline !== null) {
      return [{ ...entry.inline, path }];
    }
    const spec = catalogue.find('AlertCondition', entry.ref);
    if (spec !== undefined) {
      return [{ name: entry.ref, spec, path }];
    }
    const leads = policyRef === null ? '' : `leads to a condition that `;
    const message = `${leads}${catalogue.unknown('AlertCondition', entry.ref, document)}`;
    findings.fault(policyRef === null ? [...path, 'conditionRef'] : path, message);
    return [];
  });
}

function severityOf({ severity }: AlertConditionSpec): BurnTier['severity'] {
  return PAGING.includes(severity.toLowerCase()) ? 'page' : 'ticket';
}

function isBreachAlert(policy: AlertPolicySpec, path: readonly PropertyKey[], findings: Findings): boolean {
  if (policy.alertWhenBreaching === undefined) {
    const message =
      'does not say alertWhenBreaching, which is read as true; write false for a policy that should not alert';
    findings.warn(path, message);
  }
  return policy.alertWhenBreaching !== false;
}

/** `null` after a fault. */
function tierOf({ name, spec, path }: NamedCondition, { findings, terms }: Place): BurnTier | null {
  const { op, threshold, lookbackWindow, alertAfter } = spec.condition;
  const longMs = lengthOf(lookbackWindow);
  const holdMs = alertAfter === undefined || alertAfter.startsWith('0') ? 0 : lengthOf(alertAfter);
  if (op === 'lt' || op === 'lte') {
    findings.tolerate(
      path,
      `condition ${name} says op: ${op}, which would alert while all is well; it is read as gte: a burn rate of ${threshold} or more`,
    );
  }
  if (longMs === undefined || holdMs === undefined) {
    const text = longMs === undefined ? lookbackWindow : alertAfter;
    findings.fault(
      path,
      `condition ${name} has a window of ${text}, which has no fixed length; use m, h, d or w`,
    );
    return null;
  }
  if (threshold <= 0) {
    findings.fault(path, `condition ${name} has a threshold of ${threshold}; it must be a burn rate above 0`);
    return null;
  }
  const severity = severityOf(spec);
  return {
    name,
    longMs,
    shortMs: shortOf(longMs, terms.sliceMs),
    burn: threshold,
    severity,
    minimumBadEvents: defaultMinimumBadEvents(severity, threshold),
    everyMs: DEFAULT_EVERY_MS[severity],
    holdMs,
    keepFiringMs: null,
    and: null,
  };
}

/** A twelfth, in whole slices. */
function shortOf(longMs: number, sliceMs: number | null): number {
  const twelfth = longMs / 12;
  const grain = grainOf(twelfth, sliceMs);
  return Math.ceil(twelfth / grain) * grain;
}

function lengthOf(text: string): number | undefined {
  const duration = parseOpenSloDuration(text);
  return duration === undefined ? undefined : fixedMs(duration);
}
