import type { FieldCondition, FieldOperator } from './field-condition.js';
import { writeFieldConditions } from './field-conditions.js';
import { writeSource } from './sli-kind.js';
import type { ThresholdOperator, WrittenIndicator } from './sli-types.js';

/** What SLIs over events with fields share: conditions of all events, and further ones of the good or the bad. */
export interface EventRatio {
  readonly total: readonly FieldCondition[];
  readonly good: readonly FieldCondition[] | null;
  readonly bad: readonly FieldCondition[] | null;
}

/** A source with conditions on the fields of its events. */
interface EventSource {
  readonly conditions: readonly FieldCondition[];
}

/** Joins the sources of a `ratioMetric`. */
export function eventRatio(
  total: EventSource,
  good: EventSource | null,
  bad: EventSource | null,
): EventRatio {
  return {
    total: total.conditions,
    good: good?.conditions ?? null,
    bad: bad?.conditions ?? null,
  };
}

/** What makes an event good whose number `field` is under a threshold. */
export function goodBy(field: string, op: ThresholdOperator, threshold: number): FieldCondition[] {
  const operators: Readonly<Record<ThresholdOperator, FieldOperator>> = {
    lte: '<=',
    lt: '<',
    gte: '>=',
    gt: '>',
  };
  return [{ field, op: operators[op], value: threshold }];
}

/**
 * The `ratioMetric` of an SLI over events.
 *
 * @param key key of the source that holds the conditions, such as `spans`
 * @param settings what else the source of all events says
 */
export function writeEventRatio(
  key: string,
  { total, good, bad }: EventRatio,
  settings: Readonly<Record<string, unknown>> = {},
): WrittenIndicator {
  const side = (name: string, conditions: readonly FieldCondition[] | null) =>
    conditions === null ? {} : { [name]: writeSource({ [key]: writeFieldConditions(conditions) }) };
  return {
    spec: {
      ratioMetric: {
        counter: true,
        ...side('good', good),
        ...side('bad', bad),
        total: writeSource({ [key]: writeFieldConditions(total), ...settings }),
      },
    },
  };
}
