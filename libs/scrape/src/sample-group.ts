import type { Label, Sample } from './exposition.js';
import type { PointBase, ScrapedPoint } from './scraped-metric.js';
import { labelKey } from './series-attributes.js';

/** The samples that make one point of a histogram or summary. */
export interface SampleGroup {
  /** What they share: all labels but `le` or `quantile`. */
  readonly labels: readonly Label[];
  readonly timeUnixNano: bigint | null;
  readonly samples: readonly Sample[];
}

/** Makes a point of a group. @returns the reason in words when it makes none */
export type GroupConversion = (family: string, group: SampleGroup, base: PointBase) => ScrapedPoint | string;

/** Groups the samples of a family by series and time. `part` is the label that tells the samples of a point apart. */
export function groupSamples(samples: readonly Sample[], part: string): SampleGroup[] {
  const groups = new Map<string, SampleGroup & { readonly samples: Sample[] }>();
  for (const sample of samples) {
    const labels = sample.labels.filter(([name]) => name !== part);
    const key = `${labelKey(labels)} ${sample.timeUnixNano ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { labels, timeUnixNano: sample.timeUnixNano, samples: [sample] });
    } else {
      group.samples.push(sample);
    }
  }
  return [...groups.values()];
}

/** The value of the label `name`. */
export function labelOf(sample: Sample, name: string): string | undefined {
  return sample.labels.find(([each]) => each === name)?.[1];
}
