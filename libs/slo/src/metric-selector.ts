import { z } from 'zod';
import { describeValue, expected } from './field-errors.js';
import { expressionSchema } from './re2-syntax.js';

/** One condition on a label of a series, with the operators of PromQL. A label that is absent counts as empty. */
export interface LabelMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  /** Text for `=` and `!=`, an RE2 expression that the whole value must (not) match for `=~` and `!~`. */
  readonly value: string;
}

/** The stored series an SLI reads: one metric, narrowed by labels that must all match. */
export interface MetricSelector {
  readonly metric: string;
  readonly match: readonly LabelMatcher[];
}

const literal = z.string({ error: expected('text (quote numbers and true or false)') });

/** Each way to write a condition, with the operator it stands for. */
const CONDITIONS = {
  not: { op: '!=', schema: literal },
  matches: { op: '=~', schema: expressionSchema },
  notMatches: { op: '!~', schema: expressionSchema },
} as const;

const CONDITION_FORMS =
  'text, {not: text}, {matches: regular expression} or {notMatches: regular expression} (quote numbers and true or false)';

/** Turns one entry of `match` into a matcher; reports into `context` and returns nothing when it is wrong. */
export function readMatcher(label: string, value: unknown, context: z.RefinementCtx): LabelMatcher[] {
  if (typeof value === 'string') {
    return [{ label, op: '=', value }];
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [name = '', operand] = entries[0] ?? [];
  if (entries.length !== 1 || !Object.hasOwn(CONDITIONS, name)) {
    context.addIssue({
      code: 'custom',
      path: ['match', label],
      message: `must be ${CONDITION_FORMS}, and is ${describeValue(value)}`,
    });
    return [];
  }
  const condition = CONDITIONS[name as keyof typeof CONDITIONS];
  const parsed = condition.schema.safeParse(operand);
  if (!parsed.success) {
    context.addIssue({
      code: 'custom',
      path: ['match', label, name],
      message: parsed.error.issues[0]?.message ?? '',
    });
    return [];
  }
  return [{ label, op: condition.op, value: parsed.data }];
}

const metricMessage = expected('the name of a metric, such as inference.requests');

/** Name of a stored metric. */
export const metricNameSchema = z.string({ error: metricMessage }).min(1, { error: metricMessage });

/** What stands under `match`, before {@link readMatchers} reads it. */
export const rawMatchSchema = z
  .record(z.string(), z.unknown(), { error: expected('a map from label to condition') })
  .nullish();

/** Turns `match` into matchers; reports into `context`, with paths from the map that holds `match`. */
export function readMatchers(
  match: z.output<typeof rawMatchSchema>,
  context: z.RefinementCtx,
): readonly LabelMatcher[] {
  return Object.entries(match ?? {}).flatMap(([label, value]) => readMatcher(label, value, context));
}

/** The `match` that {@link readMatchers} reads into these matchers. One label must not occur twice. */
export function writeMatchers(match: readonly LabelMatcher[]): Record<string, unknown> {
  const words = { '=': null, '!=': 'not', '=~': 'matches', '!~': 'notMatches' } as const;
  return Object.fromEntries(
    match.map(({ label, op, value }) => {
      const word = words[op];
      return [label, word === null ? value : { [word]: value }];
    }),
  );
}
