import { z } from 'zod';
import { durationField, tagFilterField, textField, timeField, type TagFilter } from './rule-fields.js';

/** What windows are compared with. */
export type BaselineKind =
  /** An uploaded dataset. */
  | { readonly kind: 'fixed'; readonly name: string }
  /** A fixed stretch of recorded samples. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** The `lengthMs` before the window, less `gapMs`. */
  | { readonly kind: 'rolling'; readonly lengthMs: number; readonly gapMs: number }
  /** The same hour of the week in each of the last `weeks` weeks. */
  | { readonly kind: 'hour-of-week'; readonly weeks: number }
  /** What the model version before the current one was sent. */
  | { readonly kind: 'previous-version' }
  /** What the control variant is sent in the same minutes. */
  | { readonly kind: 'concurrent'; readonly variant: string };

/** A baseline and how it is made from samples. */
export type MonitorBaseline = BaselineKind & {
  /** Only samples with these tags go into it: dry days only. */
  readonly where: TagFilter;
  /** How often a new version is proposed for approval; `null` for never. */
  readonly refreshMs: number | null;
};

const shared = { where: tagFilterField.default({}), refresh: durationField('positive').optional() };

const DAY_MS = 86_400_000;

const fixed = z
  .strictObject({
    kind: z.literal('fixed'),
    name: textField.optional(),
    from: timeField.optional(),
    to: timeField.optional(),
    ...shared,
  })
  .transform(({ name, from, to, where, refresh }, context): MonitorBaseline => {
    if (name !== undefined && from === undefined && to === undefined) {
      if (refresh !== undefined || Object.keys(where).length > 0) {
        context.addIssue(
          'must have neither where nor refresh: an uploaded dataset is what it is; upload a new version instead',
        );
        return z.NEVER;
      }
      return { kind: 'fixed', name, where, refreshMs: null };
    }
    if (name === undefined && from !== undefined && to !== undefined && from < to) {
      return { kind: 'range', from, to, where, refreshMs: refresh ?? null };
    }
    context.addIssue('must have either the name of an uploaded dataset, or a time from and a later time to');
    return z.NEVER;
  });

const range = z
  .strictObject({ kind: z.literal('range'), from: timeField, to: timeField, where: shared.where })
  .refine(({ from, to }) => from < to, { error: 'must have a time from and a later time to' })
  .transform((value): MonitorBaseline => ({ ...value, refreshMs: null }));

const rolling = z
  .strictObject({
    kind: z.literal('rolling'),
    // A week holds every hour of the week once.
    length: durationField('positive').default(7 * DAY_MS),
    // A drift that has begun must not be part of what it is compared with.
    gap: durationField('zero').default(0),
    ...shared,
  })
  .transform(({ kind, length, gap, where, refresh }): MonitorBaseline => ({
    kind,
    lengthMs: length,
    gapMs: gap,
    where,
    refreshMs: refresh ?? null,
  }));

const hourOfWeek = z
  .strictObject({ kind: z.literal('hour-of-week'), weeks: z.int().min(1).max(52).default(4), ...shared })
  .transform(({ kind, weeks, where, refresh }): MonitorBaseline => ({
    kind,
    weeks,
    where,
    refreshMs: refresh ?? null,
  }));

const previousVersion = z
  .strictObject({ kind: z.literal('previous-version'), where: shared.where })
  .transform((value): MonitorBaseline => ({ ...value, refreshMs: null }));

const concurrent = z
  .strictObject({ kind: z.literal('concurrent'), variant: textField, where: shared.where })
  .transform((value): MonitorBaseline => ({ ...value, refreshMs: null }));

/** `baseline` of a monitor. */
export const baselineField = z
  .looseObject(
    {
      kind: z.enum(['fixed', 'range', 'rolling', 'hour-of-week', 'previous-version', 'concurrent'], {
        error: 'must be fixed, range, rolling, hour-of-week, previous-version or concurrent',
      }),
    },
    { error: 'must say its kind: fixed, range, rolling, hour-of-week, previous-version or concurrent' },
  )
  .pipe(z.union([fixed, range, rolling, hourOfWeek, previousVersion, concurrent]));

/** How a verdict names a baseline. */
export function describeBaseline(baseline: MonitorBaseline): string {
  const filter = Object.entries(baseline.where).map(([tag, values]) => `${tag}=${values.join('|')}`);
  const where = filter.length === 0 ? '' : ` where ${filter.join(', ')}`;
  return `${kindText(baseline)}${where}`;
}

function kindText(baseline: BaselineKind): string {
  const time = (at: number): string => new Date(at).toISOString();
  switch (baseline.kind) {
    case 'fixed':
      return baseline.name;
    case 'range':
      return `${time(baseline.from)} to ${time(baseline.to)}`;
    case 'rolling':
      return `the ${daysOrHours(baseline.lengthMs)} before`;
    case 'hour-of-week':
      return `the same hour of the last ${baseline.weeks} weeks`;
    case 'previous-version':
      return 'the previous version';
    case 'concurrent':
      return `variant ${baseline.variant} in the same minutes`;
  }
}

function daysOrHours(ms: number): string {
  return ms % DAY_MS === 0
    ? `${ms / DAY_MS} d`
    : ms % 3_600_000 === 0
      ? `${ms / 3_600_000} h`
      : `${ms / 60_000} min`;
}
