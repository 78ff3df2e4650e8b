import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';

/** How many alarms a rule may raise per period while nothing has changed. */
export interface FalseAlarmBudget {
  readonly count: number;
  readonly periodMs: number;
}

/** Which predictions a rule looks at. */
export interface Population {
  readonly model: string;
  /** Only samples of this service; empty for every service. */
  readonly service: string;
  /** Only samples of this region; empty for every region. */
  readonly region: string;
  /** Only samples that carry, for every tag named, one of the values listed. */
  readonly where: TagFilter;
}

/** Values allowed per tag. */
export type TagFilter = Readonly<Record<string, readonly string[]>>;

/** What every monitor says of itself. */
export interface RuleAbout {
  readonly name: string;
  /** Who owns the model; empty when the rule names nobody. */
  readonly owner: string;
  readonly runbook: string;
  /** One sentence: what to do first; empty when the rule says nothing. */
  readonly firstStep: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A duration such as `5m`, read into milliseconds. */
export const durationField = (least: 'zero' | 'positive') =>
  z.string({ error: 'must be a duration such as 5m, 1h or 30d' }).transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || (least === 'positive' && milliseconds === 0)) {
      context.addIssue(
        `must be a duration ${least === 'zero' ? '' : 'above 0 '}such as 5m, 1h or 30d, and is ${JSON.stringify(text)}`,
      );
      return z.NEVER;
    }
    return milliseconds;
  });

/** A point in time, read into milliseconds since the epoch. */
export const timeField = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-01T00:00:00Z' })
  .transform((text) => Date.parse(text));

/** Text that is not blank. */
export const textField = z.string().trim().min(1, 'must not be empty');

/** `1 per 30d`. */
export const falseAlarmBudgetField = z.string().transform((written, context): FalseAlarmBudget => {
  const [, count, period] = /^(\d+(?:\.\d+)?) per (\w+)$/.exec(written.trim()) ?? [];
  const periodMs = parseDuration(period ?? '');
  if (periodMs === undefined || periodMs === 0 || !(Number(count) > 0)) {
    context.addIssue(
      `must be a number of alarms per duration such as "1 per 30d", and is ${JSON.stringify(written)}`,
    );
    return z.NEVER;
  }
  return { count: Number(count), periodMs };
});

/** One needless ticket a month is what an owner puts up with before a monitor is muted. */
export const DEFAULT_BUDGET: FalseAlarmBudget = { count: 1, periodMs: 30 * 86_400_000 };

/** `{camera_id: "7", weather: [dry, cloudy]}`. */
export const tagFilterField = z.record(
  textField,
  z.union([textField.transform((value) => [value]), z.array(textField).min(1, 'must list a value')], {
    error: 'must be a value or a list of values',
  }),
);

/** The severity of a rule about drift: it never pages by itself. */
export const ticketField = z.literal('ticket', {
  error: (issue) =>
    issue.input === 'page'
      ? 'must be ticket: drift never pages. Drifted inputs hurt nobody by themselves, so page on the SLO that users feel, or let raiseWith: [outputs, accuracy] make it a page while one of those fires too'
      : 'must be ticket',
});

/** A page is read on a telephone, half asleep. */
const LONGEST_FIRST_STEP = 300;

/** `metadata` of a monitor. */
export const metadataField = z.strictObject({
  name: textField,
  owner: z.string().default(''),
  runbook: z.string().default(''),
  firstStep: z
    .string()
    .trim()
    .max(
      LONGEST_FIRST_STEP,
      `must be one sentence of at most ${LONGEST_FIRST_STEP} characters; the rest belongs into the runbook`,
    )
    .default(''),
  labels: z.record(z.string(), z.string()).default({}),
});

/** The fields of `spec` that say which predictions are meant. */
export const populationFields = {
  model: textField,
  service: z.string().default(''),
  region: z.string().default(''),
  where: tagFilterField.default({}),
} as const;
