import { formatDuration } from '@tidewatch/core';
import { stringify } from 'yaml';
import {
  BUDGET_POLICY_ANNOTATION,
  EMPTY_SLICES_ANNOTATION,
  FIRST_STEP_ANNOTATION,
  GROUP_BY_ANNOTATION,
  NO_DATA_ANNOTATION,
  RUNBOOK_ANNOTATION,
  TIERS_ANNOTATION,
} from './annotations.js';
import type { BudgetStep } from './budget-policy.js';
import type { Budgeting } from './budgeting.js';
import { toDecimal, toNumber } from './decimal.js';
import type { GroupBy, NoDataRule, SloDefinition, SloMember } from './definition.js';
import { shareOf } from './objective.js';
import { writeOpenSloDuration } from './openslo-duration.js';
import { SLI_KINDS } from './sli/index.js';
import type { SliKind } from './sli/sli-kind.js';
import type { BurnTier } from './tiers.js';
import type { SloWindow } from './window/slo-window.js';
import { writeCondition } from './write-condition.js';

/** A part of a document. */
type Part = Readonly<Record<string, unknown>>;

/**
 * A definition as OpenSLO v1 documents, valid in strict mode: what OpenSLO has no words for stands in annotations.
 *
 * Reading the documents again yields the same definition. Time slices that are no whole minutes are written in seconds,
 * which OpenSLO does not have, and only read in lenient mode.
 */
export function exportOpenSlo(slo: SloDefinition): object[] {
  const isComposite = slo.members.length > 1;
  const [only] = slo.members;
  const indicator = isComposite || only === undefined ? {} : writeIndicator(only, slo.name);
  const labels = Object.keys(slo.labels).length === 0 ? {} : { labels: slo.labels };
  return [
    {
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: {
        name: slo.name,
        ...(slo.displayName === slo.name ? {} : { displayName: slo.displayName }),
        ...labels,
        annotations: writeAnnotations(slo),
      },
      spec: {
        ...(slo.description === '' ? {} : { description: slo.description }),
        service: slo.service,
        ...indicator,
        timeWindow: [writeWindow(slo.window)],
        budgetingMethod: slo.budgeting.method,
        objectives: slo.members.map((member) => ({
          ...(member.name === '' ? {} : { displayName: member.name }),
          ...writeObjective(member),
          ...writeSlices(slo.budgeting),
          ...(isComposite ? { ...writeIndicator(member, member.name), compositeWeight: member.weight } : {}),
        })),
      },
    },
  ];
}

function write({ sli }: SloMember) {
  return (SLI_KINDS[sli.kind] as SliKind).write(sli);
}

function writeIndicator(member: SloMember, name: string): Part {
  return {
    indicator: { metadata: { name: name.slice(0, 63).replace(/-+$/, '') }, spec: write(member).spec },
  };
}

function writeObjective(member: SloMember): Part {
  const { op, value } = write(member);
  return {
    ...(op === undefined ? {} : { op }),
    ...(value === undefined ? {} : { value }),
    target: member.target,
  };
}

function writeSlices(budgeting: Budgeting): Part {
  switch (budgeting.method) {
    case 'Occurrences':
      return {};
    case 'Timeslices':
      return {
        timeSliceTarget: budgeting.sliceTarget,
        timeSliceWindow: writeOpenSloDuration(budgeting.sliceMs),
      };
    case 'RatioTimeslices':
      return { timeSliceWindow: writeOpenSloDuration(budgeting.sliceMs) };
  }
}

function writeWindow(window: SloWindow): Part {
  return window.kind === 'rolling'
    ? { duration: writeOpenSloDuration(window.periodMs), isRolling: true }
    : {
        duration: `${window.amount}${window.unit}`,
        isRolling: false,
        calendar: { startTime: window.startTime, timeZone: window.timeZone },
      };
}

function writeAnnotations(slo: SloDefinition): Part {
  const isEvaluable = slo.members.every(({ sli }) => sli.kind !== 'foreign');
  const empty = slo.budgeting.method === 'Occurrences' ? 'ignore' : slo.budgeting.emptySlices;
  // Written even where it is the default: another release may have other defaults.
  return {
    ...(slo.runbook === '' ? {} : { [RUNBOOK_ANNOTATION]: slo.runbook }),
    ...(slo.firstStep === '' ? {} : { [FIRST_STEP_ANNOTATION]: slo.firstStep }),
    ...(isEvaluable ? { [TIERS_ANNOTATION]: writeTiers(slo.tiers) } : {}),
    ...(slo.groupBy === null ? {} : { [GROUP_BY_ANNOTATION]: text(writeGroupBy(slo.groupBy)) }),
    ...(isEvaluable || slo.noData !== null ? { [NO_DATA_ANNOTATION]: writeNoData(slo.noData) } : {}),
    ...(slo.budgetPolicy.length === 0
      ? {}
      : { [BUDGET_POLICY_ANNOTATION]: text(slo.budgetPolicy.map(writeStep)) }),
    ...(empty === 'ignore' ? {} : { [EMPTY_SLICES_ANNOTATION]: empty }),
  };
}

function text(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

function writeTiers(tiers: readonly BurnTier[]): string {
  return tiers.length === 0
    ? 'none'
    : text(
        tiers.map((tier) => ({
          name: tier.name,
          long: formatDuration(tier.longMs),
          short: formatDuration(tier.shortMs),
          burn: tier.burn,
          severity: tier.severity,
          minimumBadEvents: tier.minimumBadEvents,
          every: formatDuration(tier.everyMs),
          ...(tier.holdMs === 0 ? {} : { hold: formatDuration(tier.holdMs) }),
          ...(tier.keepFiringMs === null ? {} : { keepFiring: formatDuration(tier.keepFiringMs) }),
          ...(tier.and === null ? {} : { and: writeCondition(tier.and) }),
        })),
      );
}

function writeGroupBy({ labels, limit }: GroupBy): Part {
  return { labels, limit };
}

function writeNoData(noData: NoDataRule | null): string {
  if (noData === null) {
    return 'off';
  }
  return noData.afterMs === null
    ? noData.severity
    : text({ severity: noData.severity, after: formatDuration(noData.afterMs) });
}

function writeStep({ spent, action, message }: BudgetStep): Part {
  const { units, scale } = toDecimal(spent);
  const percent = toNumber({ units: units * 100n, scale });
  // Per cent reads better, where it is the same number.
  const share = shareOf(percent) === spent && !String(percent).includes('e') ? `${percent}%` : spent;
  return { spent: share, do: action, ...(message === '' ? {} : { message }) };
}
