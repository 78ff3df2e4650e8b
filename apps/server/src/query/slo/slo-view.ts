import { describeWindow, type HealthNote, type SloDefinition } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import { currentRows, groupVerdictOf, healthOf, type GroupVerdict } from './group-verdicts.js';
import type { TrendPoint } from './slo-trends.js';

/** One SLO as the list shows it. */
export interface SloView {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
  readonly runbook: string;
  readonly target: number;
  /** The kind of its SLI; `composite` for one of several members. */
  readonly sli: string;
  readonly periodMs: number;
  /** `30d`, or a calendar window in words. */
  readonly window: string;
  readonly budgeting: SloDefinition['budgeting']['method'];
  /** Groups judged of late; 1 for an SLO without groups. */
  readonly groups: number;
  /** Of the worst group; `null` before the first judgement. */
  readonly verdict: GroupVerdict | null;
  readonly sentence: string;
  readonly health: readonly HealthNote[];
  /** `false`: its source is none that Tidewatch reads. */
  readonly evaluable: boolean;
  /** The burn of the worst group in the last hour. */
  readonly trend: readonly TrendPoint[];
}

/** An SLO with what its last round said. */
export function sloView(
  slo: SloDefinition,
  rows: readonly VerdictRow[],
  trend: readonly TrendPoint[],
): SloView {
  const current = currentRows(slo, rows);
  const [worst] = current;
  const verdict = worst === undefined ? null : groupVerdictOf(worst);
  const evaluable = isEvaluable(slo);
  const { name, displayName, description, service, region, model, owner, runbook, target, periodMs } = slo;
  return {
    ...{ name, displayName, description, service, region, model, owner, runbook, target, periodMs },
    sli: sliKind(slo),
    window: describeWindow(slo.window),
    budgeting: slo.budgeting.method,
    groups: Math.max(1, current.length),
    verdict,
    sentence: verdict === null ? unjudgedSentence(slo, evaluable) : verdict.sentence,
    health: healthOf(current),
    evaluable,
    trend,
  };
}

/** Whether Tidewatch can count the events of all its members. */
export function isEvaluable(slo: SloDefinition): boolean {
  return slo.members.every(({ sli }) => sli.kind !== 'foreign');
}

function sliKind({ members }: SloDefinition): string {
  return members.length === 1 ? (members[0]?.sli.kind ?? '') : 'composite';
}

function unjudgedSentence({ displayName, members }: SloDefinition, evaluable: boolean): string {
  const foreign = members.flatMap(({ sli }) => (sli.kind === 'foreign' ? [sli.sourceType] : []));
  return evaluable
    ? `${displayName}: not judged yet.`
    : `${displayName}: cannot be judged, for Tidewatch does not read metric sources of type ${[...new Set(foreign)].join(' and ')}.`;
}
