import { errorMessage, type TimeRange } from '@tidewatch/core';
import {
  addSums,
  describeBaseline,
  inflationOfStretches,
  judgeEmbedding,
  type EmbeddingInput,
  type EmbeddingMeasurements,
  type EmbeddingMonitor,
  type EmbeddingSide,
  type EmbeddingTestName,
  type EmbeddingVerdict,
  type FeatureValues,
  type VectorSums,
} from '@tidewatch/drift';
import type { EmbeddingAnalysis } from '@tidewatch/encoder';
import { matrix } from '@tidewatch/stats';
import type { Store, VectorOrigin, VectorQuery } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { Judging, MonitorJudge } from '../monitor-runner.js';
import {
  comparedOrigin,
  embeddingSides,
  embeddingStreams,
  othersLeftOut,
  type EmbeddingSides,
} from './embedding-sides.js';
import { stretchesOf } from './stretches.js';
import { VectorStreams, type OpenSpace } from './vector-streams.js';

/** What was read of one side. */
interface ReadSide {
  readonly side: EmbeddingSide;
  readonly features: FeatureValues;
}

/** What a run knows before it is judged. */
type Run = Pick<EmbeddingInput, 'n' | 'm' | 'measured' | 'problem' | 'failed' | 'leftOut'> & {
  readonly version: number;
};

const NOTHING: Omit<Run, 'problem'> = { n: 0, m: 0, measured: null, failed: false, leftOut: '', version: 0 };
const NO_VALUES: ReadonlyMap<string, Float64Array> = new Map();

/** Everything random in a run starts from it: the same data give the same verdict. */
const SEED = 1;

/** Judges the vectors in windows of embedding monitors. */
export class EmbeddingJudge implements MonitorJudge<EmbeddingMonitor> {
  readonly tables = ['embeddings'];
  private readonly store: Pick<Store, 'vectors' | 'embeddingSums'>;
  private readonly analysis: EmbeddingAnalysis;
  private readonly streams: VectorStreams;

  constructor(store: Pick<Store, 'vectors' | 'embeddingSums'>, analysis: EmbeddingAnalysis, logger: Logger) {
    this.store = store;
    this.analysis = analysis;
    this.streams = new VectorStreams(store, analysis, logger);
  }

  /** Adds up again what late vectors reached into. */
  async reopen(
    monitor: EmbeddingMonitor,
    late: readonly TimeRange[],
    judgedUntil: number,
  ): Promise<readonly TimeRange[]> {
    const window = { from: judgedUntil - monitor.windowMs, to: judgedUntil };
    const sides = await embeddingSides(this.store, monitor, window);
    const { origin } = comparedOrigin(sides, monitor.embedding, await this.summed(monitor, sides));
    const filled = origin === null ? null : await this.filled(monitor, sides, origin, late);
    return filled === null ? [] : late;
  }

  /** The verdicts of one window. What cannot be read is one verdict `error`. */
  async judge(
    monitor: EmbeddingMonitor,
    window: TimeRange,
    { previous, revised }: Judging,
  ): Promise<EmbeddingVerdict[]> {
    let run: Run;
    try {
      run = await this.run(monitor, window);
    } catch (error) {
      const problem = `the vectors could not be compared: ${errorMessage(error).replace(/\.$/, '')}`;
      run = { ...NOTHING, problem, failed: true };
    }
    const { version, ...measured } = run;
    const baseline = { name: describeBaseline(monitor.baseline), version };
    return judgeEmbedding({ monitor, window, baseline, ...measured, previous, revised });
  }

  private async run(monitor: EmbeddingMonitor, window: TimeRange): Promise<Run> {
    const sides = await embeddingSides(this.store, monitor, window);
    const summed = await this.summed(monitor, sides);
    const { origin, problem, failed } = comparedOrigin(sides, monitor.embedding, summed);
    if (origin === null) {
      return { ...NOTHING, ...sizes(sides), problem, failed };
    }
    const filled = await this.filled(monitor, sides, origin);
    if (filled === null) {
      return { ...NOTHING, ...sizes(sides), problem: '' };
    }
    const { space, current, parts } = filled;
    const reference = addSums(parts, space.space);
    const [n, m] = [current.count, reference.count];
    const { version } = space;
    if (n < monitor.minimumSamples || m < monitor.minimumSamples) {
      return { ...NOTHING, n, m, problem: '', version };
    }
    const sums = { current, reference, inflation: inflationOfStretches(parts) };
    const measured = await this.measure(monitor, sides, space, sums);
    return { ...NOTHING, n, m, measured, problem: '', leftOut: othersLeftOut(sides, origin), version };
  }

  /**
   * The sums of both sides, with every bucket added up as far as one run goes: of the window, and of the baseline in stretches.
   *
   * @returns `null` while the baseline has too few vectors to make a space of
   */
  private async filled(
    monitor: EmbeddingMonitor,
    { project, window, reference }: EmbeddingSides,
    origin: VectorOrigin,
    late: readonly TimeRange[] = [],
  ): Promise<{ space: OpenSpace; current: VectorSums; parts: VectorSums[] } | null> {
    const streams = embeddingStreams(monitor);
    const space = await this.streams.space(project, streams.window, monitor, {
      origin,
      reference: reference.query,
    });
    if (space === null) {
      return null;
    }
    const { bucketMs } = monitor;
    const ours = { project, space, bucketMs, stream: streams.window, query: window.query };
    const theirs = { project, space, bucketMs, stream: streams.reference, query: reference.query };
    await this.streams.fill(ours, late);
    await this.streams.fill(theirs, late);
    const [current] = await this.streams.sums(ours, window.query.ranges);
    const stretches = stretchesOf(reference.query.ranges, bucketMs);
    return { space, current: current!, parts: await this.streams.sums(theirs, stretches) };
  }

  private async summed(
    monitor: EmbeddingMonitor,
    { project }: EmbeddingSides,
  ): Promise<OpenSpace['origin'] | null> {
    return (await this.streams.stored(project, embeddingStreams(monitor).window))?.origin ?? null;
  }

  private async measure(
    monitor: EmbeddingMonitor,
    { project, window, reference }: EmbeddingSides,
    { space, origin }: OpenSpace,
    sums: { readonly current: VectorSums; readonly reference: VectorSums; readonly inflation: number },
  ): Promise<EmbeddingMeasurements> {
    const { encoder, dimension } = origin;
    const read = (query: VectorQuery, of: VectorSums): Promise<ReadSide> =>
      this.read(project, monitor, { query: { ...query, encoder, dimension }, sums: of });
    const current = await read(window.query, sums.current);
    const before = await read(reference.query, sums.reference);
    return this.analysis.measure({
      space,
      current: current.side,
      reference: before.side,
      inflation: sums.inflation,
      permutations: monitor.permutations,
      seed: SEED,
      tests: (Object.keys(monitor.tests) as EmbeddingTestName[]).filter(
        (name) => monitor.tests[name] !== null,
      ),
      features: monitor.features === null ? null : { current: current.features, reference: before.features },
      minimumSamples: monitor.minimumSamples,
    });
  }

  private async read(
    project: string,
    monitor: EmbeddingMonitor,
    { query, sums }: { readonly query: VectorQuery; readonly sums: VectorSums },
  ): Promise<ReadSide> {
    const limited = { ...query, limit: monitor.sampleSize };
    const { ids, dimension, data } = await this.store.vectors.sample(project, limited);
    const features =
      monitor.features === null ? NO_VALUES : (await this.store.vectors.features(project, limited)).values;
    const scores =
      monitor.tests.scores === null ? NO_VALUES : (await this.store.vectors.scores(project, limited)).values;
    const sample = ids.length === 0 ? null : { ids, vectors: matrix(ids.length, dimension, data) };
    return { side: { sums, sample, scores }, features };
  }
}

function sizes({ window, reference }: EmbeddingSides): { n: number; m: number } {
  const rows = (origins: readonly VectorOrigin[]): number =>
    origins.reduce((sum, each) => sum + each.rows, 0);
  return { n: rows(window.origins), m: rows(reference.origins) };
}
