import { addCounted, type ComparingMonitor, type Counted, type Population } from '@tidewatch/drift';
import type { CountedVariable, CountStream } from '@tidewatch/store';
import { streamOf } from './counted-streams.js';

/** The streams of a monitor: of its windows, and of its baseline where that is counted on its own. */
export interface MonitorStreams {
  readonly window: CountStream;
  /** `null` for an uploaded dataset, which is counted already. */
  readonly reference: CountStream | null;
}

/** The streams in which a monitor's samples are counted. */
export function streamsOf(
  monitor: ComparingMonitor,
  baseline: { readonly grid: CountStream['grid'] },
): MonitorStreams {
  const window = streamOf(monitor, 'window', monitor.population, baseline.grid);
  const { kind, where } = monitor.baseline;
  if (kind === 'fixed') {
    return { window, reference: null };
  }
  // What lies far back, or is filtered differently, is counted on its own.
  const apart = kind === 'range' || Object.keys(where).length > 0;
  const reference = apart
    ? streamOf(monitor, 'reference', referencePopulation(monitor), baseline.grid)
    : window;
  return { window, reference };
}

/** The samples that a baseline is made from: those of the monitor that its own filter lets through. */
export function referencePopulation({ population, baseline }: ComparingMonitor): Population {
  return { ...population, where: { ...population.where, ...baseline.where } };
}

/** Sums over all ranges, by variable and segment. */
export function sumByKey(sums: readonly CountedVariable[]): Map<string, Map<string, Counted>> {
  const byVariable = new Map<string, Map<string, Counted>>();
  for (const { variable, segment, counts, moments, lag } of sums) {
    const segments = byVariable.get(variable) ?? new Map<string, Counted>();
    const before = segments.get(segment);
    const counted = { counts, moments, lag };
    segments.set(segment, before === undefined ? counted : addCounted(before, counted));
    byVariable.set(variable, segments);
  }
  return byVariable;
}
