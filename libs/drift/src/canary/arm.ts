import type { ArmCounts, Stratum } from './canary-input.js';

/** The counts of one arm over all strata, each weighted, with the size that they are worth. */
export interface Arm {
  readonly requests: Weighted;
  readonly failures: number;
  readonly labelled: Weighted;
  readonly correct: number;
  readonly latencies: WeightedCounts<number>;
  readonly labels: WeightedCounts<string>;
  readonly scores: WeightedCounts<number>;
  readonly values: WeightedCounts<number>;
}

/** A weighted number of samples, how many there are, and how many equally weighted ones would tell as much (Kish). */
export interface Weighted {
  readonly total: number;
  readonly samples: number;
  readonly effective: number;
}

/** Weighted counts. */
export interface WeightedCounts<Key> {
  readonly size: Weighted;
  readonly counts: ReadonlyMap<Key, number>;
}

const NO_WEIGHT = { total: 0, samples: 0, squares: 0 };

/**
 * Both arms over all strata. The control is weighted so that its strata have the shares of the candidate: a canary that is
 * given more traffic at night must not be compared with days. Strata that only one arm has are left out.
 */
export function armsOfStrata(strata: readonly Stratum[]): { readonly control: Arm; readonly candidate: Arm } {
  const shared = strata.filter(({ control, candidate }) => control.requests > 0 && candidate.requests > 0);
  const controls = shared.reduce((sum, { control }) => sum + control.requests, 0);
  const candidates = shared.reduce((sum, { candidate }) => sum + candidate.requests, 0);
  return {
    candidate: weigh(shared.map(({ candidate }) => ({ counts: candidate, weight: 1 }))),
    control: weigh(
      shared.map(({ control, candidate }) => ({
        counts: control,
        weight: (candidate.requests * controls) / (control.requests * candidates),
      })),
    ),
  };
}

/** An arm with `factor` times as many samples of the same kind: to see how many it would take. */
export function scaleArm(arm: Arm, factor: number): Arm {
  const size = ({ total, samples, effective }: Weighted): Weighted => ({
    total: total * factor,
    samples: samples * factor,
    effective: effective * factor,
  });
  const counts = <Key>(of: WeightedCounts<Key>): WeightedCounts<Key> => ({
    size: size(of.size),
    counts: new Map([...of.counts].map(([key, count]) => [key, count * factor])),
  });
  return {
    requests: size(arm.requests),
    failures: arm.failures * factor,
    labelled: size(arm.labelled),
    correct: arm.correct * factor,
    latencies: counts(arm.latencies),
    labels: counts(arm.labels),
    scores: counts(arm.scores),
    values: counts(arm.values),
  };
}

interface WeightedArm {
  readonly counts: ArmCounts;
  readonly weight: number;
}

function weigh(parts: readonly WeightedArm[]): Arm {
  const sum = (of: (counts: ArmCounts) => number): number =>
    parts.reduce((total, { counts, weight }) => total + weight * of(counts), 0);
  const counted = <Key>(of: (counts: ArmCounts) => ReadonlyMap<Key, number>): WeightedCounts<Key> => {
    const counts = new Map<Key, number>();
    for (const part of parts) {
      for (const [key, count] of of(part.counts)) {
        counts.set(key, (counts.get(key) ?? 0) + part.weight * count);
      }
    }
    const size = sizeOf(parts, (arm) => [...of(arm).values()].reduce((total, count) => total + count, 0));
    return { size, counts };
  };
  return {
    requests: sizeOf(parts, ({ requests }) => requests),
    failures: sum(({ failures }) => failures),
    labelled: sizeOf(parts, ({ labelled }) => labelled),
    correct: sum(({ correct }) => correct),
    latencies: counted(({ latencies }) => latencies),
    labels: counted(({ labels }) => labels),
    scores: counted(({ scores }) => scores),
    values: counted(({ values }) => values),
  };
}

function sizeOf(parts: readonly WeightedArm[], of: (counts: ArmCounts) => number): Weighted {
  const { total, samples, squares } = parts.reduce((sum, { counts, weight }) => {
    const count = of(counts);
    return {
      total: sum.total + weight * count,
      samples: sum.samples + count,
      squares: sum.squares + weight * weight * count,
    };
  }, NO_WEIGHT);
  return { total, samples, effective: squares === 0 ? 0 : (total * total) / squares };
}
