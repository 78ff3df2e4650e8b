import { NO_DATA_ANNOTATION, RUNBOOK_ANNOTATION, TIERS_ANNOTATION } from './annotations.js';
import type { Catalogue } from './catalogue.js';
import type { NoDataRule } from './definition.js';
import type { SloKindDocument } from './document.js';
import type { Findings } from './findings.js';
import { readPolicies } from './policy-tiers.js';
import { readNoData } from './read-annotations.js';
import { readTiers } from './read-tiers.js';
import type { TierTerms } from './tier-checks.js';
import type { BurnTier } from './tiers.js';

/** When an SLO speaks up. */
export interface AlertRules {
  readonly tiers: readonly BurnTier[];
  readonly noData: NoDataRule | null;
  readonly runbook: string;
}

/** Raised for missing data unless a rule says otherwise. */
const DEFAULT_NO_DATA: NoDataRule = { severity: 'ticket', afterMs: null };

interface Place {
  readonly catalogue: Catalogue;
  readonly document: SloKindDocument;
  readonly findings: Findings;
  readonly terms: TierTerms;
}

/**
 * Tiers from the annotation, else from alert policies, else the default ones; with what follows missing data, and the
 * runbook that a page needs.
 *
 * @param isEvaluable an SLO that is never evaluated has none of it, but what its document names must exist
 */
export function resolveAlerts(place: Place, isEvaluable: boolean): AlertRules {
  const { document, findings, terms } = place;
  const { annotations } = document.metadata;
  const text = annotations[TIERS_ANNOTATION];
  const { alertPolicies } = document.spec;
  const hasPolicies = (alertPolicies?.length ?? 0) > 0;
  if (alertPolicies === null) {
    const message =
      'is empty, which is read as a list of none: the default tiers apply, or those of tidewatch.dev/tiers';
    findings.warn(['spec', 'alertPolicies'], message);
  }
  const policies = readPolicies({ ...place, isUsed: isEvaluable && text === undefined });
  if (hasPolicies && text !== undefined) {
    findings.warn(
      ['spec', 'alertPolicies'],
      `make no tiers: the annotation ${TIERS_ANNOTATION} says which there are`,
    );
  }
  const given = noDataOf(annotations[NO_DATA_ANNOTATION], findings);
  const runbook = annotations[RUNBOOK_ANNOTATION] ?? '';
  if (runbook !== '' && !isWebAddress(runbook)) {
    findings.fault(
      ['metadata', 'annotations', RUNBOOK_ANNOTATION],
      'must be an http or https address: notifications link to it',
    );
  }
  if (!isEvaluable) {
    return { tiers: [], noData: given ?? null, runbook };
  }
  const tiers = hasPolicies && text === undefined ? policies.tiers : annotatedTiers(text, terms, findings);
  if (tiers?.length === 0 && hasPolicies && text === undefined && findings.isSound()) {
    findings.warn(['spec', 'alertPolicies'], 'make no tier, so the SLO is judged and never alerts');
  }
  const noData = given ?? policies.noData;
  const settled = given === null || noData === null ? null : (noData ?? DEFAULT_NO_DATA);
  checkRunbook(document, runbook, tiers ?? [], settled, findings);
  return { tiers: tiers ?? [], noData: settled, runbook };
}

function annotatedTiers(
  text: string | undefined,
  terms: TierTerms,
  findings: Findings,
): readonly BurnTier[] | null {
  const path = ['metadata', 'annotations', TIERS_ANNOTATION];
  const reading = readTiers(text, terms);
  if (reading.faults !== null) {
    for (const message of reading.faults) {
      findings.fault(path, message);
    }
    return null;
  }
  for (const message of reading.warnings) {
    findings.warn(path, message);
  }
  return reading.tiers;
}

/** `undefined`: not said. */
function noDataOf(text: string | undefined, findings: Findings): NoDataRule | null | undefined {
  if (text === undefined) {
    return undefined;
  }
  const { value, faults } = readNoData(text);
  for (const message of faults ?? []) {
    findings.fault(['metadata', 'annotations', NO_DATA_ANNOTATION], message);
  }
  return value;
}

function checkRunbook(
  { metadata }: SloKindDocument,
  runbook: string,
  tiers: readonly BurnTier[],
  noData: NoDataRule | null,
  findings: Findings,
): void {
  const paging = [
    ...tiers.filter((tier) => tier.severity === 'page').map((tier) => tier.name),
    ...(noData?.severity === 'page' ? ['no-data'] : []),
  ];
  if (runbook === '' && paging.length > 0) {
    const who = paging.length === 1 ? `${paging[0] ?? ''} pages` : `${paging.join(', ')} page`;
    findings.fault(
      ['metadata', 'annotations', RUNBOOK_ANNOTATION],
      `is missing: ${who}, and whoever is woken needs the address of what to do, such as https://wiki.example.com/runbooks/${metadata.name}`,
    );
  }
}

/** Anything else, such as `javascript:`, must not become a link in the console or in a message. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
