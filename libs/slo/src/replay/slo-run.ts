import { ceilTime, floorTime } from '@tidewatch/core';
import { timeSliceMs } from '../counting/budget-slices.js';
import type { SloDefinition } from '../definition.js';
import { judgeSlo } from '../judge.js';
import type { BurnTier } from '../tiers.js';
import type { SloVerdict } from '../verdict.js';
import { ConditionSource } from './condition-source.js';
import type { Fixture } from './fixture-document.js';
import type { FixtureSeries } from './fixture-series.js';
import { FIXTURE_SLICE_MS, fixtureTraffic } from './fixture-slices.js';
import { GroupHistory } from './group-history.js';
import { measuredSeries } from './measured-series.js';
import { replaySlo, groupsOf, type ReplayAlert } from './replay-slo.js';
import type { ReplayTraffic } from './replay-traffic.js';

/** An SLO of a fixture on its virtual clock. */
export class SloRun {
  /** Nothing in the fixture belongs to the SLO. */
  readonly isEmpty: boolean;
  private readonly slo: SloDefinition;
  private readonly traffic: readonly ReplayTraffic[];
  private readonly conditions: ConditionSource;
  private readonly end: number;
  private readonly start: number;
  private alerts: readonly ReplayAlert[] | null = null;

  /** @param end milliseconds since the epoch; nothing is asked of later times */
  constructor(slo: SloDefinition, fixture: Fixture, series: readonly FixtureSeries[], end: number) {
    const { groups, isEmpty } = fixtureTraffic(slo, fixture, series);
    const sliceMs = timeSliceMs(slo) ?? FIXTURE_SLICE_MS;
    this.slo = slo;
    this.start = fixture.start;
    this.end = end;
    this.isEmpty = isEmpty;
    const range = { from: floorTime(fixture.start, sliceMs), to: ceilTime(end + 1, sliceMs) };
    this.traffic = [{ range, sliceMs: FIXTURE_SLICE_MS, groups }];
    this.conditions = new ConditionSource(
      measuredSeries(series),
      slo.tiers.flatMap(({ and }) => (and === null ? [] : [and])),
      slo.groupBy?.labels ?? [],
    );
  }

  groups(): string[] {
    return groupsOf(this.traffic);
  }

  /** The verdict at `at`, milliseconds since the epoch. Windows end so much earlier as labels are waited for. */
  verdictAt(group: string, at: number): SloVerdict {
    const windowEnd = floorTime(at - labelDelay(this.slo), FIXTURE_SLICE_MS);
    const evidence = new GroupHistory(this.slo, this.traffic, group, -Infinity).evidence(windowEnd);
    const conditions = new Map(
      this.slo.tiers.map((tier) => [tier.name, this.condition(tier, group, windowEnd)]),
    );
    return judgeSlo({ ...evidence, conditions });
  }

  /** Names of the tiers whose alerts are open at `at`. */
  alertsAt(group: string, at: number): string[] {
    const delay = labelDelay(this.slo);
    this.alerts ??= replaySlo(
      this.slo,
      this.traffic,
      { from: this.start, to: this.end },
      { condition: (tier, each, time) => this.condition(tier, each, time) },
    ).alerts;
    return this.alerts
      .filter(
        (alert) =>
          alert.group === group && alert.from + delay <= at && (alert.to === null || alert.to + delay > at),
      )
      .map(({ tier }) => tier);
  }

  private condition({ and }: BurnTier, group: string, at: number): boolean | null {
    return and === null ? null : this.conditions.holds(and, group, at);
  }
}

/** How long the slowest label of an SLO is waited for, in milliseconds. */
function labelDelay({ members }: SloDefinition): number {
  return Math.max(0, ...members.map(({ sli }) => ('labelDelayMs' in sli ? sli.labelDelayMs : 0)));
}
