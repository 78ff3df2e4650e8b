import { z } from 'zod';
import { expected, expectedMap } from './field-errors.js';
import { indicatorSchema } from './indicator-document.js';
import { nameSchema } from './metadata.js';
import { fixedMs, parseOpenSloDuration } from './openslo-duration.js';

const NO_BUDGET =
  'for what may never happen use a MetricMonitor that counts it: 1 leaves no error budget to watch, and 0 promises nothing';

const targetMessage = expected(
  `a share of good events above 0 and below 1, such as 0.999 (for per cent write targetPercent; ${NO_BUDGET})`,
);
const percentMessage = expected(
  `a percentage above 0 and below 100, such as 99.9 (${NO_BUDGET.replace('1 leaves', '100 leaves')})`,
);
const sliceTargetMessage = expected(
  'the share of good events from which a slice is good, above 0 and at most 1, such as 0.95',
);
const sliceMessage = expected(
  'a duration that divides an hour, such as 1m or 10m, or whole hours that divide a day, such as 2h',
);
const weightMessage = expected('a number above 0, such as 2');

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FINE_SLICE_MS = 10_000;

/** Milliseconds of a time slice. `10s` to `50s` are no durations of OpenSLO and are read as well. */
const sliceWindowSchema = z.string({ error: sliceMessage }).transform((text, context) => {
  const seconds = /^([1-5]0)s$/.exec(text)?.[1];
  const duration = parseOpenSloDuration(text);
  const ms = seconds === undefined ? duration && fixedMs(duration) : Number(seconds) * 1_000;
  const fits =
    ms !== undefined &&
    (ms < HOUR_MS ? ms % FINE_SLICE_MS === 0 && HOUR_MS % ms === 0 : ms % HOUR_MS === 0 && DAY_MS % ms === 0);
  if (!fits) {
    context.addIssue({ code: 'custom', message: sliceMessage({ input: text }) });
    return z.NEVER;
  }
  return ms;
});

/** One entry of `spec.objectives`. `target` is a share in (0, 1), whichever way it was written. */
export const objectiveSchema = z
  .strictObject(
    {
      displayName: z.string({ error: expected('text') }).optional(),
      op: z.enum(['lte', 'lt', 'gte', 'gt'], { error: expected('lte, lt, gte or gt') }).optional(),
      value: z.number({ error: expected('a number') }).optional(),
      target: z
        .number({ error: targetMessage })
        .gt(0, { error: targetMessage })
        .lt(1, { error: targetMessage })
        .optional(),
      targetPercent: z
        .number({ error: percentMessage })
        .gt(0, { error: percentMessage })
        .lt(100, { error: percentMessage })
        .optional(),
      timeSliceTarget: z
        .number({ error: sliceTargetMessage })
        .gt(0, { error: sliceTargetMessage })
        .lte(1, { error: sliceTargetMessage })
        .optional(),
      timeSliceWindow: sliceWindowSchema.optional(),
      indicator: indicatorSchema.optional(),
      indicatorRef: nameSchema.optional(),
      compositeWeight: z.number({ error: weightMessage }).gt(0, { error: weightMessage }).optional(),
    },
    { error: expectedMap('a map with target or targetPercent') },
  )
  .superRefine(({ target, targetPercent, indicator, indicatorRef }, context) => {
    if ((target === undefined) === (targetPercent === undefined)) {
      context.addIssue({
        code: 'custom',
        path: [],
        message:
          target === undefined
            ? 'has no target: write target (such as 0.999) or targetPercent (such as 99.9)'
            : 'has both target and targetPercent; keep one',
      });
    }
    if (indicator !== undefined && indicatorRef !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [],
        message: 'has both indicator and indicatorRef; keep one',
      });
    }
  })
  .transform(({ target, targetPercent, ...objective }) => ({
    ...objective,
    target: target ?? shareOf(targetPercent ?? 0),
  }));

/** What an SLO promises about its indicator. */
export type Objective = z.output<typeof objectiveSchema>;

/** Moves the decimal point in the text: 99.9 / 100 is 0.9990000000000001, and "99.9e-2" is 0.999. */
export function shareOf(percent: number): number {
  const text = String(percent);
  return text.includes('e') ? percent / 100 : Number(`${text}e-2`);
}
