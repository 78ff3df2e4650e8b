import type { Label } from './exposition.js';

/** Labels without empty values, which Prometheus takes for absent ones, renamed and sorted by name. */
export function seriesAttributes(
  labels: readonly Label[],
  rename: Readonly<Record<string, string>>,
): Label[] {
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

/** Text that is equal for two sets of labels exactly when they are the same set. */
export function labelKey(labels: readonly Label[]): string {
  return JSON.stringify(present(labels).sort(byName));
}

function present(labels: readonly Label[]): Label[] {
  return labels.filter(([, value]) => value !== '');
}

function byName([a]: Label, [b]: Label): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
