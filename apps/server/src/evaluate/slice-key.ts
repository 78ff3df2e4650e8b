import { createHash } from 'node:crypto';
import type { SloDefinition } from '@tidewatch/slo';
import type { SliceKey } from '@tidewatch/store';

/**
 * Under which name the slices of an SLO are kept: its own and a fingerprint of what it counts.
 *
 * Slices hold counts, so another target or other tiers keep the history; other selectors or another threshold count
 * something else and start afresh from the raw points.
 */
export function sliceKeyOf(slo: SloDefinition): SliceKey {
  const fingerprint = createHash('sha256').update(JSON.stringify(slo.sli)).digest('hex').slice(0, 12);
  return { slo: `${slo.name}@${fingerprint}`, group: '' };
}
