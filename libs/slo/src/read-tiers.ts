import { errorMessage, formatDuration, parseDuration } from '@tidewatch/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { isReachableBurn, maximumBurn } from './burn.js';
import { expected, expectedMap } from './field-errors.js';
import { nameSchema } from './metadata.js';
import { DEFAULT_EVERY_MS, DEFAULT_MINIMUM_BAD_EVENTS, DEFAULT_TIERS, type BurnTier } from './tiers.js';

const HOUR_MS = 3_600_000;

/** Events are counted in slices of this length; windows that fit in the six hours of fine slices must be made of whole ones. */
const FINE_SLICE_MS = 10_000;
/** Longer windows are read from slices of a minute. */
const FINE_WINDOW_MS = 6 * HOUR_MS;
const COARSE_SLICE_MS = 60_000;

const duration = z
  .string({ error: expected('a duration such as 5m or 1h') })
  .refine((text) => (parseDuration(text) ?? 0) > 0, {
    error: expected('a duration above zero such as 5m or 1h'),
  })
  .transform((text) => parseDuration(text) ?? 0);

const burnMessage = expected('a burn rate above 0, such as 14.4');
const minimumMessage = expected('a whole number of bad events, 1 or more');

const tierSchema = z
  .strictObject(
    {
      name: nameSchema,
      long: duration,
      short: duration,
      burn: z.number({ error: burnMessage }).positive({ error: burnMessage }),
      severity: z.enum(['page', 'ticket'], { error: expected('page or ticket') }),
      minimumBadEvents: z
        .number({ error: minimumMessage })
        .int({ error: minimumMessage })
        .min(1, { error: minimumMessage })
        .default(DEFAULT_MINIMUM_BAD_EVENTS),
      every: duration.optional(),
    },
    { error: expectedMap('a map with name, long, short, burn, severity') },
  )
  .transform(({ name, long, short, burn, severity, minimumBadEvents, every }): BurnTier => ({
    name,
    longMs: long,
    shortMs: short,
    burn,
    severity,
    minimumBadEvents,
    everyMs: every ?? DEFAULT_EVERY_MS[severity],
  }));

const listMessage = expected('a list of tiers, at least one');
const tiersSchema = z.array(tierSchema, { error: listMessage }).min(1, { error: listMessage });

/** The tiers of an SLO, or everything that is wrong with them as sentences. */
export type TiersReading =
  | { readonly tiers: readonly BurnTier[]; readonly faults: null }
  | { readonly tiers: null; readonly faults: readonly string[] };

/**
 * Reads the text of the annotation `tidewatch.dev/tiers`, YAML or JSON, and checks that every tier can fire.
 *
 * @param text the annotation; `undefined` takes {@link DEFAULT_TIERS}, less those whose long window exceeds the period
 * @param target share of good events asked for, in (0, 1)
 * @param periodMs length of the SLO's rolling window
 */
export function readTiers(text: string | undefined, target: number, periodMs: number): TiersReading {
  if (text === undefined) {
    return defaultTiers(target, periodMs);
  }
  let raw: unknown;
  try {
    raw = parse(text, { logLevel: 'error' });
  } catch (error) {
    return faulty([`is not valid YAML: ${errorMessage(error).split('\n')[0]?.replace(/:$/, '') ?? ''}`]);
  }
  const parsed = tiersSchema.safeParse(raw);
  if (!parsed.success) {
    return faulty(parsed.error.issues.flatMap(faultsOf));
  }
  const tiers = parsed.data;
  return settle(tiers, [
    ...tiers.flatMap((tier) => tierFaults(tier, target, periodMs)),
    ...tiers
      .filter((tier, index) => tiers.findIndex((other) => other.name === tier.name) < index)
      .map((tier) => `two tiers are named ${tier.name}; give each its own name`),
  ]);
}

function defaultTiers(target: number, periodMs: number): TiersReading {
  // Events older than the period no longer count against the budget, so a longer window has nothing to protect.
  const tiers = DEFAULT_TIERS.filter((tier) => tier.longMs <= periodMs);
  if (tiers.length === 0) {
    return faulty([
      `is missing, and the time window of ${formatDuration(periodMs)} is shorter than every window of the default tiers; list tiers with shorter windows`,
    ]);
  }
  const unreachable = tiers.filter((tier) => !isReachableBurn(tier.burn, target));
  return settle(
    tiers,
    unreachable.map(
      (tier) =>
        `is missing, and the default tier ${tier.name} could never fire: ${reachMessage(tier, target)}; list the tiers that suit this target`,
    ),
  );
}

/** Everything that keeps one well-formed tier from working, as sentences that start with its name. */
function tierFaults(tier: BurnTier, target: number, periodMs: number): string[] {
  const faults: string[] = [];
  if (!isReachableBurn(tier.burn, target)) {
    faults.push(`could never fire: ${reachMessage(tier, target)}`);
  }
  if (tier.shortMs >= tier.longMs) {
    faults.push(
      `has a short window of ${formatDuration(tier.shortMs)} that is not shorter than its long window of ${formatDuration(tier.longMs)}; a twelfth is usual`,
    );
  }
  if (tier.longMs > periodMs) {
    faults.push(
      `has a long window of ${formatDuration(tier.longMs)}, longer than the time window of ${formatDuration(periodMs)} whose budget it watches`,
    );
  }
  for (const windowMs of [tier.longMs, tier.shortMs]) {
    const sliceMs = windowMs > FINE_WINDOW_MS ? COARSE_SLICE_MS : FINE_SLICE_MS;
    if (windowMs % sliceMs !== 0) {
      faults.push(
        `has a window of ${formatDuration(windowMs)}, which is not a multiple of the ${formatDuration(sliceMs)} slices that events are counted in`,
      );
    }
  }
  return faults.map((fault) => `tier ${tier.name} ${fault}`);
}

function reachMessage(tier: BurnTier, target: number): string {
  const maximum = Number(maximumBurn(target).toPrecision(4));
  return `its burn is ${tier.burn}, and with a target of ${target} a total outage burns ${maximum} times too fast, which is the maximum`;
}

function faultsOf(issue: z.core.$ZodIssue): string[] {
  const place =
    issue.path.length === 0
      ? ''
      : `${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('.')} `;
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map(
        (key) =>
          `${place}${key} is not a known key of a tier; known are ${Object.keys(tierSchema.in.shape).join(', ')}`,
      )
    : [`${place}${issue.message}`];
}

function settle(tiers: readonly BurnTier[], faults: readonly string[]): TiersReading {
  return faults.length > 0 ? faulty(faults) : { tiers, faults: null };
}

function faulty(faults: readonly string[]): TiersReading {
  return { tiers: null, faults };
}
