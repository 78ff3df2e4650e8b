import {
  judgeRun,
  variableOf,
  type Counted,
  type PreviousDecision,
  type VariableComparison,
} from '@tidewatch/drift';
import type { BaselineProfile, CountStream, Store } from '@tidewatch/store';
import { asSent } from '@tidewatch/store';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { figure, type Figure } from './figure.js';
import { defaultMonitor, normalBaseline } from './simulated-stream.js';

const HOUR = 3_600_000;
const BUCKET = 300_000;
const WINDOWS = 5;
const FEATURES = 200;
const SEGMENTS = 10;
const SAMPLES = 1_000_000;
/** Samples inserted by one statement: 50,000 maps of 200 values are some 800 MB. */
const PER_INSERT = 25_000;
const BASE = Math.floor(Date.now() / HOUR) * HOUR - (WINDOWS + 1) * HOUR;
const PROJECT = 'default';

/** A stored model of 200 features in 10 segments. */
interface StoredModel {
  readonly backend: OpenBackend;
  readonly stream: CountStream;
  readonly profiles: ReadonlyMap<string, BaselineProfile>;
}

/**
 * `evaluate-model`: judging 200 features in 10 segments over five windows of an hour, query included, with a million samples
 * stored. `evaluate-memory`: the peak memory of that against the one with a tenth of the samples.
 */
export async function benchEvaluateModel(): Promise<Figure[]> {
  const few = await evaluateWith(SAMPLES / 10);
  const many = await evaluateWith(SAMPLES);
  return [
    figure({
      name: 'evaluate-model',
      value: many.seconds,
      unit: 's',
      baseline: many.perFeatureSeconds,
      baselineName: 'the same with one query per feature',
      floor: { atMost: 3 },
    }),
    figure({
      name: 'evaluate-memory',
      value: many.peakMiB,
      unit: 'MiB',
      baseline: few.peakMiB,
      baselineName: 'the same with a tenth of the samples',
      floor: { atMost: Number((1.2 * few.peakMiB).toPrecision(4)) },
    }),
  ];
}

interface Evaluation {
  readonly seconds: number;
  readonly perFeatureSeconds: number;
  readonly peakMiB: number;
}

async function evaluateWith(samples: number): Promise<Evaluation> {
  const model = await storeModel(samples);
  try {
    const ranges = Array.from({ length: WINDOWS }, (_, index) => ({
      from: BASE + index * HOUR,
      to: BASE + (index + 1) * HOUR,
    }));
    await evaluate(model, ranges);
    const peak = watchMemory();
    const seconds = await timed(() => evaluate(model, ranges));
    const peakMiB = peak();
    const perFeatureSeconds = await timed(async () => {
      for (const variable of model.profiles.keys()) {
        await evaluate(model, ranges, [variable]);
      }
    });
    return { seconds, perFeatureSeconds, peakMiB };
  } finally {
    await model.backend.close();
  }
}

async function evaluate(
  { backend, stream, profiles }: StoredModel,
  ranges: readonly { readonly from: number; readonly to: number }[],
  variables?: readonly string[],
): Promise<void> {
  const sums = await backend.store.featureCounts.sums(PROJECT, stream, {
    ranges,
    ...(variables !== undefined && { variables }),
  });
  const monitor = defaultMonitor();
  let previous: ReadonlyMap<string, PreviousDecision> = new Map();
  for (const [index, window] of ranges.entries()) {
    const comparisons = sums
      .filter(({ range }) => range === index)
      .map(({ variable, segment, counts, moments, lag }): VariableComparison => {
        const { grid, counted } = profiles.get(variable)!;
        const current: Counted = { counts, moments, lag };
        return { variable: variableOf(variable), segment, grid, reference: counted, current };
      });
    const expected = (variables?.length ?? FEATURES) * (SEGMENTS + 1);
    if (comparisons.length !== expected) {
      throw new Error(`${comparisons.length} comparisons where ${expected} were expected.`);
    }
    const verdicts = judgeRun({
      monitor,
      window,
      baseline: { name: 'training', version: 1 },
      comparisons,
      problems: [],
      previous,
      revised: false,
    });
    previous = new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd: window.to, since }]));
  }
}

async function storeModel(samples: number): Promise<StoredModel> {
  const backend = await STORE_BACKENDS[0]!.open();
  const names = `arrayMap(i -> concat('f', toString(i)), range(${FEATURES}))`;
  const step = Math.floor((WINDOWS * HOUR) / samples);
  for (let start = 0; start < samples; start += PER_INSERT) {
    await backend.raw(
      `INSERT INTO predictions (Project, PredictionId, Timestamp, ReceivedAt, Model, Tags, FeaturesNumeric)
       SELECT '${PROJECT}', concat('p', toString(number)), fromUnixTimestamp64Milli(toInt64(${BASE} + number * ${step})), now64(3), 'simulated',
         map('segment', toString(number % ${SEGMENTS})),
         CAST(mapFromArrays(${names}, arrayMap(i -> randNormal(0, 1, number * ${FEATURES} + i), range(${FEATURES}))), 'Map(LowCardinality(String), Float64)')
       FROM numbers(${start}, ${Math.min(PER_INSERT, samples - start)})`,
    );
  }
  const { grid, reference } = normalBaseline(20_000, 3);
  const profiles = Array.from({ length: FEATURES }, (_, index) => ({
    variable: `f${index}`,
    type: 'numeric' as const,
    grid,
    counted: reference,
  }));
  const { version } = await backend.store.baselines.save(PROJECT, {
    model: 'simulated',
    name: 'training',
    source: 'benchmark',
    sha256: '',
    rows: 20_000,
    profiles,
  });
  const stream: CountStream = {
    stream: 'simulated',
    ...asSent({ model: 'simulated', service: '', region: '', where: {} }),
    grid: { name: 'training', version },
    segments: ['segment'],
    bucketMs: BUCKET,
  };
  await countAll(backend.store, stream);
  return { backend, stream, profiles: new Map(profiles.map((profile) => [profile.variable, profile])) };
}

async function countAll(store: Store, stream: CountStream): Promise<void> {
  const seconds = await timed(() =>
    store.featureCounts.count(PROJECT, stream, { from: BASE, to: BASE + WINDOWS * HOUR }),
  );
  process.stderr.write(`Counting took ${seconds.toFixed(1)} s.\n`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Watches the resident memory of this process, the engine included; the returned function gives the peak in MiB. */
function watchMemory(): () => number {
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  return () => {
    clearInterval(timer);
    return Math.max(peak, process.memoryUsage.rss()) / 1_048_576;
  };
}
