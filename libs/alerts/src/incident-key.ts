import { createHash } from 'node:crypto';

/**
 * What an incident is about. All rules and tiers that fire for the same key are members of one incident, so that one
 * outage is one page. A part that does not apply is the empty string.
 */
export interface IncidentKey {
  readonly project: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
}

/** The key as one string: equal for equal keys and only for them. Fit as a `Map` key. */
export function incidentKeyText(key: IncidentKey): string {
  // JSON quotes each part, so ("a", "b/c") and ("a/b", "c") stay different.
  return JSON.stringify([key.project, key.service, key.region, key.model]);
}

/**
 * The identity of one incident: SHA-256, 64 hexadecimal digits.
 *
 * @param generation 1 for the first incident of the key, one more for each later one
 */
export function incidentId(key: IncidentKey, generation: number): string {
  return createHash('sha256')
    .update(JSON.stringify([key.project, key.service, key.region, key.model, generation]))
    .digest('hex');
}
