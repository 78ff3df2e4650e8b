import { z } from 'zod';
import { expected, expectedMap, refused } from './field-errors.js';

const SLICES = 'belongs to the Timeslices budgeting methods, which are not supported yet; leave it out';
const COMPOSITE =
  'makes a composite SLO, which is not supported yet; write one SLO document for each indicator, with spec.indicator';

const targetMessage = expected(
  'a share of good events above 0 and below 1, such as 0.999 (1 would leave no error budget; for per cent write targetPercent)',
);
const percentMessage = expected(
  'a percentage above 0 and below 100, such as 99.9 (100 would leave no error budget)',
);

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
      timeSliceTarget: refused(SLICES),
      timeSliceWindow: refused(SLICES),
      indicator: refused(COMPOSITE),
      indicatorRef: refused(COMPOSITE),
      compositeWeight: refused(COMPOSITE),
    },
    { error: expectedMap('a map with target or targetPercent') },
  )
  .superRefine(({ target, targetPercent }, context) => {
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
  })
  .transform(({ op, value, target, targetPercent }) => ({
    op,
    value,
    target: target ?? shareOf(targetPercent ?? 0),
  }));

/** What an SLO promises about its indicator. */
export type Objective = z.output<typeof objectiveSchema>;

/** Moves the decimal point in the text: 99.9 / 100 is 0.9990000000000001, and "99.9e-2" is 0.999. */
function shareOf(percent: number): number {
  const text = String(percent);
  return text.includes('e') ? percent / 100 : Number(`${text}e-2`);
}
