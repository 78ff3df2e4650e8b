import { formatDuration, parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { readAnnotation } from './annotation-text.js';
import { isReachableBurn } from './burn.js';
import { metricConditionSchema } from './condition/read-condition.js';
import { expected, expectedMap } from './field-errors.js';
import { nameSchema } from './metadata.js';
import { duplicateTiers, reachMessage, tierFaults, type TierTerms } from './tier-checks.js';
import { DEFAULT_EVERY_MS, defaultMinimumBadEvents, defaultTiers, type BurnTier } from './tiers.js';

function duration(isZeroAllowed: boolean) {
  const above = expected(`a duration ${isZeroAllowed ? '' : 'above zero '}such as 5m or 1h`);
  return z
    .string({ error: expected('a duration such as 5m or 1h') })
    .refine((text) => (parseDuration(text) ?? -1) > (isZeroAllowed ? -1 : 0), { error: above })
    .transform((text) => parseDuration(text) ?? 0);
}

const burnMessage = expected('a burn rate above 0, such as 14.4');
const minimumMessage = expected('a whole number of bad events, 1 or more');

const tierSchema = z
  .strictObject(
    {
      name: nameSchema,
      long: duration(false),
      short: duration(false),
      burn: z.number({ error: burnMessage }).positive({ error: burnMessage }),
      severity: z.enum(['page', 'ticket'], { error: expected('page or ticket') }),
      minimumBadEvents: z
        .number({ error: minimumMessage })
        .int({ error: minimumMessage })
        .min(1, { error: minimumMessage })
        .optional(),
      every: duration(false).optional(),
      hold: duration(true).optional(),
      keepFiring: duration(true).optional(),
      and: metricConditionSchema.optional(),
    },
    { error: expectedMap('a map with name, long, short, burn, severity') },
  )
  .transform(
    ({ name, long, short, burn, severity, minimumBadEvents, every, hold, keepFiring, and }): BurnTier => ({
      name,
      longMs: long,
      shortMs: short,
      burn,
      severity,
      minimumBadEvents: minimumBadEvents ?? defaultMinimumBadEvents(severity, burn),
      everyMs: every ?? DEFAULT_EVERY_MS[severity],
      holdMs: hold ?? 0,
      keepFiringMs: keepFiring ?? null,
      and: and ?? null,
    }),
  );

const PART = `a tier; known are ${Object.keys(tierSchema.in.shape).join(', ')}`;
const listMessage = expected('a list of tiers, at least one, or the text none');
const tiersSchema = z.union(
  [
    z.literal('none').transform((): BurnTier[] => []),
    z.array(tierSchema, { error: listMessage }).min(1, { error: listMessage }),
  ],
  { error: listMessage },
);

/** The tiers of an SLO, or everything that is wrong with them as sentences. */
export type TiersReading =
  | { readonly tiers: readonly BurnTier[]; readonly faults: null; readonly warnings: readonly string[] }
  | { readonly tiers: null; readonly faults: readonly string[] };

/**
 * Reads the text of the annotation `tidewatch.dev/tiers`, YAML or JSON, and checks that every tier can fire.
 *
 * @param text the annotation; `undefined` takes {@link defaultTiers}, less those that a total outage does not reach
 */
export function readTiers(text: string | undefined, terms: TierTerms): TiersReading {
  if (text === undefined) {
    return readDefaultTiers(terms);
  }
  const isNone = text.trim() === 'none';
  const { value: tiers, faults } = readAnnotation(text, isNone ? tiersSchema : tiersSchema.options[1], PART);
  return tiers === null
    ? { tiers, faults }
    : settle(tiers, [...tiers.flatMap((tier) => tierFaults(tier, terms)), ...duplicateTiers(tiers)]);
}

function readDefaultTiers({ target, periodMs, sliceMs }: TierTerms): TiersReading {
  const all = defaultTiers(periodMs, sliceMs ?? 1);
  if (all.length === 0) {
    const slices = sliceMs === null ? '' : ` in slices of ${formatDuration(sliceMs)}`;
    return settle(
      [],
      [
        `is missing, and the time window of ${formatDuration(periodMs)}${slices} is too short for every one of the default tiers; list tiers with other windows`,
      ],
    );
  }
  const tiers = all.filter((tier) => isReachableBurn(tier.burn, target));
  const unreachable = all.filter((tier) => !tiers.includes(tier));
  const messages = unreachable.map(
    (tier) => `the default tier ${tier.name} could never fire: ${reachMessage(tier, target)}`,
  );
  return tiers.length === 0
    ? settle(
        [],
        messages.map((message) => `is missing, and ${message}; list the tiers that suit this target`),
      )
    : {
        tiers,
        faults: null,
        warnings: messages.map((message) => `is missing, and ${message}; it is left out`),
      };
}

function settle(tiers: readonly BurnTier[], faults: readonly string[]): TiersReading {
  return faults.length > 0 ? { tiers: null, faults } : { tiers, faults: null, warnings: [] };
}
