import { seededNormal, seededRandom } from '@tidewatch/core';
import {
  addCounted,
  countValues,
  driftMonitorSchema,
  emptyCounted,
  gridFromQuantiles,
  type Counted,
  type DriftMonitor,
  type NumericGrid,
} from '@tidewatch/drift';

/** A feature whose values are a first-order autoregression of standard normal ones, counted bucket by bucket. */
export interface SimulatedStream {
  readonly rho: number;
  /** Values per bucket. */
  readonly perBucket: number;
}

/** A rule with every default but the number of features, which the caller decides by what it compares. */
export function defaultMonitor(): DriftMonitor {
  return driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: 'simulated' },
    spec: { model: 'simulated', baseline: { kind: 'fixed', name: 'training' } },
  });
}

/** A baseline of independent standard normal values and its grid. */
export function normalBaseline(
  size: number,
  seed: number,
): { readonly grid: NumericGrid; readonly reference: Counted } {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: size }, () => seededNormal(random)).sort();
  const grid = gridFromQuantiles(
    Array.from({ length: 1_001 }, (_, level) => values[Math.floor((level / 1_000) * (size - 1))]!),
  );
  return { grid, reference: { ...countValues(grid, values), lag: null } };
}

/** Draws buckets of a stream one after the other; `shift` moves the values of the next bucket. */
export function bucketSource(
  grid: NumericGrid,
  { rho, perBucket }: SimulatedStream,
  seed: number,
): (shift: number) => Counted {
  const random = seededRandom(seed);
  const noise = Math.sqrt(1 - rho * rho);
  const values = new Float64Array(perBucket);
  let x = seededNormal(random);
  return (shift) => {
    for (let i = 0; i < perBucket; i += 1) {
      x = rho * x + noise * seededNormal(random);
      values[i] = x + shift;
    }
    return countValues(grid, values);
  };
}

/** A window that slides over buckets: their sum, kept by adding the newest and taking the oldest away. */
export class SlidingWindow {
  private readonly buckets: Counted[] = [];
  private readonly length: number;
  private readonly sum: { counts: Float64Array; pairs: number; sameSide: number };

  constructor(grid: NumericGrid, length: number) {
    this.length = length;
    this.sum = { counts: emptyCounted(grid).counts, pairs: 0, sameSide: 0 };
  }

  push(bucket: Counted): void {
    this.buckets.push(bucket);
    this.add(bucket, 1);
    if (this.buckets.length > this.length) {
      this.add(this.buckets.shift()!, -1);
    }
  }

  get full(): boolean {
    return this.buckets.length === this.length;
  }

  /** The moments are those of no value: no test of the defaults needs them. */
  counted(): Counted {
    const { counts, pairs, sameSide } = this.sum;
    return { counts, moments: null, lag: { pairs, sameSide } };
  }

  private add({ counts, lag }: Counted, sign: 1 | -1): void {
    for (let cell = 0; cell < counts.length; cell += 1) {
      this.sum.counts[cell]! += sign * counts[cell]!;
    }
    this.sum.pairs += sign * (lag?.pairs ?? 0);
    this.sum.sameSide += sign * (lag?.sameSide ?? 0);
  }
}

/** Several buckets as one. */
export function together(buckets: readonly Counted[], grid: NumericGrid): Counted {
  return buckets.reduce(addCounted, emptyCounted(grid));
}
