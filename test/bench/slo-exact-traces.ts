import type { MetricSeries } from '@tidewatch/otlp';
import type { ExponentialSample, HistogramSample, NumberSample } from '../harness/metric-batch.js';
import { metricSeries } from '../harness/metric-batch.js';
import type { NumberLine, SeriesLine } from '../harness/metric-rows.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Beyond it the history is reported more sparsely. */
const DENSE = 7.2 * HOUR;
const BOUNDS = [0.1, 0.25, 0.5, 1];

/** A point as the reference sees it: one number of a series, and how much good and total rise with each one more. */
export interface CountedLine {
  readonly line: NumberLine;
  readonly tenant: string;
  readonly good: -1 | 0 | 1;
  readonly total: 0 | 1;
}

/** One export of a process: all of it has one time, and arrives together. */
export interface Export {
  readonly at: number;
  /** When it is stored, ms since the epoch. */
  readonly arrives: number;
  readonly numbers: readonly NumberSample[];
  readonly histograms: readonly HistogramSample[];
  readonly exponential: readonly ExponentialSample[];
  readonly lines: readonly CountedLine[];
}

/** A process that reports requests, good and bad, in one of the forms that SLIs count. */
export interface Source {
  readonly tenant: string;
  /** Counters by `outcome`; all requests and, as METRIC.errors, the bad ones; a histogram of either kind. */
  readonly form: 'outcomes' | 'errors' | 'explicit' | 'exponential';
  readonly temporality: 'delta' | 'cumulative';
  readonly metric: string;
  /** Whether points say when the process began to count. Without that a restart shows by a fall alone. */
  readonly hasStart: boolean;
}

/** The time that is simulated: reports from `from` to `to`, judged from `live` on. */
export interface TraceTime {
  readonly from: number;
  readonly live: number;
  readonly to: number;
}

/**
 * Everything a source reports: at random intervals below ten minutes, with days and quiet nights in which many requests fail, restarts,
 * late exports and exports that are stored twice.
 */
export function exportsOf(source: Source, time: TraceTime, random: () => number): Export[] {
  const reporter = new Reporter(source, time.from);
  const exports: Export[] = [];
  let before = time.from;
  for (let at = nextReport(before, time, random); at < time.to; at = nextReport(at, time, random)) {
    // One in 200: the process is new, and counts from a moment ago.
    if (random() < 0.005) {
      reporter.restart(before + 1 + Math.floor(random() * (at - before - 1)));
    }
    const { total, bad } = requestsIn(before, at, random);
    const report = { ...reporter.report(at, total, bad), arrives: arrival(at, time, random) };
    exports.push(report);
    if (random() < 0.01) {
      exports.push({ ...report, arrives: report.arrives + Math.floor(random() * MINUTE), lines: [] });
    }
    before = at;
  }
  return exports;
}

function nextReport(before: number, { to }: TraceTime, random: () => number): number {
  const dense = before > to - DENSE;
  return before + (dense ? 7 * SECOND : 240 * SECOND) + Math.floor(random() * (dense ? 6 : 120) * SECOND);
}

/** Plenty by day, with one in a thousand bad; few by night, with a third of them bad. */
function requestsIn(from: number, to: number, random: () => number): { total: number; bad: number } {
  const night = (to % DAY) / HOUR < 6;
  const total = Math.floor(((to - from) / SECOND) * (night ? 0.3 : 40) * (0.5 + random()));
  const share = night ? 0.33 : random() < 0.2 ? 0.01 : 0.0005;
  return { total, bad: Math.min(total, Math.floor(total * share + random())) };
}

/** At once, a little late, or hours late; the last export of an hour more often: what comes after it is in another hour. */
function arrival(at: number, { live, to }: TraceTime, random: () => number): number {
  const any = (): number => live + Math.floor(random() * (to - live));
  const beforeHour = HOUR - (at % HOUR) < 10 * SECOND;
  if (at >= live) {
    const chance = random();
    const late = chance < 0.05 ? 5 * MINUTE : chance < 0.08 ? 40 * MINUTE : 0;
    return at + Math.floor(random() * late);
  }
  return random() < (beforeHour ? 0.1 : 0.002) && at > live - 3 * DAY ? any() : at;
}

/** Keeps the totals of one source, and writes them down in its form. */
class Reporter {
  private readonly source: Source;
  private readonly series: readonly MetricSeries[];
  private readonly lines: readonly SeriesLine[];
  private start: number;
  private last: number;
  private good = 0;
  private bad = 0;

  constructor(source: Source, start: number) {
    this.source = source;
    this.start = start;
    this.last = start;
    this.series = seriesOf(source);
    this.lines = ['a', 'b'].map((part) => ({
      project: 'reference',
      metric: `${source.metric}.${part}`,
      hash: 0n,
      type: 'sum',
      temporality: source.temporality,
    }));
  }

  restart(at: number): void {
    this.start = at;
    this.good = 0;
    this.bad = 0;
  }

  report(at: number, total: number, badNow: number): Omit<Export, 'arrives'> {
    const { form, temporality, hasStart, tenant } = this.source;
    const delta = temporality === 'delta';
    this.good = (delta ? 0 : this.good) + total - badNow;
    this.bad = (delta ? 0 : this.bad) + badNow;
    const start = hasStart ? (delta ? this.last : this.start) : 0;
    this.last = at;
    const { good, bad } = this;
    const values =
      form === 'outcomes' ? [good, bad] : form === 'errors' ? [good + bad, bad] : [good + bad, good];
    return {
      at,
      ...samplesOf(form, this.series, { at, start, good, bad }),
      lines: values.map((value, index) => ({
        tenant,
        ...ADDS[form][index]!,
        line: {
          series: this.lines[index]!,
          time: BigInt(at) * 1_000_000n,
          start: BigInt(start) * 1_000_000n,
          value: BigInt(value),
        },
      })),
    };
  }
}

/** What an increase of the first and of the second number of a form adds to good and total. */
const ADDS: Readonly<Record<Source['form'], readonly Pick<CountedLine, 'good' | 'total'>[]>> = {
  outcomes: [
    { good: 1, total: 1 },
    { good: 0, total: 1 },
  ],
  errors: [
    { good: 1, total: 1 },
    { good: -1, total: 0 },
  ],
  explicit: [
    { good: 0, total: 1 },
    { good: 1, total: 0 },
  ],
  exponential: [
    { good: 0, total: 1 },
    { good: 1, total: 0 },
  ],
};

function seriesOf({ tenant, temporality, metric, form }: Source): MetricSeries[] {
  const shared = { metricName: metric, temporality, attributes: { tenant } };
  switch (form) {
    case 'outcomes':
      return ['good', 'bad'].map((outcome) => metricSeries({ ...shared, attributes: { tenant, outcome } }));
    case 'errors':
      return [metric, `${metric}.errors`].map((metricName) => metricSeries({ ...shared, metricName }));
    case 'explicit':
      return [metricSeries({ ...shared, metricType: 'histogram', isMonotonic: false })];
    case 'exponential':
      return [metricSeries({ ...shared, metricType: 'exponential_histogram', isMonotonic: false })];
  }
}

function samplesOf(
  form: Source['form'],
  [first, second]: readonly MetricSeries[],
  { at, start, good, bad }: { at: number; start: number; good: number; bad: number },
): Pick<Export, 'numbers' | 'histograms' | 'exponential'> {
  const base = { series: first!, at, start };
  const nothing = { numbers: [], histograms: [], exponential: [] };
  switch (form) {
    case 'outcomes':
    case 'errors':
      return {
        ...nothing,
        numbers: [
          { ...base, integer: BigInt(form === 'errors' ? good + bad : good) },
          { ...base, series: second!, integer: BigInt(bad) },
        ],
      };
    case 'explicit':
      // Good measurements are at most 0.25, an edge.
      return {
        ...nothing,
        histograms: [{ ...base, bounds: BOUNDS, counts: [...spread(good, 2), ...spread(bad, 3)] }],
      };
    case 'exponential': {
      // At scale 3 bucket i ends at 2^((i + 1) / 8): those up to -9 lie within 0.5, and good measurements in them.
      const positive = { offset: -20, counts: [...spread(good, 12), ...spread(bad, 5)] };
      return { ...nothing, exponential: [{ ...base, scale: 3, positive }] };
    }
  }
}

/** A count over so many buckets, none of which falls while the count rises. */
function spread(count: number, buckets: number): number[] {
  return Array.from({ length: buckets }, (_, index) => Math.floor((count + index) / buckets));
}
