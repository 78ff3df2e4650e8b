import { AppError } from '@tidewatch/core';
import {
  groupText,
  seriesTest,
  type GroupRegistry,
  type MetricSelector,
  type SloDefinition,
} from '@tidewatch/slo';
import type { SliSeries } from '@tidewatch/store';

/** What the events of a series count for. */
export interface SeriesTarget {
  readonly slo: SloDefinition;
  readonly member: number;
  readonly role: 'good' | 'bad' | 'total' | 'histogram';
  readonly group: string;
}

/** Series that count for the same targets, added up in the store. */
export interface SeriesPart {
  readonly form: SliSeries['type'];
  readonly temporality: 'delta' | 'cumulative';
  readonly metric: string;
  readonly targets: readonly SeriesTarget[];
  readonly hashes: bigint[];
}

/** Which series count for which SLOs. */
export interface SeriesIndex {
  readonly parts: readonly SeriesPart[];
  /** SLOs that cannot be counted, because a selector finds series of the wrong kind. */
  readonly faults: ReadonlyMap<SloDefinition, AppError>;
  /** Selectors, as metric names, that find no series at all. */
  readonly missing: ReadonlyMap<SloDefinition, readonly string[]>;
}

/** One selector of an SLO with the part it plays. */
interface Selection {
  readonly slo: SloDefinition;
  readonly member: number;
  readonly role: SeriesTarget['role'];
  readonly selector: MetricSelector;
}

/** The metrics and labels that the SLOs of a project ask for. */
export function selectedMetrics(slos: readonly SloDefinition[]): { metrics: string[]; labels: string[] } {
  const selections = slos.flatMap(selectionsOf);
  return {
    metrics: [...new Set(selections.map(({ selector }) => selector.metric))].sort(),
    labels: [
      ...new Set([
        ...selections.flatMap(({ selector }) => selector.match.map(({ label }) => label)),
        ...slos.flatMap(({ groupBy }) => groupBy?.labels ?? []),
      ]),
    ].sort(),
  };
}

function selectionsOf(slo: SloDefinition): Selection[] {
  return slo.members.flatMap(({ sli }, member): Selection[] => {
    if (sli.kind === 'latency') {
      return [{ slo, member, role: 'histogram', selector: sli.histogram }];
    }
    if (sli.kind !== 'ratio') {
      return [];
    }
    const [role, selector] = sli.good === null ? (['bad', sli.bad] as const) : (['good', sli.good] as const);
    return [
      ...(selector === null ? [] : [{ slo, member, role, selector }]),
      { slo, member, role: 'total', selector: sli.total },
    ];
  });
}

/**
 * Finds the series of every SLO.
 *
 * @param labels the names of `SliSeries.labels`, in their order
 * @param registries decide which groups of an SLO are counted on their own
 */
export function indexSeries(
  slos: readonly SloDefinition[],
  series: readonly SliSeries[],
  labels: readonly string[],
  registries: ReadonlyMap<SloDefinition, GroupRegistry>,
): SeriesIndex {
  const postings = new Postings(series, labels);
  const targets = new Map<SliSeries, SeriesTarget[]>();
  const faults = new Map<SloDefinition, AppError>();
  const missing = new Map<SloDefinition, string[]>();
  for (const selection of slos.flatMap(selectionsOf)) {
    const { slo, member, role, selector } = selection;
    const found = postings.find(selector);
    // A counter of errors need not exist before the first error.
    if (found.length === 0 && role !== 'bad') {
      missing.set(slo, [...(missing.get(slo) ?? []), selector.metric]);
    }
    const fault = wrongKind(selection, found);
    if (fault !== null) {
      faults.set(slo, fault);
      continue;
    }
    for (const each of found) {
      const list = targets.get(each) ?? [];
      list.push({ slo, member, role, group: groupOf(slo, each, postings, registries) });
      targets.set(each, list);
    }
  }
  return { parts: partsOf(targets, faults), faults, missing };
}

function groupOf(
  slo: SloDefinition,
  series: SliSeries,
  postings: Postings,
  registries: ReadonlyMap<SloDefinition, GroupRegistry>,
): string {
  if (slo.groupBy === null) {
    return '';
  }
  const text = groupText(
    slo.groupBy.labels,
    slo.groupBy.labels.map((label) => postings.labelOf(series, label)),
  );
  return registries.get(slo)?.place(text) ?? text;
}

/** Series with the same targets become one part: the store adds them up. */
function partsOf(
  targets: ReadonlyMap<SliSeries, readonly SeriesTarget[]>,
  faults: ReadonlyMap<SloDefinition, AppError>,
): SeriesPart[] {
  const parts = new Map<string, SeriesPart>();
  const numbers = new Map<SloDefinition, number>();
  for (const [series, all] of targets) {
    const usable = all.filter(({ slo }) => !faults.has(slo));
    if (usable.length === 0) {
      continue;
    }
    const name = usable
      .map(({ slo, member, role, group }) => {
        const number = numbers.get(slo) ?? numbers.size;
        numbers.set(slo, number);
        return `${number}/${member}/${role}/${group}`;
      })
      .join('\n');
    const key = `${series.type}/${series.temporality}/${series.metric}\n${name}`;
    const part = parts.get(key) ?? {
      form: series.type,
      temporality: series.temporality as 'delta' | 'cumulative',
      metric: series.metric,
      targets: usable,
      hashes: [],
    };
    part.hashes.push(series.hash);
    parts.set(key, part);
  }
  return [...parts.values()];
}

/** A series from which any number computed would be wrong. */
function wrongKind({ selector, role }: Selection, found: readonly SliSeries[]): AppError | null {
  const histogram = role === 'histogram';
  const refuse = (series: readonly SliSeries[], what: string, hint: string): AppError | null =>
    series.length === 0
      ? null
      : new AppError({
          code: 'slo.selector-type',
          message: `${series.length} series of ${selector.metric} ${what}.`,
          hint,
        });
  const needed = histogram ? 'a histogram' : 'a counter (a monotonic sum) or a histogram';
  // A histogram counts its measurements: conventions that have one of durations have no counter besides.
  const isHistogram = ({ type }: SliSeries): boolean =>
    type === 'histogram' || type === 'exponential_histogram';
  const other = found.filter((series) => !isHistogram(series) && (histogram || series.type !== 'sum'));
  return (
    refuse(
      other,
      `are of type ${other[0]?.type ?? ''}, and this SLI needs ${needed}`,
      'Name another metric, or narrow `match`.',
    ) ??
    refuse(
      found.filter(({ type, monotonic }) => type === 'sum' && !monotonic),
      'are sums that may also fall, and this SLI needs a counter',
      'Send the metric as a monotonic sum.',
    ) ??
    refuse(
      found.filter(({ temporality }) => temporality === 'unspecified'),
      'do not say whether they are delta or cumulative',
      'Set the aggregation temporality where they are made.',
    )
  );
}

/** Series by metric and label value: a thousand SLOs of one metric must not look at every series each. */
class Postings {
  private readonly byMetric = new Map<string, SliSeries[]>();
  private readonly byLabel = new Map<string, Map<string, SliSeries[]>>();
  private readonly places: ReadonlyMap<string, number>;

  constructor(series: readonly SliSeries[], labels: readonly string[]) {
    this.places = new Map(labels.map((label, place) => [label, place]));
    for (const each of series) {
      push(this.byMetric, each.metric, each);
    }
  }

  labelOf(series: SliSeries, label: string): string {
    return series.labels[this.places.get(label) ?? -1] ?? '';
  }

  find({ metric, match }: MetricSelector): SliSeries[] {
    const equal = match.filter(({ op }) => op === '=');
    let candidates = this.byMetric.get(metric) ?? [];
    for (const { label, value } of equal) {
      const list = this.valuesOf(metric, label).get(value) ?? [];
      candidates = list.length < candidates.length ? list : candidates;
    }
    const test = seriesTest(match);
    return candidates.filter((series) => test((label) => this.labelOf(series, label)));
  }

  private valuesOf(metric: string, label: string): ReadonlyMap<string, SliSeries[]> {
    const key = `${metric}\n${label}`;
    const known = this.byLabel.get(key);
    if (known !== undefined) {
      return known;
    }
    const values = new Map<string, SliSeries[]>();
    for (const series of this.byMetric.get(metric) ?? []) {
      push(values, this.labelOf(series, label), series);
    }
    this.byLabel.set(key, values);
    return values;
  }
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [value]);
  } else {
    list.push(value);
  }
}
