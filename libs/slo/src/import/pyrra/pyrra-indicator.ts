import { prometheusDuration } from '../document/durations.js';
import { conditionsOf, counterOf, storedLabel, type LabelNames } from '../meaning/counter.js';
import type { Counting } from '../meaning/counting.js';
import { countingIndicator } from '../meaning/event-indicator.js';
import type { Indicator } from '../meaning/indicator.js';
import type { SelectorExpression } from '../promql/expression.js';
import { parsePromql } from '../promql/parse-promql.js';
import { asList, asMap, asText, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';

const KINDS = ['ratio', 'latency', 'latencyNative', 'bool_gauge'] as const;

/** Translates `spec.indicator`, whose metrics are bare selectors: Pyrra itself takes their increase. */
export function pyrraIndicator(indicator: RawMap, names: LabelNames): Indicator | Refusal {
  const [kind, ...more] = KINDS.filter((each) => asMap(indicator[each]) !== null);
  if (kind === undefined || more.length > 0) {
    return new Refusal(`must hold one of ${KINDS.join(', ')}`);
  }
  const map = asMap(indicator[kind]) ?? {};
  const by = asList(map.grouping)
    .filter((label): label is string => typeof label === 'string' && label !== '')
    .map((label) => storedLabel(label, names));
  const found = read(kind, map, names, [...new Set(by)].sort());
  return isRefusal(found) ? found.under(kind) : found;
}

function read(
  kind: (typeof KINDS)[number],
  map: RawMap,
  names: LabelNames,
  by: readonly string[],
): Indicator | Refusal {
  switch (kind) {
    case 'ratio':
      return compared(
        'bad',
        increaseOf(map, 'errors', names, by),
        increaseOf(map, 'total', names, by),
        'errors',
      );
    case 'latency':
      return compared(
        'good',
        increaseOf(map, 'success', names, by),
        increaseOf(map, 'total', names, by),
        'success',
      );
    case 'latencyNative':
      return nativeLatency(map, names, by);
    case 'bool_gauge':
      return boolGauge(map, names, by);
  }
}

function compared(
  part: 'good' | 'bad',
  some: Counting | Refusal,
  all: Counting | Refusal,
  key: string,
): Indicator | Refusal {
  if (isRefusal(some)) {
    return some;
  }
  if (isRefusal(all)) {
    return all;
  }
  const indicator = countingIndicator(part, some, all);
  return isRefusal(indicator) ? indicator.under(key) : indicator;
}

function nativeLatency(map: RawMap, names: LabelNames, by: readonly string[]): Indicator | Refusal {
  const limit = prometheusDuration(asText(map.latency));
  if (limit === undefined) {
    return new Refusal('must be a duration above zero, such as 200ms', 'latency');
  }
  const total = selectorAt(asMap(map.total) ?? {});
  const match = isRefusal(total) ? total : conditionsOf(total.match, names);
  if (isRefusal(total) || isRefusal(match)) {
    return (isRefusal(total) ? total : (match as Refusal)).under('total');
  }
  return {
    sli: { kind: 'latency', histogram: { metric: total.metric, match }, threshold: limit / 1_000 },
    groupBy: by,
    notes: [],
  };
}

function boolGauge(map: RawMap, names: LabelNames, by: readonly string[]): Indicator | Refusal {
  const selector = selectorAt(map);
  const match = isRefusal(selector) ? selector : conditionsOf(selector.match, names);
  if (isRefusal(selector)) {
    return selector;
  }
  if (isRefusal(match)) {
    return match;
  }
  return {
    sli: {
      kind: 'gauge',
      gauge: { metric: selector.metric, match },
      over: 'min',
      across: 'min',
      op: 'gte',
      threshold: 1,
    },
    groupBy: by,
    notes: [
      `counts the minutes in which ${selector.metric} was below 1 ${by.length === 0 ? 'in any series' : 'in any series of a group'}, where Pyrra counts samples of all series: with several series the same target is harder to keep`,
    ],
  };
}

function increaseOf(map: RawMap, key: string, names: LabelNames, by: readonly string[]): Counting | Refusal {
  const selector = selectorAt(asMap(map[key]) ?? {});
  const counter = isRefusal(selector) ? selector : counterOf(selector, names);
  return isRefusal(counter)
    ? counter.under(key)
    : { plus: counter, minus: null, unit: 'increase', by, notes: [] };
}

function selectorAt(query: RawMap): SelectorExpression | Refusal {
  const text = asText(query.metric);
  const expression =
    text === ''
      ? new Refusal('is missing; it must be a selector such as http_requests_total{job="api"}')
      : parsePromql(text);
  if (isRefusal(expression)) {
    return expression.under('metric');
  }
  return expression.kind === 'selector'
    ? expression
    : new Refusal(
        'must be a selector such as http_requests_total{job="api"}; Pyrra knows no functions here',
        'metric',
      );
}
