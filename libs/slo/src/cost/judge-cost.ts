import { formatDuration } from '@tidewatch/core';
import { shortNumber } from '../condition/describe-condition.js';
import type { CostModel } from './cost-model.js';
import type { CostReport } from './cost-rows.js';

/** What a cost model says about one window. Plain data, fit for JSON. */
export interface CostVerdict {
  readonly monitor: string;
  readonly group: string;
  readonly windowStart: number;
  /** ms */
  readonly windowEnd: number;
  readonly state: 'ok' | 'alarm' | 'not-enough-data' | 'error';
  /** Since when it has been in this state, ms. */
  readonly since: number;
  /** Since when the limit is exceeded, ms; `null` when it is not. */
  readonly exceededSince: number | null;
  readonly condition: 'firing' | 'ok' | 'unknown';
  readonly reason: string;
  readonly currency: string;
  /** What the guardrail limits: the cost of a thousand inferences, or of a day; `null` without one, or when it is unknown. */
  readonly value: number | null;
  readonly limit: number | null;
  /** The most expensive places, at most {@link SHOWN_ROWS}. `null` when nothing could be read. */
  readonly report: CostReport | null;
}

/** What a cost model is judged by. */
export interface CostEvidence {
  readonly costs: Pick<CostModel, 'name' | 'currency' | 'guardrail'>;
  readonly window: { readonly from: number; readonly to: number };
  /** `null` when nothing could be read; then `error` says why. */
  readonly report: CostReport | null;
  readonly error?: string;
  readonly previous: CostVerdict | null;
}

const DAY_MS = 86_400_000;
const SHOWN_ROWS = 20;

/** Judges the costs of a window by the guardrail. Unknown costs resolve nothing; without a guardrail every cost is `ok`. */
export function judgeCost({ costs, window, report, error, previous }: CostEvidence): CostVerdict {
  const { guardrail } = costs;
  const value = report === null || guardrail === null ? null : guarded(report, guardrail, window);
  const exceeded = guardrail === null || value === null ? null : value > guardrail.limit;
  const before = previous?.exceededSince ?? null;
  const exceededSince = exceeded === null ? before : exceeded ? (before ?? window.to) : null;
  const state =
    error !== undefined || report === null
      ? 'error'
      : guardrail === null
        ? 'ok'
        : exceeded === null
          ? 'not-enough-data'
          : exceededSince !== null && window.to - exceededSince >= guardrail.holdMs
            ? 'alarm'
            : 'ok';
  return {
    monitor: costs.name,
    group: '',
    windowStart: window.from,
    windowEnd: window.to,
    state,
    since: previous?.state === state ? previous.since : window.to,
    exceededSince,
    condition: state === 'alarm' ? 'firing' : state === 'ok' ? 'ok' : 'unknown',
    reason:
      report === null
        ? `The costs could not be read: ${error ?? 'no report was made'}`
        : reasonOf(costs, window, report, { value, exceeded, exceededSince }),
    currency: costs.currency,
    value,
    limit: guardrail?.limit ?? null,
    report: report === null ? null : { total: report.total, rows: report.rows.slice(0, SHOWN_ROWS) },
  };
}

function guarded(
  { total }: CostReport,
  { per, minimumInferences }: NonNullable<CostModel['guardrail']>,
  { from, to }: CostEvidence['window'],
): number | null {
  return per === 'day'
    ? (total.cost * DAY_MS) / (to - from)
    : total.inferences >= minimumInferences
      ? total.perThousand
      : null;
}

function reasonOf(
  { currency, guardrail }: CostEvidence['costs'],
  window: CostEvidence['window'],
  { total, rows }: CostReport,
  found: Pick<CostVerdict, 'value' | 'exceededSince'> & { readonly exceeded: boolean | null },
): string {
  const money = (amount: number): string => `${shortNumber(amount)} ${currency}`;
  const span = formatDuration(window.to - window.from);
  const each = total.perThousand === null ? '' : `, ${money(total.perThousand)} per 1,000`;
  const spent = `${money(total.cost)} were spent in ${span} on ${total.inferences.toLocaleString('en-US')} inferences${each}`;
  if (guardrail === null) {
    return `${spent}.`;
  }
  const unit = guardrail.per === 'day' ? 'a day' : '1,000 inferences';
  if (found.value === null || found.exceeded === null) {
    return `${spent}: fewer than the ${guardrail.minimumInferences.toLocaleString('en-US')} inferences that tell what 1,000 cost.`;
  }
  const limit = `the limit is ${money(guardrail.limit)} for ${unit}`;
  if (!found.exceeded) {
    return `${spent}; ${limit}, and the cost ${money(found.value)}.`;
  }
  const [worst] = rows;
  const most =
    worst === undefined || rows.length < 2
      ? ''
      : ` The most went to ${placeWords(worst)} (${money(worst.cost)}).`;
  const since = found.exceededSince === null ? '' : ` since ${new Date(found.exceededSince).toISOString()}`;
  return `${spent}; ${limit}, and the cost ${money(found.value)}${since}.${most}`;
}

function placeWords({ model, version, region, provider }: CostReport['rows'][number]): string {
  const words = [model, version, region, provider].filter((each) => each !== '');
  return words.length === 0 ? 'an unnamed model' : words.join(' / ');
}
