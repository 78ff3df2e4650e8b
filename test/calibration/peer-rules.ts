import {
  chiSquareHomogeneity,
  chiSquareSurvival,
  jensenShannonDistance,
  kolmogorovLimitSurvival,
  ksStatistic,
  populationStabilityIndex,
  wassersteinDistance,
} from '@tidewatch/stats';
import type { CurrentFeature, ReferenceFeature, Rule } from './rule.js';

/** What other tools use, also where counts are small. */
const LIMIT_LAW = { method: 'chi-square' } as const;

/** Whether one feature has drifted by its window alone; rules without memory are made of it. */
type FeatureRule = (
  reference: ReferenceFeature,
  context: { readonly windowSize: number; readonly features: number },
) => (current: CurrentFeature) => boolean;

function stateless(name: string, text: string, rule: FeatureRule): Rule {
  return {
    name,
    text,
    prepare: (reference, windowSize) => {
      const rules = reference.map((feature) => rule(feature, { windowSize, features: reference.length }));
      return { flags: (current) => current.map((feature, index) => rules[index]!(feature)), reset: () => {} };
    },
  };
}

/** What the documentation of other tools recommends or ships, written down anew; see `docs/calibration.md` for sources. */
export const peerRules: readonly Rule[] = [
  stateless(
    'p < 0.05',
    'two-sample KS test, chi-square test of homogeneity; no correction',
    (reference) => (current) => pValue(reference, current) < 0.05,
  ),
  stateless(
    'Evidently',
    'default for baselines above 1,000 rows: Wasserstein distance over the standard deviation >= 0.1, Jensen-Shannon distance >= 0.1',
    (reference) => (current) =>
      reference.type === 'numeric' && current.type === 'numeric'
        ? wassersteinDistance(reference.sorted, current.sorted) / Math.max(reference.sd, 0.001) >= 0.1
        : jensenShannonNats(countsOf(reference), countsOf(current)) >= 0.1,
  ),
  stateless(
    'Evidently, small baseline',
    'default for baselines up to 1,000 rows: KS p <= 0.05; chi-square with the baseline as exact shares, p < 0.05',
    (reference) => (current) =>
      reference.type === 'numeric'
        ? pValue(reference, current) <= 0.05
        : goodnessOfFit(countsOf(reference), countsOf(current)) < 0.05,
  ),
  stateless(
    'Alibi Detect',
    'KS and chi-square, p < 0.05 over the number of features (Bonferroni)',
    (reference, { features }) =>
      (current) =>
        pValue(reference, current) < 0.05 / features,
  ),
  stateless(
    'NannyML',
    'Jensen-Shannon distance above the mean of the chunks of the baseline by three standard deviations',
    (reference, { windowSize }) => {
      const threshold = chunkThreshold(reference, windowSize);
      return (current) => jensenShannonBinned(reference, current) > threshold;
    },
  ),
  stateless(
    'Deepchecks',
    "KS statistic > 0.2; Cramér's V > 0.2",
    (reference) => (current) =>
      reference.type === 'numeric' && current.type === 'numeric'
        ? ksStatistic(reference.sorted, current.sorted).statistic > 0.2
        : cramersV(countsOf(reference), countsOf(current)) > 0.2,
  ),
  stateless(
    'PSI >= 0.1',
    'population stability index over deciles of the baseline or categories',
    (reference) => {
      const deciles = decilesOf(reference);
      return (current) => populationStabilityIndex(...inDeciles(reference, current, deciles)) >= 0.1;
    },
  ),
  stateless(
    'JS divergence >= 0.3',
    "Jensen-Shannon divergence over ten equal-width bins or categories, Vertex AI's default",
    (reference) => {
      const edges = equalWidth(reference, 10);
      return (current) => jensenShannonDistance(...binned(reference, current, edges)) ** 2 >= 0.3;
    },
  ),
];

function countsOf(feature: ReferenceFeature | CurrentFeature): Float64Array {
  if (feature.type !== 'categorical') {
    throw new Error('A numeric feature has no counts of categories.');
  }
  return feature.counts;
}

function sortedOf(feature: ReferenceFeature | CurrentFeature): Float64Array {
  if (feature.type !== 'numeric') {
    throw new Error('A categorical feature has no order.');
  }
  return feature.sorted;
}

/** The KS test by its limit law, chi-square by its. */
function pValue(reference: ReferenceFeature, current: CurrentFeature): number {
  if (reference.type === 'categorical') {
    return chiSquareHomogeneity(countsOf(reference), countsOf(current), LIMIT_LAW).pValue;
  }
  const [a, b] = [reference.sorted, sortedOf(current)];
  const { statistic } = ksStatistic(a, b);
  return kolmogorovLimitSurvival(statistic * Math.sqrt((a.length * b.length) / (a.length + b.length)));
}

/** Chi-square against shares that are taken as known: the sampling error of the baseline is ignored. */
function goodnessOfFit(reference: Float64Array, current: Float64Array): number {
  const [m, n] = [total(reference), total(current)];
  let statistic = 0;
  let cells = 0;
  reference.forEach((count, index) => {
    if (count > 0) {
      const expected = (count / m) * n;
      statistic += (current[index]! - expected) ** 2 / expected;
      cells += 1;
    }
  });
  return chiSquareSurvival(statistic, cells - 1);
}

/** Bias-corrected (W. Bergsma 2013). */
function cramersV(reference: Float64Array, current: Float64Array): number {
  const n = total(reference) + total(current);
  const { statistic } = chiSquareHomogeneity(reference, current, LIMIT_LAW);
  const columns = reference.filter((count, index) => count + current[index]! > 0).length;
  const phi = Math.max(0, statistic / n - (columns - 1) / (n - 1));
  const corrected = Math.min(columns - (columns - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)) - 1;
  return Math.sqrt(phi / Math.max(corrected, 1e-12));
}

/** Natural logarithms: at most 0.8326. */
function jensenShannonNats(reference: Float64Array, current: Float64Array): number {
  return jensenShannonDistance(reference, current) * Math.sqrt(Math.LN2);
}

/** Base 2 over Doane's bins of the baseline, or over categories. */
function jensenShannonBinned(reference: ReferenceFeature, current: CurrentFeature): number {
  return reference.type === 'categorical'
    ? jensenShannonDistance(reference.counts, countsOf(current))
    : jensenShannonDistance(...binned(reference, current, doane(reference)));
}

function chunkThreshold(reference: ReferenceFeature, windowSize: number): number {
  // The baseline here has no order; a chunk is every so manieth value, or so many drawn without repetition.
  const chunks =
    reference.type === 'numeric'
      ? numericChunks(reference, windowSize)
      : categoryChunks(reference, windowSize);
  const distances = chunks.map((chunk) => jensenShannonBinned(reference, chunk));
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  const variance =
    distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, distances.length);
  return mean + 3 * Math.sqrt(variance);
}

/** A fixed shuffle of places, the same for every feature. */
function shuffled(length: number): Uint32Array {
  const places = Uint32Array.from({ length }, (_, index) => index);
  let state = 12_345;
  for (let i = length - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places;
}

function numericChunks({ sorted }: { readonly sorted: Float64Array }, size: number): CurrentFeature[] {
  const places = shuffled(sorted.length);
  return Array.from({ length: Math.max(2, Math.floor(sorted.length / size)) }, (_, chunk) => {
    const part = places.subarray(chunk * size, (chunk + 1) * size);
    const values = Float64Array.from(part, (place) => sorted[place]!);
    return { type: 'numeric' as const, values, sorted: Float64Array.from(values).sort() };
  }).filter(({ values }) => values.length > 0);
}

function categoryChunks({ counts }: { readonly counts: Float64Array }, size: number): CurrentFeature[] {
  const values = Uint16Array.from(
    [...counts].flatMap((count, index) => Array.from({ length: count }, () => index)),
  );
  const places = shuffled(values.length);
  return Array.from({ length: Math.max(2, Math.floor(values.length / size)) }, (_, chunk) => {
    const part = places.subarray(chunk * size, (chunk + 1) * size);
    const chosen = Uint16Array.from(part, (place) => values[place]!);
    const found = new Float64Array(counts.length);
    chosen.forEach((category) => (found[category]! += 1));
    return { type: 'categorical' as const, values: chosen, counts: found };
  }).filter(({ values: chosen }) => chosen.length > 0);
}

const doaneEdges = new WeakMap<Float64Array, number[]>();

/** Doane's rule (1976): more bins for skewed data. */
function doane(reference: ReferenceFeature): number[] {
  const sorted = sortedOf(reference);
  const known = doaneEdges.get(sorted);
  if (known !== undefined) {
    return known;
  }
  const n = sorted.length;
  const { mean, sd } = reference as Extract<ReferenceFeature, { type: 'numeric' }>;
  const skewness = sorted.reduce((sum, value) => sum + ((value - mean) / sd) ** 3, 0) / n;
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const bins = Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / error));
  const edges = equalWidth(reference, bins);
  doaneEdges.set(sorted, edges);
  return edges;
}

/** Inner edges of bins of equal width over the range of the baseline. */
function equalWidth(reference: ReferenceFeature, bins: number): number[] {
  if (reference.type === 'categorical') {
    return [];
  }
  const [low, high] = [reference.sorted[0]!, reference.sorted[reference.sorted.length - 1]!];
  return Array.from({ length: bins - 1 }, (_, index) => low + ((index + 1) * (high - low)) / bins);
}

function decilesOf(reference: ReferenceFeature): number[] {
  return reference.type === 'categorical'
    ? []
    : Array.from(
        { length: 9 },
        (_, i) => reference.sorted[Math.floor(((i + 1) * reference.sorted.length) / 10)]!,
      );
}

/** Deciles with one pseudo-count each, so that no share is 0. */
function inDeciles(
  reference: ReferenceFeature,
  current: CurrentFeature,
  edges: readonly number[],
): [Float64Array, Float64Array] {
  const [a, b] = binned(reference, current, edges);
  return [a.map((count) => count + 1), b.map((count) => count + 1)];
}

function binned(
  reference: ReferenceFeature,
  current: CurrentFeature,
  edges: readonly number[],
): [Float64Array, Float64Array] {
  return reference.type === 'categorical'
    ? [reference.counts, countsOf(current)]
    : [histogram(reference.sorted, edges), histogram(sortedOf(current), edges)];
}

const histograms = new WeakMap<Float64Array, Map<readonly number[], Float64Array>>();

function histogram(sorted: Float64Array, edges: readonly number[]): Float64Array {
  const known = histograms.get(sorted)?.get(edges);
  if (known !== undefined) {
    return known;
  }
  const counts = new Float64Array(edges.length + 1);
  let at = 0;
  for (const value of sorted) {
    while (at < edges.length && value >= edges[at]!) {
      at += 1;
    }
    counts[at]! += 1;
  }
  const byEdges = histograms.get(sorted) ?? new Map<readonly number[], Float64Array>();
  byEdges.set(edges, counts);
  histograms.set(sorted, byEdges);
  return counts;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
