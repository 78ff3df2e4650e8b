import type { Family, Label, Sample } from './exposition.js';
import { parseSeconds } from './number-text.js';
import { labelKey } from './series-attributes.js';

/** When the series of an exposition began to count. */
export class StartTimes {
  private readonly byFamily = new Map<string, Map<string, bigint>>();

  set(family: string, sample: Sample): void {
    // The value is a double to the parser; its shortest text has the digits that were written.
    const time = parseSeconds(String(sample.value.number));
    if (time === undefined) {
      return;
    }
    const known = this.byFamily.get(family) ?? new Map<string, bigint>();
    this.byFamily.set(family, known.set(labelKey(sample.labels), time));
  }

  /** Nanoseconds since the Unix epoch; 0 when the exposition does not say. */
  of(family: string, labels: readonly Label[]): bigint {
    return this.byFamily.get(family)?.get(labelKey(labels)) ?? 0n;
  }
}

/**
 * Takes the `_created` samples out of the families. They are part of their family in OpenMetrics; the Python client
 * exposes them as gauge families of their own in Prometheus text, which are recognised by the family they belong to.
 */
export function takeStartTimes(all: readonly Family[]): { families: Family[]; starts: StartTimes } {
  const byName = new Map(all.map((family) => [family.name, family]));
  const starts = new StartTimes();
  const families = all.flatMap((family): Family[] => {
    const base = baseOfCreated(family, byName);
    if (base !== undefined) {
      family.samples.forEach((sample) => starts.set(base, sample));
      return [];
    }
    if (!counts(family)) {
      return [family];
    }
    const isStart = (sample: Sample): boolean => sample.name === `${family.name}_created`;
    family.samples.filter(isStart).forEach((sample) => starts.set(family.name, sample));
    return [{ ...family, samples: family.samples.filter((sample) => !isStart(sample)) }];
  });
  return { families, starts };
}

function counts(family: Family | undefined): boolean {
  return family !== undefined && ['counter', 'histogram', 'summary'].includes(family.type);
}

function baseOfCreated(family: Family, byName: ReadonlyMap<string, Family>): string | undefined {
  if (family.type !== 'gauge' || !family.name.endsWith('_created')) {
    return undefined;
  }
  const stem = family.name.slice(0, -'_created'.length);
  return [stem, `${stem}_total`].find((name) => counts(byName.get(name)));
}
