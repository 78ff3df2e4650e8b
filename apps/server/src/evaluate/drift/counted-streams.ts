import { createHash } from 'node:crypto';
import { floorTime, type TimeRange } from '@tidewatch/core';
import type { ComparingMonitor, Population } from '@tidewatch/drift';
import type { CountStream, Store, ValueSource } from '@tidewatch/store';

/** Buckets are counted in pieces of this many: a first run over weeks of samples holds no connection for long. */
const PIECE_BUCKETS = 288;

/**
 * Keeps the counts of monitors' streams up to date: every closed bucket is counted once, and again when samples came late.
 */
export class CountedStreams {
  private readonly store: Pick<Store, 'featureCounts'>;
  /** What is counted of each stream; buckets in between are never left out. */
  private readonly counted = new Map<string, TimeRange>();

  constructor(store: Pick<Store, 'featureCounts'>) {
    this.store = store;
  }

  /** Counts what is missing of `range`, which ends at a bucket's end. */
  async bringUpTo(project: string, stream: CountStream, range: TimeRange): Promise<void> {
    const key = keyOf(project, stream);
    let known = this.counted.get(key) ?? (await this.stored(project, stream, range));
    // Also where nothing is missing: late rows must find what an earlier process counted.
    this.counted.set(key, known);
    if (range.from < known.from) {
      await this.countPieces(project, stream, { from: range.from, to: known.from });
      known = { from: range.from, to: known.to };
      this.counted.set(key, known);
    }
    if (range.to > known.to) {
      // Piece by piece, so that a run that fails half way goes on from there.
      for (const piece of piecesOf({ from: known.to, to: range.to }, stream.bucketMs)) {
        await this.store.featureCounts.count(project, stream, piece);
        known = { from: known.from, to: piece.to };
        this.counted.set(key, known);
      }
    }
  }

  /**
   * Counts the buckets again that `touched` reaches into, as far as they were counted.
   *
   * @returns what was counted again
   */
  async recount(project: string, stream: CountStream, touched: readonly TimeRange[]): Promise<TimeRange[]> {
    const known = this.counted.get(keyOf(project, stream));
    if (known === undefined) {
      return [];
    }
    const { bucketMs } = stream;
    const reopened = touched
      .map(({ from, to }) => ({
        from: Math.max(known.from, floorTime(from, bucketMs)),
        to: Math.min(known.to, floorTime(to - 1, bucketMs) + bucketMs),
      }))
      .filter(({ from, to }) => from < to);
    const merged = mergeRanges(reopened);
    for (const range of merged) {
      await this.countPieces(project, stream, range);
    }
    return merged;
  }

  private async countPieces(project: string, stream: CountStream, range: TimeRange): Promise<void> {
    for (const piece of piecesOf(range, stream.bucketMs)) {
      await this.store.featureCounts.count(project, stream, piece);
    }
  }

  /** After a start: an earlier process counted from the stream's beginning, which for a like rule was as far back. */
  private async stored(project: string, stream: CountStream, range: TimeRange): Promise<TimeRange> {
    const until = await this.store.featureCounts.countedUntil(project, stream);
    return until === null || until <= range.from
      ? { from: range.from, to: range.from }
      : { from: range.from, to: until };
  }
}

/**
 * The stream of a monitor over one set of grids. Its name tells apart what is counted differently: a monitor whose
 * population, segments, bucket or reach changed starts counting anew instead of mixing two kinds of counts.
 */
export function streamOf(
  monitor: ComparingMonitor,
  part: 'window' | 'reference',
  population: Population,
  grid: CountStream['grid'],
): CountStream {
  const { segments, bucketMs, windowMs, baseline } = monitor;
  const { truth } = sourceOf(monitor);
  const about = JSON.stringify([population, segments, bucketMs, windowMs, baseline, truth ?? 0]);
  const digest = createHash('sha256').update(about).digest('hex').slice(0, 10);
  return {
    stream: `${monitor.name}/${part}/${digest}`,
    population,
    truth,
    grid,
    segments,
    bucketMs,
  };
}

/** The values that a monitor looks at. */
export function sourceOf({
  population,
  truth,
  maturityMs,
}: Pick<ComparingMonitor, 'population' | 'truth' | 'maturityMs'>): ValueSource {
  return { population, truth: truth === null ? null : { maturityMs, ...truth } };
}

function keyOf(project: string, { stream, grid }: CountStream): string {
  return JSON.stringify([project, stream, grid]);
}

function piecesOf({ from, to }: TimeRange, bucketMs: number): TimeRange[] {
  const length = bucketMs * PIECE_BUCKETS;
  return Array.from({ length: Math.ceil((to - from) / length) }, (_, index) => ({
    from: from + index * length,
    to: Math.min(to, from + (index + 1) * length),
  }));
}

/** Ranges that touch or overlap become one; in order of time. */
export function mergeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const merged: TimeRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
