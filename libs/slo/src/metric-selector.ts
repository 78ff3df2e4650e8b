import { z } from 'zod';
import { describeValue, expected, expectedMap, refused } from './field-errors.js';

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

const regexMessage = expected(
  'a regular expression in RE2 syntax (no look-around and no back-references), such as "5.."',
);
const expression = z.string({ error: regexMessage }).refine(isLikelyRe2, { error: regexMessage });
const literal = z.string({ error: expected('text (quote numbers and true or false)') });

/** Each way to write a condition, with the operator it stands for. */
const CONDITIONS = {
  not: { op: '!=', schema: literal },
  matches: { op: '=~', schema: expression },
  notMatches: { op: '!~', schema: expression },
} as const;

const CONDITION_FORMS =
  'text, {not: text}, {matches: regular expression} or {notMatches: regular expression} (quote numbers and true or false)';

/** Turns one entry of `match` into a matcher; reports into `context` and returns nothing when it is wrong. */
function readMatcher(label: string, value: unknown, context: z.RefinementCtx): LabelMatcher[] {
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

/**
 * Catches the mistakes that would otherwise surface as a failing query: syntax errors, and what JavaScript allows
 * but RE2 does not.
 */
function isLikelyRe2(text: string): boolean {
  if (/\(\?<?[=!]|\\[1-9]/.test(text)) {
    return false;
  }
  try {
    // RE2 takes flags at the start, which JavaScript cannot parse.
    return new RegExp(text.replace(/^\(\?[imsU]+\)/, '')) instanceof RegExp;
  } catch {
    return false;
  }
}

const metricMessage = expected('the name of a metric, such as inference.requests');

const selectorSchema = z
  .strictObject(
    {
      metric: z.string({ error: metricMessage }).min(1, { error: metricMessage }),
      match: z
        .record(z.string(), z.unknown(), { error: expected('a map from label to condition') })
        .nullish(),
    },
    { error: expectedMap('a map with metric and match') },
  )
  .transform(({ metric, match }, context): MetricSelector => ({
    metric,
    match: Object.entries(match ?? {}).flatMap(([label, value]) => readMatcher(label, value, context)),
  }));

const SUPPORTED_SOURCE =
  'SLIs are computed from the metrics that Tidewatch itself receives. Write {type: tidewatch, spec: {metric: NAME, match: {LABEL: VALUE}}}';

/** OpenSLO's `{metricSource: {type, spec}}`, for the one type Tidewatch reads; yields the selector. */
export const metricSchema = z
  .strictObject(
    {
      // A union of one: another type gives a single message instead of one for each key its spec does not share.
      metricSource: z.discriminatedUnion(
        'type',
        [
          z.strictObject({
            type: z.literal('tidewatch'),
            metricSourceRef: refused(
              'is not supported: Tidewatch reads only its own metrics, so there is no data source to name; leave it out',
            ),
            spec: selectorSchema,
          }),
        ],
        {
          error: (issue) => {
            const { input } = issue;
            const type =
              typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
            return `${type === undefined ? 'is missing; it must be tidewatch' : `must be tidewatch, and is ${describeValue(type)}`}: ${SUPPORTED_SOURCE}`;
          },
        },
      ),
    },
    { error: expectedMap('a map with metricSource') },
  )
  .transform(({ metricSource }) => metricSource.spec);
