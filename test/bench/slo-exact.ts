import { ceilTime, floorTime, seededRandom } from '@tidewatch/core';
import {
  defaultTiers,
  type LatencySli,
  type MetricSelector,
  type RatioSli,
  type Sli,
  type SloDefinition,
} from '@tidewatch/slo';
import { ProjectSlos } from '../../apps/server/src/evaluate/slo/project-slos.js';
import type { SloState } from '../../apps/server/src/evaluate/slo/slo-state.js';
import { metricBatch } from '../harness/metric-batch.js';
import { sloDefinition } from '../harness/slo-definition.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';
import { withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';
import { increasesOf, Reference, type CountedIncrease, type Recount } from './slo-exact-reference.js';
import { exportsOf, type CountedLine, type Export, type Source, type TraceTime } from './slo-exact-traces.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PERIOD = 30 * DAY;
const PROJECT = 'exact';
/** Long enough for an hour to end in it, and short enough that slices of 10 s are kept for every window. */
const LIVE = 57 * MINUTE;
/** Between two rounds; the shortest is 10 s. */
const LONGEST_STEP = 150 * SECOND;
/** The round before which the last SLOs are created: their history is counted from roll-ups. */
const CREATED_AT = 12;
/** Longer than roll-ups wait before they are made again. */
const ROLLUPS_WAIT = 6 * MINUTE;
/** Windows that were compared at the least; otherwise something was left out. */
const EXPECTED_COMPARISONS = 3_000;

const SOURCES: readonly Source[] = [
  ...['acme', 'beta', 'core'].flatMap((tenant): Source[] => [
    { tenant, form: 'outcomes', temporality: 'delta', metric: 'delta.requests', hasStart: true },
    {
      tenant,
      form: 'errors',
      temporality: 'cumulative',
      metric: 'total.requests',
      hasStart: tenant !== 'core',
    },
  ]),
  ...['acme', 'beta'].flatMap((tenant): Source[] => {
    const temporality = tenant === 'acme' ? 'delta' : 'cumulative';
    return [
      { tenant, form: 'explicit', temporality, metric: 'explicit.duration', hasStart: true },
      { tenant, form: 'exponential', temporality, metric: 'exponential.duration', hasStart: true },
    ];
  }),
];

/** An SLO, the metric it counts, and the round in which it is there for the first time. */
interface TracedSlo {
  readonly slo: SloDefinition;
  readonly metric: string;
  readonly since: number;
}

function slosOf(): TracedSlo[] {
  const groupBy = { labels: ['tenant'], limit: 100 };
  const selector = (metric: string, outcome?: string): MetricSelector => ({
    metric,
    match: outcome === undefined ? [] : [{ label: 'outcome', op: '=', value: outcome }],
  });
  const latency = (metric: string, threshold: number): LatencySli => ({
    kind: 'latency',
    histogram: selector(metric),
    threshold,
  });
  const delta = 'delta.requests';
  const good: RatioSli = { kind: 'ratio', good: selector(delta, 'good'), bad: null, total: selector(delta) };
  const bad: RatioSli = {
    kind: 'ratio',
    good: null,
    bad: selector('total.requests.errors'),
    total: selector('total.requests'),
  };
  const slices = { method: 'Timeslices', sliceMs: MINUTE, sliceTarget: 0.99, emptySlices: 'ignore' } as const;
  const explicit = latency('explicit.duration', 0.25);
  const exponential = latency('exponential.duration', 0.5);
  const minutes = { budgeting: slices, tiers: defaultTiers(PERIOD, MINUTE) };
  const traced = (sli: Sli, name: string, changes: Partial<SloDefinition> = {}, since = 0): TracedSlo => {
    const metric =
      sli.kind === 'ratio' ? sli.total.metric : sli.kind === 'latency' ? sli.histogram.metric : '';
    return { metric, since, slo: sloDefinition(sli, { name, ...changes }) };
  };
  return [
    traced(good, 'delta'),
    traced(good, 'delta-by-tenant', { groupBy }),
    traced(good, 'minutes', minutes),
    traced(bad, 'cumulative'),
    traced(bad, 'cumulative-by-tenant', { groupBy }),
    traced(explicit, 'explicit'),
    traced(exponential, 'exponential-by-tenant', { groupBy }),
    traced(bad, 'new-cumulative', {}, CREATED_AT),
    traced(explicit, 'new-explicit-by-tenant', { groupBy }, CREATED_AT),
    traced(exponential, 'new-exponential', {}, CREATED_AT),
    traced(good, 'new-minutes', minutes, CREATED_AT),
  ];
}

/**
 * `sli-exact`: the largest absolute difference between the SLI of any window, of any SLO and group, and a recount from the raw points, over
 * an hour in which points keep arriving: late, twice, and after restarts of their processes.
 *
 * The baseline is the error of the mean of five-minute ratios over the period, which weights quiet minutes like busy ones.
 */
export async function benchSliExact(): Promise<Figure[]> {
  const time = traceTime(Date.now());
  const random = seededRandom(20_261_128);
  const traces = new Map(SOURCES.map((source) => [source, exportsOf(source, time, random)]));
  const comparison = await withEmbeddedStore((backend) => runRounds(backend, { time, traces, random }));
  if (comparison.compared < EXPECTED_COMPARISONS) {
    throw new Error(`Only ${comparison.compared} windows were compared.`);
  }
  process.stderr.write(`${comparison.compared} windows compared.\n`);
  return [
    figure({
      name: 'sli-exact',
      value: comparison.largest,
      unit: 'of an SLI of 0 to 1',
      baseline: comparison.largestOfMeans,
      baselineName: 'the unweighted mean of five-minute ratios',
      floor: { atMost: 1e-9 },
    }),
  ];
}

/** Five days of history, not aligned to anything, and an hour to now in which an hour ends. */
function traceTime(now: number): TraceTime {
  const to = floorTime(now - 5 * SECOND, SECOND);
  const ends = floorTime(to, HOUR);
  // Shortly before the full hour the hour that has just begun is all there is: it ends a little earlier then.
  const until = to - LIVE < ends ? to : ends + 50 * MINUTE;
  return { from: until - 5 * DAY - 17 * MINUTE, live: until - LIVE, to: until };
}

interface Run {
  readonly time: TraceTime;
  readonly traces: ReadonlyMap<Source, readonly Export[]>;
  readonly random: () => number;
}

async function runRounds(backend: OpenBackend, { time, traces, random }: Run): Promise<Comparison> {
  const { store } = backend;
  // The trace's clock lags the real one by up to an hour: slices that it still reads must not expire by the real one meanwhile.
  await backend.raw('SYSTEM STOP TTL MERGES slo_slices');
  const comparison = new Comparison();
  const all = slosOf();
  let known = new ProjectSlos(store, PROJECT);
  let stored = 0;
  let rounds = 0;
  for (
    let horizon = time.live;
    horizon <= time.to;
    horizon += 10 * SECOND + Math.floor(random() * (LONGEST_STEP - 10 * SECOND))
  ) {
    const now = horizon + 2 * SECOND;
    const arrived = [...traces.values()].flat().filter(({ arrives }) => arrives >= stored && arrives < now);
    await storeExports(backend, arrived);
    stored = now;
    // One in 25: the server is new.
    known = rounds % 25 === 24 ? new ProjectSlos(store, PROJECT) : known;
    const slos = all.filter(({ since }) => since <= rounds);
    const states = await known.update(
      slos.map(({ slo }) => slo),
      now,
      horizon,
    );
    while (await known.lookBack(now));
    const last = horizon + LONGEST_STEP > time.to;
    const increases = increasesByMetric(traces, now);
    states.forEach((state, index) => {
      const { slo, metric } = slos[index]!;
      comparison.compare(state, new Reference(slo, increases.get(metric) ?? []), { round: rounds, last });
    });
    if (rounds === 0 || rounds === CREATED_AT - 1) {
      // In between, roll-ups lack what came late: they are not made again at once.
      await store.rollups.refresh(Date.now() + (rounds === 0 ? 0 : ROLLUPS_WAIT), horizon);
    }
    rounds += 1;
  }
  return comparison;
}

/** What the stored points of each metric amount to, by the reference. */
function increasesByMetric(traces: Run['traces'], now: number): Map<string, CountedIncrease[]> {
  const lines = new Map<string, CountedLine[]>();
  for (const [{ metric }, exports] of traces) {
    const arrived = exports.filter(({ arrives }) => arrives < now).flatMap((each) => each.lines);
    lines.set(metric, [...(lines.get(metric) ?? []), ...arrived]);
  }
  return new Map([...lines].map(([metric, counted]) => [metric, increasesOf(counted)]));
}

async function storeExports({ store }: OpenBackend, exports: readonly Export[]): Promise<void> {
  if (exports.length > 0) {
    const batch = metricBatch(
      exports.flatMap(({ numbers }) => numbers),
      exports.flatMap(({ histograms }) => histograms),
      { exponential: exports.flatMap(({ exponential }) => exponential) },
    );
    await storeMetrics(store, PROJECT, batch);
  }
}

/** Compares windows with the recount, and remembers the worst. */
class Comparison {
  compared = 0;
  largest = 0;
  largestOfMeans = 0;
  private told = 0;

  /** @param last the round after which the means are compared too */
  compare(state: SloState, reference: Reference, { round, last }: { round: number; last: boolean }): void {
    const { slo } = state;
    const groups = state.groups().sort();
    if (groups.join() !== reference.groupNames().join()) {
      throw new Error(
        `${slo.name} has the groups ${groups.join(', ')}, and not ${reference.groupNames().join(', ')}.`,
      );
    }
    for (const group of groups) {
      const { windows, period, windowEnd } = state.evidence(group);
      const all = [...windows].map(([length, { counts, coverage }]) => ({
        length,
        count: counts[0],
        coverage,
      }));
      all.push({ length: slo.periodMs, count: period.counts[0], coverage: period.coverage });
      all.forEach(({ length, count, coverage }, index) => {
        const start = state.starts[index] ?? 0;
        requireWindow(state, { length, start, coverage });
        const expected = reference.between(group, start, windowEnd);
        const difference = differenceOf(count ?? { good: 0, total: 0 }, expected);
        this.compared += 1;
        if (difference > 0 && this.told < 10) {
          this.told += 1;
          process.stderr.write(
            `Round ${round}, ${slo.name} ${group} over ${length / MINUTE} min to ${new Date(windowEnd).toISOString()}: ` +
              `${count?.good} of ${count?.total}, recounted ${expected.good} of ${expected.total}.\n`,
          );
        }
        this.largest = Math.max(this.largest, difference);
      });
      if (last) {
        this.compareMean(reference, group, state.starts.at(-1) ?? 0, windowEnd);
      }
    }
  }

  private compareMean(reference: Reference, group: string, start: number, end: number): void {
    const mean = reference.meanOfRatios(group, ceilTime(start, 5 * MINUTE), end);
    const { good, total } = reference.eventsBetween(group, start, end);
    if (mean !== null && total > 0) {
      this.largestOfMeans = Math.max(this.largestOfMeans, Math.abs(mean - good / total));
    }
  }
}

/** Windows begin where they should, or less than a slice of theirs before it, and are counted whole. */
function requireWindow(
  { slo, end }: SloState,
  { length, start, coverage }: { length: number; start: number; coverage: number },
): void {
  const early = end - length - start;
  if (coverage < 1 || early < 0 || early >= (length <= 6 * HOUR ? 10 * SECOND : MINUTE)) {
    throw new Error(
      `${slo.name}: the window of ${length} ms begins ${early} ms early and is covered to ${coverage}.`,
    );
  }
}

function differenceOf(found: Recount, expected: Recount): number {
  if (found.total === 0 || expected.total === 0) {
    return found.total === expected.total ? 0 : 1;
  }
  return Math.abs(found.good / found.total - expected.good / expected.total);
}
