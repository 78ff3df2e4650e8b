import { createHash } from 'node:crypto';
import type { TimeRange } from '@tidewatch/core';
import type { EmbeddingMonitor, Population } from '@tidewatch/drift';
import type { EmbeddingStream, EncoderIdentity, Store, VectorOrigin, VectorQuery } from '@tidewatch/store';
import { armsOf } from '../drift/arms-of.js';
import { baselineRanges } from '../drift/baseline-ranges.js';
import { projectOfRule } from '../rule-project.js';

/** Which vectors stand for one side of a comparison. */
export interface VectorSide {
  readonly query: VectorQuery;
  readonly origins: readonly VectorOrigin[];
}

/** The two sides of a window, before any vector is read. */
export interface EmbeddingSides {
  readonly project: string;
  readonly window: VectorSide;
  readonly reference: VectorSide;
}

/** Finds out which vectors a window and its baseline consist of, and what made them. */
export async function embeddingSides(
  store: Pick<Store, 'vectors'>,
  monitor: EmbeddingMonitor,
  window: TimeRange,
): Promise<EmbeddingSides> {
  const project = projectOfRule(monitor);
  const { population, embedding: name, baseline } = monitor;
  const ranges = baselineRanges(monitor, window);
  const arms = await armsOf(
    (range) => store.vectors.arms(project, { population, name, ranges: [range] }),
    baseline,
    { ranges, window },
  );
  const current: VectorQuery = { population, name, ranges: [window], ...arms.current };
  const reference: VectorQuery = {
    population: referencePopulation(monitor),
    name,
    ranges,
    ...arms.reference,
  };
  return {
    project,
    window: { query: current, origins: await store.vectors.encoders(project, current) },
    reference: { query: reference, origins: await store.vectors.encoders(project, reference) },
  };
}

/** The streams in which the vectors of a monitor's windows and of its baseline are added up; one where both are the same samples. */
export interface EmbeddingStreams {
  readonly window: EmbeddingStream;
  readonly reference: EmbeddingStream;
}

/** The streams of a monitor: the same samples are the same stream, whatever the rule is called and whatever it tests. */
export function embeddingStreams(monitor: EmbeddingMonitor): EmbeddingStreams {
  const { embedding, population, bucketMs, clusters, sampleSize, baseline } = monitor;
  const fixed = baseline.kind === 'range' ? { from: baseline.from, to: baseline.to } : null;
  // The baseline's samples decide on the space, and with it on the sums of both sides.
  const about = { embedding, bucketMs, clusters, sampleSize, fixed, population, where: baseline.where };
  const fingerprint = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 16);
  const window = { model: population.model, stream: `${embedding}@${fingerprint}` };
  const filtered = Object.keys(baseline.where).length > 0;
  return { window, reference: filtered ? { ...window, stream: `${window.stream}/baseline` } : window };
}

/** The samples that a baseline is made from: those of the monitor that its own filter lets through. */
export function referencePopulation({ population, baseline }: EmbeddingMonitor): Population {
  return { ...population, where: { ...population.where, ...baseline.where } };
}

/** What made the vectors of a side that are compared, and what is wrong with the others. */
export interface ComparedOrigin {
  /** `null` when there is nothing to compare; `problem` says why. */
  readonly origin: VectorOrigin | null;
  /** A sentence without its full stop; empty when all is well. */
  readonly problem: string;
  /** Whether the problem is somebody's to mend, and not a lack of data. */
  readonly failed: boolean;
}

/**
 * Chooses the encoder and dimension whose vectors are compared: those of most vectors of the window. Vectors of two encoders are
 * never compared: the same image lies elsewhere for another model.
 *
 * @param summed what made the vectors that the monitor has sums of: they speak for a baseline whose vectors are gone
 */
export function comparedOrigin(
  { window, reference }: EmbeddingSides,
  embedding: string,
  summed: Pick<VectorOrigin, 'encoder' | 'dimension'> | null,
): ComparedOrigin {
  const [origin] = [...window.origins].sort((a, b) => b.rows - a.rows);
  if (origin === undefined) {
    return { origin: null, problem: `the window has no vectors of "${embedding}"`, failed: false };
  }
  if (reference.origins.length === 0 && summed !== null && sameOrigin(origin, summed)) {
    return { origin, problem: '', failed: false };
  }
  if (reference.origins.length === 0) {
    return { origin: null, problem: `the baseline has no vectors of "${embedding}"`, failed: false };
  }
  if (reference.origins.some((other) => sameOrigin(origin, other))) {
    return { origin, problem: '', failed: false };
  }
  const [before] = [...reference.origins].sort((a, b) => b.rows - a.rows);
  return {
    origin: null,
    // One encoder whose vectors change their length is broken.
    failed: sameEncoder(before!.encoder, origin.encoder),
    problem: `the window's vectors of "${embedding}" come from ${named(origin)} and the baseline's from ${named(before!)}, and vectors of two encoders are never compared; it is judged again once the baseline consists of new ones`,
  };
}

/** What to say of vectors of the window that another encoder made, or that have another dimension; empty when there are none. */
export function othersLeftOut({ window }: EmbeddingSides, origin: VectorOrigin): string {
  const others = window.origins.filter((other) => !sameOrigin(origin, other));
  const all = window.origins.reduce((sum, { rows }) => sum + rows, 0);
  const [first] = others;
  return first === undefined
    ? ''
    : `${all - origin.rows} of ${all} vectors of the window come from ${named(first)} and are left out: vectors of two encoders are never compared, and most come from ${named(origin)}`;
}

/** Whether vectors lie in the same space. */
export function sameOrigin(
  a: Pick<VectorOrigin, 'encoder' | 'dimension'>,
  b: Pick<VectorOrigin, 'encoder' | 'dimension'>,
): boolean {
  return sameEncoder(a.encoder, b.encoder) && a.dimension === b.dimension;
}

function sameEncoder(a: EncoderIdentity, b: EncoderIdentity): boolean {
  return a.name === b.name && a.sha256 === b.sha256;
}

function named({ encoder, dimension }: VectorOrigin): string {
  const { name, sha256 } = encoder;
  const what = name === '' ? 'the service itself' : `encoder ${name} (sha256 ${sha256.slice(0, 12)}…)`;
  return `${what} with ${dimension} dimensions`;
}
