import { AppError } from '@tidewatch/core';
import type { Bindings } from './bindings.js';
import type { EventCondition } from './event-query.js';

/** SQL of one field of an event. */
export interface FieldSql {
  /** As text; empty where the event has none. */
  readonly text: string;
  /** As a nullable double; null where the event has none, or no number. */
  readonly number: string;
}

/** Finds a field of one kind of event by its name; `null` when there is none of that name. */
export type FieldReader = (field: string, bindings: Bindings) => FieldSql | null;

/** A field stored as text. */
export function textField(text: string): FieldSql {
  return { text, number: `toFloat64OrNull(CAST(${text}, 'String'))` };
}

/** A field stored as a number that may be null. Values that are not finite count as absent. */
export function numberField(number: string): FieldSql {
  const finite = `if(isFinite(${number}), ${number}, NULL)`;
  return { text: `ifNull(toString(${finite}), '')`, number: finite };
}

/** The first that is not empty of an attribute that may have several keys and lie in several maps. */
export function attributeField(
  columns: readonly string[],
  keys: readonly string[],
  bindings: Bindings,
): FieldSql {
  const candidates = columns.flatMap((column) => keys.map((key) => `${column}[${bindings.text(key)}]`));
  return textField(
    candidates.length === 1
      ? (candidates[0] ?? "''")
      : `arrayFirst(value -> value != '', [${candidates.join(', ')}])`,
  );
}

/**
 * A field of a condition.
 *
 * @throws AppError `store.sli-field` when events of this kind have none of that name.
 */
export function requiredField(read: FieldReader, field: string, bindings: Bindings): FieldSql {
  const sql = read(field, bindings);
  if (sql === null) {
    throw new AppError({
      code: 'store.sli-field',
      message: `An SLI names the field ${field}, which these events do not have.`,
      hint: 'Correct the name in the SLO document; which fields there are depends on the kind of event.',
    });
  }
  return sql;
}

/** SQL of the conjunction of conditions; `true` for none. */
export function allOf(conditions: readonly EventCondition[], read: FieldReader, bindings: Bindings): string {
  return conditions.length === 0
    ? 'true'
    : conditions.map((condition) => `(${comparison(condition, read, bindings)})`).join(' AND ');
}

function comparison({ field, op, value }: EventCondition, read: FieldReader, bindings: Bindings): string {
  const { text, number } = requiredField(read, field, bindings);
  switch (op) {
    case '=':
    case '!=':
      return `${text} ${op} ${bindings.text(String(value))}`;
    case '=~':
      return `match(${text}, ${bindings.text(`^(?:${value})$`)})`;
    case '!~':
      return `NOT match(${text}, ${bindings.text(`^(?:${value})$`)})`;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `ifNull(isFinite(${number}) AND ${number} ${op} ${bindings.number(orderOperand(field, value))}, false)`;
  }
}

function orderOperand(field: string, value: string | number): number {
  const number = typeof value === 'number' ? value : value.trim() === '' ? NaN : Number(value);
  if (!Number.isFinite(number)) {
    throw new AppError({
      code: 'store.sli-condition',
      message: `An SLI compares the field ${field} with ${JSON.stringify(value)}, which is no number.`,
      hint: 'Give above, atLeast, below and atMost a number.',
    });
  }
  return number;
}

/** SQL of the group of an event: an array of texts, one per label. */
export function groupSql(
  groupBy: readonly string[],
  read: FieldReader,
  otherwise: (label: string, bindings: Bindings) => FieldSql,
  bindings: Bindings,
): string {
  const values = groupBy.map(
    (label) => `CAST(${(read(label, bindings) ?? otherwise(label, bindings)).text}, 'String')`,
  );
  return values.length === 0 ? 'emptyArrayString()' : `[${values.join(', ')}]`;
}
