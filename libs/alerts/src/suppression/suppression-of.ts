import type { AlertLabels } from '../labels.js';
import { labelValue } from '../matcher/compile-matchers.js';
import { inForceAt, laterEndFirst, type InForce, type Warming } from './in-force.js';
import type { Suppression, SuppressionSources } from './suppression.js';

/** Aspects that a deployment moves without anything being wrong. What users feel is not among them. */
const WARMING_ASPECTS: readonly string[] = ['inputs', 'outputs', 'canary'];

/**
 * What keeps a member with these labels quiet at `at`, or `null` when it may speak.
 *
 * Silences come before maintenance windows, and these before deployments; of several of a kind the one that ends last is
 * named. Two that merely touch are not joined: `until` is the end of the one that holds now. A deployment holds back
 * tickets about inputs, outputs and canaries only: of the service or the model that was deployed, in its region. No
 * deployment ever holds back a page.
 *
 * @param at ms
 * @param sources the same object for as long as nothing in it changes: what holds at a time is worked out once for each
 */
export function suppressionOf(
  labels: AlertLabels,
  at: number,
  sources: SuppressionSources,
): Suppression | null {
  const active = inForceAt(sources, at);
  const silence = active.silences.find(({ matches }) => matches(labels));
  if (silence !== undefined) {
    return silence.suppression;
  }
  const window = active.windows.find(({ matches }) => matches(labels));
  if (window !== undefined) {
    return window.suppression;
  }
  return warmUpOf(labels, active)?.suppression ?? null;
}

function warmUpOf(labels: AlertLabels, active: InForce): Warming | undefined {
  if (active.warmUpsByService.size + active.warmUpsByModel.size === 0) {
    return undefined;
  }
  if (
    labelValue(labels, 'severity') !== 'ticket' ||
    !WARMING_ASPECTS.includes(labelValue(labels, 'aspect'))
  ) {
    return undefined;
  }
  const region = labelValue(labels, 'region');
  const inRegion = ({ warmUp }: Warming): boolean =>
    warmUp.region === '' || region === '' || warmUp.region === region;
  const found = [
    active.warmUpsByService.get(labelValue(labels, 'service'))?.find(inRegion),
    active.warmUpsByModel.get(labelValue(labels, 'model'))?.find(inRegion),
  ].filter((each) => each !== undefined);
  return found.sort(laterEndFirst)[0];
}
