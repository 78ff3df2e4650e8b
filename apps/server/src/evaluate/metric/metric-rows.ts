import type { CostModel, CostVerdict, MetricMonitor, MetricMonitorVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import { EMPTY_VERDICT_FIELDS } from '../verdict-rows.js';

/** What rules about metrics have in common. */
interface MetricRule {
  readonly kind: string;
  readonly name: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
}

function aboutRule({ kind, name, service, region, model, owner }: MetricRule) {
  return {
    ...EMPTY_VERDICT_FIELDS,
    kind,
    rule: name,
    service,
    region,
    model,
    owner,
    sampleSize: 0,
    baselineSize: 0,
  };
}

/** The stored form of a metric monitor's verdict; its numbers are those of the comparison that decided. */
export function metricVerdictRow(
  monitor: MetricMonitor,
  verdict: MetricMonitorVerdict,
  evaluatedAt: number,
): VerdictRow {
  const { group, windowEnd, state, reason, severity, level, levels } = verdict;
  const decisive = levels.find((each) => each.level === level) ?? levels.at(-1);
  const comparison = decisive?.comparisons.find((each) => each.holds === decisive.condition);
  return {
    ...aboutRule(monitor),
    ...{ subject: group, windowEnd, windowStart: windowEnd - longestWindow(monitor), evaluatedAt },
    ...{ state, reason, severity },
    method: 'threshold',
    statistic: comparison?.value ?? null,
    statisticLow: comparison?.low ?? null,
    statisticHigh: comparison?.high ?? null,
    threshold: comparison?.limit ?? null,
    document: JSON.stringify(verdict),
  };
}

function longestWindow({ levels }: MetricMonitor): number {
  const windows = (condition: MetricMonitor['levels'][number]['when']): number[] =>
    condition.kind === 'comparison' ? [condition.windowMs] : condition.of.flatMap(windows);
  return Math.max(...levels.flatMap(({ when }) => windows(when)));
}

/** The stored form of a cost model's verdict; its sample size are the inferences. */
export function costVerdictRow(costs: CostModel, verdict: CostVerdict, evaluatedAt: number): VerdictRow {
  const { group, windowStart, windowEnd, state, reason, value, limit, report } = verdict;
  return {
    ...aboutRule(costs),
    ...{ subject: group, windowStart, windowEnd, evaluatedAt, state, reason },
    severity: state === 'alarm' ? 'ticket' : '',
    method: 'cost',
    sampleSize: Math.round(report?.total.inferences ?? 0),
    statistic: value ?? report?.total.cost ?? null,
    threshold: limit,
    document: JSON.stringify(verdict),
  };
}
