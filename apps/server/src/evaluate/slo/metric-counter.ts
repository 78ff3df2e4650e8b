import type { TimeRange } from '@tidewatch/core';
import type { GroupRegistry, SloDefinition } from '@tidewatch/slo';
import type { HistogramForm, IncreaseSource, SliSeriesQuery, Store } from '@tidewatch/store';
import { indexSeries, selectedMetrics, type SeriesIndex, type SeriesPart } from './series-index.js';
import type { CountCollector } from './slo-counts.js';

/** What is counted, and how finely. */
export interface CountSpan {
  /** Aligned to the slices. */
  readonly range: TimeRange;
  readonly sliceMs: number;
  /** Raw points, or roll-ups where they answer. Exponential histograms have none and are always counted from points. */
  readonly source: IncreaseSource;
}

/** What is known of a project's series between two counts. */
interface KnownIndex {
  readonly slos: readonly SloDefinition[];
  readonly fingerprint: string;
  readonly index: SeriesIndex;
}

/** Rounds, history and SLOs that wait for labels ask for different SLOs in turn. */
const MOST_KNOWN = 8;

/** Measurements that a threshold inside a bucket leaves open, of all. */
export interface OpenShare {
  astride: number;
  total: number;
}

/** Counts the events of SLOs over counters and histograms: a handful of statements for any number of SLOs. */
export class MetricCounter {
  private readonly store: Pick<Store, 'sliMetrics'>;
  /** The newest first. */
  private known: KnownIndex[] = [];

  constructor(store: Pick<Store, 'sliMetrics'>) {
    this.store = store;
  }

  /** The series of `slos` in `range`; looked up anew only when there are others than the last time. */
  async index(
    project: string,
    slos: readonly SloDefinition[],
    { range, source }: CountSpan,
    registries: ReadonlyMap<SloDefinition, GroupRegistry>,
  ): Promise<SeriesIndex> {
    const { metrics, labels } = selectedMetrics(slos);
    if (metrics.length === 0) {
      return { parts: [], faults: new Map(), missing: new Map() };
    }
    const query: SliSeriesQuery = {
      metrics,
      labels,
      range,
      table: source === 'raw' ? 'metric_series' : 'metric_series_monthly',
    };
    const fingerprint = `${query.table}/${await this.store.sliMetrics.fingerprint(project, query)}`;
    const known = this.known.find((each) => each.fingerprint === fingerprint && sameList(each.slos, slos));
    if (known !== undefined) {
      return known.index;
    }
    const series = await this.store.sliMetrics.series(project, query);
    const index = indexSeries(slos, series, labels, registries);
    this.known = [{ slos, fingerprint, index }, ...this.known.filter((each) => !sameList(each.slos, slos))];
    this.known.length = Math.min(this.known.length, MOST_KNOWN);
    return index;
  }

  /** Adds the events of the parts of `index` to the collectors of their SLOs. */
  async count(
    project: string,
    index: SeriesIndex,
    span: CountSpan,
    collectors: ReadonlyMap<SloDefinition, CountCollector>,
    open: Map<SloDefinition, OpenShare>,
  ): Promise<void> {
    for (const temporality of ['delta', 'cumulative'] as const) {
      await this.countSums(project, temporality, partsOf(index, 'sum', temporality), span, collectors);
      for (const type of ['histogram', 'exponential_histogram'] as const) {
        const parts = partsOf(index, type, temporality);
        await this.countHistograms(project, { type, temporality }, parts, span, collectors, open);
      }
    }
  }

  private async countSums(
    project: string,
    temporality: 'delta' | 'cumulative',
    parts: readonly SeriesPart[],
    span: CountSpan,
    collectors: ReadonlyMap<SloDefinition, CountCollector>,
  ): Promise<void> {
    if (parts.length === 0) {
      return;
    }
    const increases = await this.store.sliMetrics.increases(project, temporality, seriesOf(parts), span);
    for (const { part, start, events } of increases) {
      for (const { slo, member, role, group } of parts[part]?.targets ?? []) {
        if (role !== 'histogram') {
          collectors.get(slo)?.add(group, member, start, role, events);
        }
      }
    }
  }

  private async countHistograms(
    project: string,
    form: HistogramForm,
    parts: readonly SeriesPart[],
    span: CountSpan,
    collectors: ReadonlyMap<SloDefinition, CountCollector>,
    open: Map<SloDefinition, OpenShare>,
  ): Promise<void> {
    if (parts.length === 0) {
      return;
    }
    const thresholds = [...new Set(parts.flatMap(({ targets }) => targets.map(thresholdOf)))];
    const places = new Map(thresholds.map((threshold, place) => [threshold, place]));
    const series = { ...seriesOf(parts), thresholds };
    const fits = form.type === 'histogram' ? span : { ...span, source: 'raw' as const };
    for (const row of await this.store.sliMetrics.buckets(project, form, series, fits)) {
      for (const target of parts[row.part]?.targets ?? []) {
        const place = places.get(thresholdOf(target)) ?? 0;
        const collector = collectors.get(target.slo);
        if (target.role !== 'histogram') {
          collector?.add(target.group, target.member, row.start, target.role, row.total);
          continue;
        }
        collector?.add(target.group, target.member, row.start, 'good', row.within[place] ?? 0);
        collector?.add(target.group, target.member, row.start, 'total', row.total);
        const share = open.get(target.slo) ?? { astride: 0, total: 0 };
        share.astride += row.astride[place] ?? 0;
        share.total += row.total;
        open.set(target.slo, share);
      }
    }
  }
}

function thresholdOf({ slo, member }: { slo: SloDefinition; member: number }): number {
  const sli = slo.members[member]?.sli;
  return sli?.kind === 'latency' ? sli.threshold : 0;
}

function partsOf(
  index: SeriesIndex,
  form: SeriesPart['form'],
  temporality: SeriesPart['temporality'],
): readonly SeriesPart[] {
  return index.parts.filter((part) => part.form === form && part.temporality === temporality);
}

function seriesOf(parts: readonly SeriesPart[]): {
  metrics: string[];
  hashes: bigint[];
  parts: number[];
} {
  return {
    metrics: [...new Set(parts.map(({ metric }) => metric))],
    hashes: parts.flatMap(({ hashes }) => hashes),
    parts: parts.flatMap(({ hashes }, part) => hashes.map(() => part)),
  };
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
