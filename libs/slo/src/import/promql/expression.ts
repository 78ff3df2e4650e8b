import type { LabelMatcher } from '../../metric-selector.js';

/** A range in square brackets: the window that the rule generator fills in, or the text of a fixed one. */
export type Range = { readonly kind: 'window' } | { readonly kind: 'fixed'; readonly text: string };

/** Series of one metric. */
export interface SelectorExpression {
  readonly kind: 'selector';
  readonly metric: string;
  readonly match: readonly LabelMatcher[];
}

/** `sum by (a) (…)` and its like. */
export interface AggregateExpression {
  readonly kind: 'aggregate';
  readonly operator: string;
  /** `null` when the labels are not given: all series become one. */
  readonly grouping: { readonly kind: 'by' | 'without'; readonly labels: readonly string[] } | null;
  readonly of: readonly Expression[];
}

/** Two operands; vector matching is kept as far as it decides about the meaning. */
export interface BinaryExpression {
  readonly kind: 'binary';
  /** Lower case, such as `-`, `<` or `or`. */
  readonly operator: string;
  readonly bool: boolean;
  /** `group_left` or `group_right` was given: the sides have different labels. */
  readonly manyToOne: boolean;
  readonly left: Expression;
  readonly right: Expression;
}

/** The parts of PromQL that say something about events; parentheses are gone. */
export type Expression =
  | SelectorExpression
  | AggregateExpression
  | BinaryExpression
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'range'; readonly of: Expression; readonly range: Range }
  | { readonly kind: 'subquery'; readonly of: Expression; readonly range: Range; readonly step: string }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Expression[] }
  /** Well-formed, and without a meaning for an SLO. */
  | { readonly kind: 'other'; readonly what: string };

/** All expressions in `expression`, itself first. */
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  switch (expression.kind) {
    case 'aggregate':
    case 'call':
      for (const part of expression.of) {
        yield* within(part);
      }
      return;
    case 'binary':
      yield* within(expression.left);
      yield* within(expression.right);
      return;
    case 'range':
    case 'subquery':
      yield* within(expression.of);
      return;
    case 'selector':
    case 'number':
    case 'other':
      return;
  }
}
