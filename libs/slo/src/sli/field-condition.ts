/** How a field of an event is compared. Regular expressions are RE2 and match the whole value. */
export type FieldOperator = '=' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>=';

/**
 * One condition on a field of a span, log record or prediction sample. All conditions of a list must hold.
 *
 * Text operators compare text, the four orders compare numbers; a field that is absent is `''` as text and fulfils no order.
 */
export interface FieldCondition {
  /** Such as `service`, `duration` or `attribute.http.route`; which there are depends on the kind of event. */
  readonly field: string;
  readonly op: FieldOperator;
  readonly value: string | number;
}
