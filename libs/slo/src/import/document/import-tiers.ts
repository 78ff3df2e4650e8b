import { formatDuration } from '@tidewatch/core';
import { isReachableBurn, maximumBurn } from '../../burn.js';
import { toDecimal, toNumber } from '../../decimal.js';

/** A pair of windows of another product. */
export interface ImportedTier {
  readonly name: string;
  readonly severity: 'page' | 'ticket';
  readonly longMs: number;
  readonly shortMs: number;
  readonly burn: number;
  /** How long it must hold before it alerts; 0 for at once. */
  readonly holdMs: number;
}

/** The annotation `tidewatch.dev/tiers` and what became of the tiers. */
export interface TiersText {
  readonly text: string;
  readonly notes: readonly string[];
}

const HOUR_MS = 3_600_000;
const FINE_SLICE_MS = 10_000;
const COARSE_SLICE_MS = 60_000;

/**
 * Writes tiers as the text of their annotation, without those that could never fire, and without those that page while
 * nobody has said what to do then.
 *
 * @param percent target in per cent, in (0, 100)
 */
export function tiersText(tiers: readonly ImportedTier[], percent: number, runbook: string): TiersText {
  const notes: string[] = [];
  const kept = tiers.map(aligned).filter((tier) => {
    const fault = faultOf(tier, percent);
    if (fault !== null) {
      notes.push(`the tier ${tier.name} is left out: ${fault}`);
    }
    return fault === null;
  });
  const silent = runbook === '' ? kept.filter(({ severity }) => severity === 'page') : [];
  if (silent.length > 0) {
    notes.push(
      `the tiers that page (${silent.map(({ name }) => name).join(', ')}) are left out: no runbook is known, and whoever is woken needs one; name one in the specification, or give the address where runbooks lie, and import again`,
    );
  }
  const written = kept.filter((tier) => !silent.includes(tier));
  return {
    text: written.length === 0 ? 'none' : written.map(lineOf).join(''),
    notes,
  };
}

/** Windows of whole slices, as they are counted. */
function aligned(tier: ImportedTier): ImportedTier {
  return { ...tier, longMs: wholeSlices(tier.longMs), shortMs: wholeSlices(tier.shortMs) };
}

function wholeSlices(ms: number): number {
  const slice = ms > 6 * HOUR_MS ? COARSE_SLICE_MS : FINE_SLICE_MS;
  return Math.max(slice, Math.round(ms / slice) * slice);
}

function faultOf({ burn, longMs, shortMs }: ImportedTier, percent: number): string | null {
  const target = shareOf(percent);
  if (!isReachableBurn(burn, target)) {
    return `at a target of ${percent} % a total outage burns ${Number(maximumBurn(target).toPrecision(4))} times too fast, and it waits for ${burn}`;
  }
  return shortMs >= longMs
    ? `its windows of ${formatDuration(longMs)} and ${formatDuration(shortMs)} are too short to tell apart`
    : null;
}

/** Per cent as a share, without the error of a division. */
function shareOf(percent: number): number {
  const { units, scale } = toDecimal(percent);
  return toNumber({ units, scale: scale + 2 });
}

function lineOf(tier: ImportedTier): string {
  const { name, longMs, shortMs, burn, severity, holdMs } = tier;
  const hold = holdMs === 0 ? '' : `, hold: ${formatDuration(holdMs)}`;
  return `- { name: ${name}, long: ${formatDuration(longMs)}, short: ${formatDuration(shortMs)}, burn: ${burn}, severity: ${severity}${hold} }\n`;
}
