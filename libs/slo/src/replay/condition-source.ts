import { evaluateCondition, measuresOf } from '../condition/evaluate-condition.js';
import { measureSeries } from '../condition/measure-series.js';
import { valueOfGroup, type MeasuredGroups } from '../condition/measured-groups.js';
import type { MeasureRequest } from '../condition/measured-value.js';
import type { MetricCondition } from '../condition/metric-condition.js';
import type { RawSeries } from '../condition/raw-series.js';

/** Measures what conditions need from series in memory, each moment once. */
export class ConditionSource {
  private readonly series: readonly RawSeries[];
  private readonly requests: readonly MeasureRequest[];
  private readonly labels: readonly string[];
  private measured: { readonly at: number; readonly groups: MeasuredGroups } | null = null;

  /** @param labels of the group-by */
  constructor(
    series: readonly RawSeries[],
    conditions: readonly MetricCondition[],
    labels: readonly string[],
  ) {
    this.series = series;
    this.requests = measuresOf(...conditions);
    this.labels = labels;
  }

  /** Whether `condition`, one of those given, holds for one group at `at`; `null` when that cannot be told. */
  holds(condition: MetricCondition, group: string, at: number): boolean | null {
    return evaluateCondition(condition, valueOfGroup(this.measure(at), this.labels, group)).holds;
  }

  private measure(at: number): MeasuredGroups {
    if (this.measured?.at !== at) {
      this.measured = { at, groups: measureSeries(this.series, this.requests, this.labels, at) };
    }
    return this.measured.groups;
  }
}
