import { attributeKeysOf } from '@tidewatch/core';
import type { ParameterValue } from '../parameters.js';
import type { SliceMatcher, SliceSelector } from './sli-query.js';

/** An SQL condition with the values bound in it. */
export interface BoundCondition {
  readonly sql: string;
  readonly parameters: Record<string, ParameterValue>;
}

/**
 * The condition on `metric_series` rows that `selector` stands for.
 *
 * @param prefix Begins every parameter name, so that several conditions fit one statement.
 */
export function seriesCondition(selector: SliceSelector, prefix: string): BoundCondition {
  const parameters: Record<string, ParameterValue> = { [`${prefix}_metric`]: selector.metric };
  const conditions = selector.match.map((matcher, index) => {
    const name = `${prefix}_${index}`;
    const keys = attributeKeysOf(matcher.label);
    keys.forEach((key, position) => {
      parameters[`${name}_key${position}`] = key;
    });
    parameters[name] = matcher.op.endsWith('~') ? `^(?:${matcher.value})$` : matcher.value;
    return comparison(matcher, labelValue(keys, name), `{${name}:String}`);
  });
  return { sql: [`MetricName = {${prefix}_metric:String}`, ...conditions].join(' AND '), parameters };
}

/**
 * SQL of a label's value in a series row; empty when it has none.
 *
 * A point's own attributes are more specific than its resource's; both in the order of preference of the keys.
 *
 * @param keys The attribute keys that may carry the label, bound as parameters `<name>_key0`, `<name>_key1`, ...
 */
export function labelValue(keys: readonly string[], name: string): string {
  const parameter = (position: number): string => `{${name}_key${position}:String}`;
  const candidates = ['Attributes', 'ResourceAttributes'].flatMap((column) =>
    keys.map((_key, position) => `${column}[${parameter(position)}]`),
  );
  if (keys.includes('service.name')) {
    candidates.push('toString(ServiceName)');
  }
  return `arrayFirst(value -> value != '', [${candidates.join(', ')}])`;
}

function comparison({ op }: SliceMatcher, value: string, operand: string): string {
  switch (op) {
    case '=':
      return `${value} = ${operand}`;
    case '!=':
      return `${value} != ${operand}`;
    case '=~':
      return `match(${value}, ${operand})`;
    case '!~':
      return `NOT match(${value}, ${operand})`;
  }
}
