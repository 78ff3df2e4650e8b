import { createHash } from 'node:crypto';
import { partCount, type SloDefinition } from '@tidewatch/slo';

const keys = new WeakMap<SloDefinition, readonly string[]>();

/**
 * Under which names the slices of an SLO are kept, one for each list of counts: its own and a fingerprint of what it counts.
 *
 * Slices hold counts, so another target or other tiers keep the history; other selectors, another threshold or other groups count
 * something else and start afresh from the raw points.
 */
export function sliceKeysOf(slo: SloDefinition): readonly string[] {
  const known = keys.get(slo);
  if (known !== undefined) {
    return known;
  }
  const groups = slo.groupBy?.labels ?? [];
  const counted =
    partCount(slo) === slo.members.length && slo.budgeting.method === 'Occurrences'
      ? slo.members.map(({ sli }) => [sli, groups])
      : [[slo.members.map(({ sli, weight }) => [sli, weight]), slo.budgeting, groups]];
  const made = counted.map((what, index) => {
    const fingerprint = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
    return `${slo.name}${counted.length === 1 ? '' : `/${index}`}@${fingerprint}`;
  });
  keys.set(slo, made);
  return made;
}
