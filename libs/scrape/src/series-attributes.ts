import type { Label } from './exposition.js';
import { seriesKey } from './scraped-metric.js';

/** Labels without empty values, which Prometheus takes for absent ones, renamed and sorted by name. */
export function seriesAttributes(
  labels: readonly Label[],
  rename: Readonly<Record<string, string>>,
): readonly Label[] {
  if (isReady(labels, rename)) {
    return labels;
  }
  const kept = present(labels);
  const taken = new Set(kept.map(([name]) => name));
  return kept
    .map(([name, value]): Label => {
      const renamed = Object.hasOwn(rename, name) ? (rename[name] ?? name) : name;
      if (renamed === name || taken.has(renamed)) {
        // A label that has the new name already wins; this one keeps its own.
        return [name, value];
      }
      taken.add(renamed);
      return [renamed, value];
    })
    .sort(byName);
}

/** Most expositions sort their labels; with none to rename there is nothing to do. */
function isReady(labels: readonly Label[], rename: Readonly<Record<string, string>>): boolean {
  let before = '';
  for (const [name, value] of labels) {
    if (value === '' || name < before || Object.hasOwn(rename, name)) {
      return false;
    }
    before = name;
  }
  return true;
}

/** Text that is equal for two sets of labels exactly when they are the same set. */
export function labelKey(labels: readonly Label[]): string {
  return seriesKey({ name: '', kind: 'gauge', unit: '' }, seriesAttributes(labels, {}));
}

function present(labels: readonly Label[]): Label[] {
  return labels.filter(([, value]) => value !== '');
}

function byName([a]: Label, [b]: Label): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
