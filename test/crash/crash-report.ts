import type { Exporter } from './exporter.js';
import type { CrashSignal, ProductCounts, StoredItems } from './stored-items.js';

/** How the run went, apart from what is stored. */
export interface CrashRun {
  readonly cycles: number;
  readonly seed: number;
  /** Duration of all cycles. */
  readonly seconds: number;
  readonly killsDuringStart: number;
}

/** What became of the items of one signal. */
export interface SignalReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly rows: number;
  /** Items of which no row is left, or that were never accepted. */
  readonly lost: number;
  /**
   * Rows beyond one per item, also in tables whose reads remove duplicates: a replay under the same token leaves none.
   */
  readonly countedTwice: number;
}

/** The result of a crash run. */
export interface CrashReport extends CrashRun {
  readonly signals: Readonly<Partial<Record<CrashSignal, SignalReport>>>;
  /** The cumulative counters' increase as the product counts it, and what it must be. */
  readonly counter: { readonly expected: number; readonly counted: number };
  readonly lost: number;
  readonly countedTwice: number;
  /** Requests that were sent again. */
  readonly resends: number;
  /** Reasons with which the server refused items for good. */
  readonly refusals: readonly string[];
  /** Left for a look when something is wrong; gone otherwise. */
  readonly dataDir?: string;
}

/** Compares what exporters sent with what is stored. */
export function compareWithStored(
  exporters: ReadonlyMap<CrashSignal, readonly Exporter[]>,
  stored: ReadonlyMap<string, StoredItems>,
  product: ProductCounts,
  run: CrashRun,
): CrashReport {
  const signals: Partial<Record<CrashSignal, SignalReport>> = {};
  for (const [signal, ofSignal] of exporters) {
    signals[signal] = reportOf(ofSignal, stored);
  }
  const all = [...exporters.values()].flat();
  const expected = sentBy(exporters.get('metrics') ?? []);
  const predictions = sentBy(exporters.get('predictions') ?? []);
  const reports = Object.values(signals);
  // What the product counts may be wrong although every row is right, in either direction.
  const miscounted = [product.counted - expected, product.predictions - predictions];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.max(0, value), 0);
  return {
    ...run,
    signals,
    counter: { expected, counted: product.counted },
    lost: sum([...reports.map(({ lost }) => lost), ...miscounted.map((surplus) => -surplus)]),
    countedTwice: sum([...reports.map(({ countedTwice }) => countedTwice), ...miscounted]),
    resends: all.reduce((total, exporter) => total + exporter.resends, 0),
    refusals: all.flatMap(({ refusals }) => refusals),
  };
}

function reportOf(exporters: readonly Exporter[], stored: ReadonlyMap<string, StoredItems>): SignalReport {
  let [rows, lost, countedTwice, acknowledged] = [0, 0, 0, 0];
  for (const exporter of exporters) {
    const items = stored.get(exporter.name);
    const distinct = items?.distinct ?? 0;
    acknowledged += exporter.acknowledged;
    rows += items?.rows ?? 0;
    lost += exporter.sent - distinct;
    countedTwice += (items?.rows ?? 0) - distinct;
    // Numbers run from 0 to sent - 1: as many distinct ones outside that range would be other losses.
    if (items !== undefined && (items.lowest !== 0 || items.highest !== exporter.sent - 1)) {
      lost += 1;
    }
  }
  return { sent: sentBy(exporters), acknowledged, rows, lost, countedTwice };
}

function sentBy(exporters: readonly Exporter[]): number {
  return exporters.reduce((total, { sent }) => total + sent, 0);
}

/** The report in lines for people; the last one is the verdict. */
export function describeReport(report: CrashReport): string {
  const signals = Object.entries(report.signals).map(
    ([signal, { sent, acknowledged, rows, lost, countedTwice }]) =>
      `${signal.padEnd(12)} sent ${sent}, acknowledged ${acknowledged}, rows ${rows}, lost ${lost}, twice ${countedTwice}`,
  );
  const perCycle = (report.seconds / report.cycles).toFixed(2);
  return [
    ...signals,
    `counters     expected ${report.counter.expected}, counted by the product ${report.counter.counted}`,
    ...report.refusals.slice(0, 5).map((reason) => `refused      ${reason}`),
    `${report.cycles} cycles (seed ${report.seed}, ${perCycle} s each, ${report.killsDuringStart} killed while starting, ` +
      `${report.resends} resends): ${report.lost} lost, ${report.countedTwice} counted twice`,
  ].join('\n');
}

/** Whether nothing was lost, counted twice or refused. */
export function isClean(report: CrashReport): boolean {
  return report.lost === 0 && report.countedTwice === 0 && report.refusals.length === 0;
}
