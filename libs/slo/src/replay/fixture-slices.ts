import { floorTime, type Labels } from '@tidewatch/core';
import { GroupRegistry } from '../counting/group-registry.js';
import { groupText } from '../counting/group-text.js';
import { seriesTest } from '../counting/series-attribution.js';
import type { SliceCount } from '../counting/slice-count.js';
import type { SloDefinition, SloMember } from '../definition.js';
import type { MetricSelector } from '../metric-selector.js';
import type { GaugeSli, LogSli, PredictionSli, SpanSli } from '../sli/sli-types.js';
import { eventTest } from './event-matching.js';
import type { Fixture } from './fixture-document.js';
import { fixtureLabels, type FixtureSeries } from './fixture-series.js';
import { gaugeSlices } from './gauge-slices.js';
import type { ReplayGroup } from './replay-traffic.js';
import { bucketIncreases, counterIncreases } from './series-increases.js';

/** Slices of a fixture are as fine as those of the server. */
export const FIXTURE_SLICE_MS = 10_000;

/** What a fixture holds for one SLO. */
export interface FixtureTraffic {
  readonly groups: readonly ReplayGroup[];
  /** No series, event or count of the fixture belongs to the SLO. */
  readonly isEmpty: boolean;
}

/** Counts good and total events of an SLO from what a fixture holds, as the server does from what is stored. */
export function fixtureTraffic(
  slo: Pick<SloDefinition, 'name' | 'members' | 'groupBy' | 'budgeting'>,
  fixture: Fixture,
  series: readonly FixtureSeries[],
): FixtureTraffic {
  const collector = new SliceCollector(slo);
  for (const [index, member] of slo.members.entries()) {
    countMember({ slo, member, index, fixture, series, collector });
  }
  return { groups: collector.groups(), isEmpty: collector.isEmpty };
}

type Counts = { good: number; total: number; bad: number };

/** Adds up what is found, by group, member and slice. */
class SliceCollector {
  private readonly slo: Pick<SloDefinition, 'members' | 'groupBy'>;
  private readonly registry: GroupRegistry;
  private readonly counts = new Map<string, Map<number, Counts>[]>();

  constructor(slo: Pick<SloDefinition, 'members' | 'groupBy'>) {
    this.slo = slo;
    this.registry = new GroupRegistry(slo.groupBy?.limit ?? 1);
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  groupOf(values: Labels): string {
    const labels = this.slo.groupBy?.labels ?? [];
    return labels.length === 0
      ? ''
      : groupText(
          labels,
          labels.map((label) => values[label] ?? ''),
        );
  }

  add(group: string, member: number, at: number, counted: Partial<Counts>): void {
    const placed = group === '' ? '' : this.registry.place(group);
    const members = this.counts.get(placed) ?? this.slo.members.map(() => new Map<number, Counts>());
    this.counts.set(placed, members);
    const slices = members[member];
    const start = floorTime(at, FIXTURE_SLICE_MS);
    const slice = slices?.get(start) ?? { good: 0, total: 0, bad: 0 };
    slice.good += counted.good ?? 0;
    slice.total += counted.total ?? 0;
    slice.bad += counted.bad ?? 0;
    slices?.set(start, slice);
  }

  groups(): ReplayGroup[] {
    return [...this.counts].map(([group, members]) => ({
      group,
      members: members.map((slices, index) =>
        [...slices]
          .sort(([a], [b]) => a - b)
          .map(([start, counts]) => wholeCounts(start, counts, isCountedBad(this.slo.members[index]))),
      ),
    }));
  }
}

/** Counters of doubles are rounded once a slice. */
function wholeCounts(start: number, { good, total, bad }: Counts, fromBad: boolean): SliceCount {
  const all = Math.round(total);
  return { start, good: fromBad ? Math.max(0, all - Math.round(bad)) : Math.round(good), total: all };
}

function isCountedBad(member: SloMember | undefined): boolean {
  return member?.sli.kind === 'ratio' && member.sli.good === null;
}

interface MemberCase {
  readonly slo: Pick<SloDefinition, 'name' | 'budgeting'>;
  readonly member: SloMember;
  readonly index: number;
  readonly fixture: Fixture;
  readonly series: readonly FixtureSeries[];
  readonly collector: SliceCollector;
}

function countMember(each: MemberCase): void {
  const { sli } = each.member;
  addGivenCounts(each);
  switch (sli.kind) {
    case 'ratio':
      addCounter(each, sli.total, 'total');
      if (sli.good !== null) {
        addCounter(each, sli.good, 'good');
      } else if (sli.bad !== null) {
        addCounter(each, sli.bad, 'bad');
      }
      return;
    case 'latency':
      return addHistogram(each, sli.histogram, sli.threshold);
    case 'gauge':
      return addGauge(each, sli);
    case 'spans':
      return addEvents(each, 'span', sli);
    case 'logs':
      return addEvents(each, 'log', sli);
    case 'predictions':
      return addEvents(each, 'prediction', sli);
    case 'sample-mean':
    case 'verdicts':
    case 'sql':
    case 'foreign':
      // What these read is no series: a fixture gives their counts.
      return;
  }
}

function matching(series: readonly FixtureSeries[], selector: MetricSelector): FixtureSeries[] {
  const test = seriesTest(selector.match);
  return series.filter(
    ({ metric, labels }) => metric === selector.metric && test((label) => labels[label] ?? ''),
  );
}

function addCounter(
  { series, collector, index }: MemberCase,
  selector: MetricSelector,
  role: keyof Counts,
): void {
  for (const each of matching(series, selector)) {
    if (each.data.type === 'counter') {
      const group = collector.groupOf(each.labels);
      for (const { at, value } of counterIncreases(each, each.data.points)) {
        collector.add(group, index, at, { [role]: value });
      }
    } else if (each.data.type === 'histogram') {
      // A histogram counts its measurements.
      const group = collector.groupOf(each.labels);
      for (const { at, counts } of bucketIncreases(each, each.data.points)) {
        collector.add(group, index, at, { [role]: counts.reduce((sum, count) => sum + count, 0) });
      }
    }
  }
}

function addHistogram(
  { series, collector, index }: MemberCase,
  selector: MetricSelector,
  threshold: number,
): void {
  for (const each of matching(series, selector)) {
    const { data } = each;
    if (data.type === 'histogram' && data.bounds.length > 0) {
      const group = collector.groupOf(each.labels);
      for (const { at, counts } of bucketIncreases(each, data.points)) {
        // Buckets include their upper bound; one that reaches beyond the threshold may hold measurements above it.
        const good = counts.reduce(
          (sum, count, bucket) => sum + ((data.bounds[bucket] ?? Infinity) <= threshold ? count : 0),
          0,
        );
        collector.add(group, index, at, { good, total: counts.reduce((sum, count) => sum + count, 0) });
      }
    }
  }
}

function addGauge({ slo, series, collector, index }: MemberCase, sli: GaugeSli): void {
  const sliceMs = slo.budgeting.method === 'Occurrences' ? FIXTURE_SLICE_MS : slo.budgeting.sliceMs;
  const byGroup = new Map<string, FixtureSeries[]>();
  for (const each of matching(series, sli.gauge)) {
    const group = collector.groupOf(each.labels);
    byGroup.set(group, [...(byGroup.get(group) ?? []), each]);
  }
  for (const [group, list] of byGroup) {
    for (const { start, good, total } of gaugeSlices(list, sli, sliceMs)) {
      collector.add(group, index, start, { good, total });
    }
  }
}

function addEvents(
  { fixture, collector, index }: MemberCase,
  type: Fixture['events'][number]['type'],
  sli: SpanSli | LogSli | PredictionSli,
): void {
  const counts = eventTest(sli.total);
  const isGood = eventTest(sli.good ?? sli.bad ?? []);
  for (const events of fixture.events) {
    const fields = fixtureLabels(events.fields);
    const fieldOf = (field: string): string => fields[field] ?? '';
    if (events.type === type && counts(fieldOf)) {
      const good = isGood(fieldOf) === (sli.good !== null) ? 1 : 0;
      const group = collector.groupOf(fields);
      for (const [step, value] of events.values.entries()) {
        if (typeof value === 'number') {
          collector.add(group, index, fixture.start + step * fixture.interval, {
            good: good * value,
            total: value,
          });
        }
      }
    }
  }
}

function addGivenCounts({ slo, member, index, fixture, collector }: MemberCase): void {
  for (const counts of fixture.counts) {
    if (counts.slo === slo.name && counts.member === member.name) {
      for (const [step, total] of counts.total.entries()) {
        const good = counts.good[step] ?? 0;
        if (typeof total === 'number' && typeof good === 'number') {
          const at = fixture.start + step * fixture.interval;
          collector.add(counts.group, index, at, { good, total, bad: total - good });
        }
      }
    }
  }
}
