import { AppError, isAppError } from '@tidewatch/core';
import type { GroupRegistry, Sli, SloDefinition, ValueSli } from '@tidewatch/slo';
import { groupText, meetsThreshold } from '@tidewatch/slo';
import type { SliEventQuery, Store } from '@tidewatch/store';
import { MetricCounter, type CountSpan, type OpenShare } from './metric-counter.js';
import { CountCollector, type SloCounts } from './slo-counts.js';

/** What a count found. */
export interface Counted {
  readonly counts: SloCounts;
  /** Metrics of SLOs without a single series. */
  readonly missing: ReadonlyMap<SloDefinition, readonly string[]>;
  /** For latency SLOs: measurements of which a threshold inside a bucket does not tell whether they were good. */
  readonly open: ReadonlyMap<SloDefinition, OpenShare>;
}

/** Counts good and total events of SLOs of all kinds. */
export class EventCounter {
  private readonly store: Pick<Store, 'sliMetrics' | 'sliEvents'>;
  private readonly metrics: MetricCounter;

  constructor(store: Pick<Store, 'sliMetrics' | 'sliEvents'>) {
    this.store = store;
    this.metrics = new MetricCounter(store);
  }

  /**
   * Counts the events of `slos` in `span`. An SLO that cannot be counted has the reason in its place and does not spoil the others.
   *
   * SLIs that yield a value per time slice have one event for each: good or not.
   *
   * @throws AppError of the store when nothing could be counted, such as `store.unreachable`
   */
  async count(
    project: string,
    slos: readonly SloDefinition[],
    span: CountSpan,
    registries: ReadonlyMap<SloDefinition, GroupRegistry>,
  ): Promise<Counted> {
    const collectors = new Map(slos.map((slo) => [slo, new CountCollector(slo)]));
    const open = new Map<SloDefinition, OpenShare>();
    const index = await this.metrics.index(project, slos, span, registries);
    const faults = new Map<SloDefinition, AppError>(index.faults);
    await this.metrics.count(project, index, span, collectors, open);
    await this.countEvents(project, slos, span, { collectors, registries, faults });
    await this.countValues(project, slos, span, { collectors, registries, faults });
    return {
      counts: new Map(
        [...collectors].map(([slo, collector]) => [
          slo,
          faults.get(slo) ?? collector.counts((member) => hasBad(slo, member)),
        ]),
      ),
      missing: index.missing,
      open,
    };
  }

  /** How many numbers a slice of all `slos` yields, about: parts of series, and groups of events. */
  async size(
    project: string,
    slos: readonly SloDefinition[],
    span: CountSpan,
    registries: ReadonlyMap<SloDefinition, GroupRegistry>,
  ): Promise<number> {
    const { parts } = await this.metrics.index(project, slos, span, registries);
    const groups = membersOf(slos).reduce((sum, { slo, sli }) => {
      return sli.kind === 'ratio' || sli.kind === 'latency' ? sum : sum + (slo.groupBy?.limit ?? 1);
    }, 0);
    return parts.length + groups;
  }

  private async countEvents(
    project: string,
    slos: readonly SloDefinition[],
    { range, sliceMs }: CountSpan,
    into: Collecting,
  ): Promise<void> {
    const wanted = membersOf(slos).flatMap(({ slo, member, sli }): EventMember[] => {
      const query = eventQuery(slo, sli);
      return query === null ? [] : [{ slo, member, query }];
    });
    const found = await this.store.sliEvents.count(
      project,
      wanted.map(({ query }) => query),
      range,
      sliceMs,
    );
    wanted.forEach(({ slo, member }, index) => {
      const slices = found[index] ?? [];
      if (isFault(slices)) {
        into.faults.set(slo, slices);
        return;
      }
      for (const { group, start, good, total } of slices) {
        const name = placeOf(slo, group, into.registries);
        const collector = into.collectors.get(slo);
        // What comes from the store is good and total already, whichever way it was written.
        collector?.add(name, member, start, 'good', good);
        collector?.add(name, member, start, 'total', total);
      }
    });
  }

  private async countValues(
    project: string,
    slos: readonly SloDefinition[],
    { range }: CountSpan,
    into: Collecting,
  ): Promise<void> {
    const bySlice = new Map<number, { slo: SloDefinition; member: number; sli: ValueSli }[]>();
    for (const { slo, member, sli } of membersOf(slos)) {
      const isValue =
        sli.kind === 'gauge' ||
        sli.kind === 'sample-mean' ||
        (sli.kind === 'sql' && sli.result.kind === 'value');
      if (isValue && slo.budgeting.method !== 'Occurrences') {
        const list = bySlice.get(slo.budgeting.sliceMs) ?? [];
        list.push({ slo, member, sli: sli as ValueSli });
        bySlice.set(slo.budgeting.sliceMs, list);
      }
    }
    for (const [sliceMs, wanted] of bySlice) {
      const queries = wanted.map(({ slo, sli }) => ({ sli, groupBy: slo.groupBy?.labels ?? [] }));
      const found = await this.store.sliEvents.values(project, queries, range, sliceMs);
      wanted.forEach(({ slo, member, sli }, index) => {
        const slices = found[index] ?? [];
        if (isFault(slices)) {
          into.faults.set(slo, slices);
          return;
        }
        for (const { group, start, value } of slices) {
          const name = placeOf(slo, group, into.registries);
          into.collectors.get(slo)?.add(name, member, start, 'total', 1);
          into.collectors.get(slo)?.add(name, member, start, 'good', isGood(sli, value) ? 1 : 0);
        }
      });
    }
  }
}

/** A member of an SLO whose events are rows of a table of the store. */
interface EventMember {
  readonly slo: SloDefinition;
  readonly member: number;
  readonly query: SliEventQuery;
}

function eventQuery({ groupBy }: SloDefinition, sli: Sli): SliEventQuery | null {
  const labels = groupBy?.labels ?? [];
  switch (sli.kind) {
    case 'spans':
    case 'logs':
    case 'predictions':
    case 'verdicts':
      return { sli, groupBy: labels };
    case 'sql': {
      const { result } = sli;
      return result.kind === 'value' ? null : { sli: { ...sli, result }, groupBy: labels };
    }
    case 'ratio':
    case 'latency':
    case 'gauge':
    case 'sample-mean':
    case 'foreign':
      return null;
  }
}

/** Where counts go. */
interface Collecting {
  readonly collectors: ReadonlyMap<SloDefinition, CountCollector>;
  readonly registries: ReadonlyMap<SloDefinition, GroupRegistry>;
  readonly faults: Map<SloDefinition, AppError>;
}

function membersOf(slos: readonly SloDefinition[]) {
  return slos.flatMap((slo) => slo.members.map(({ sli }, member) => ({ slo, member, sli })));
}

/** In jest classes of another realm are no instances: an error is told by its code. */
function isFault(found: unknown): found is AppError {
  return found instanceof AppError || isAppError(found);
}

function placeOf(
  slo: SloDefinition,
  values: readonly string[],
  registries: ReadonlyMap<SloDefinition, GroupRegistry>,
): string {
  if (slo.groupBy === null) {
    return '';
  }
  const text = groupText(slo.groupBy.labels, values);
  return registries.get(slo)?.place(text) ?? text;
}

/** Whether a member's counters give its bad events. */
function hasBad(slo: SloDefinition, member: number): boolean {
  const sli = slo.members[member]?.sli;
  return sli?.kind === 'ratio' && sli.good === null;
}

function isGood(sli: ValueSli, value: number): boolean {
  const { op, threshold } = sli.kind === 'sql' ? sli.result : sli;
  return meetsThreshold(value, op, threshold);
}
