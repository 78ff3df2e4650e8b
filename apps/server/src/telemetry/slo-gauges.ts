import { formatDuration } from '@tidewatch/core';
import { gateOf, type SloDefinition, type SloVerdict } from '@tidewatch/slo';
import { single, type MetricFamily, type MetricValue } from './metric-family.js';

/** Series over all gauges of SLOs. A scrape of this many takes about a megabyte. */
const MOST_SERIES = 10_000;
/** What was judged longer ago than this describes the past: an autoscaler must not act on it. */
const STALE_AFTER_MS = 15 * 60_000;
const STATES = ['ok', 'breach', 'frozen'] as const;

type GaugedSlo = Pick<SloDefinition, 'name' | 'budgetPolicy'>;
type GaugedVerdict = Pick<
  SloVerdict,
  'slo' | 'group' | 'state' | 'windowEnd' | 'budgetRemaining' | 'timeToExhaustionMs' | 'tiers'
>;

/** The samples of one group, by gauge. */
interface GroupSeries {
  readonly burn: readonly MetricValue[];
  readonly remaining: readonly MetricValue[];
  readonly states: readonly MetricValue[];
  readonly exhaustion: readonly MetricValue[];
}

interface Entry {
  readonly slo: GaugedSlo;
  readonly groups: Map<string, GaugedVerdict>;
}

/**
 * How SLOs stand, as gauges for autoscalers and rollout gates.
 *
 * A figure that is unknown has no sample, and neither has a group that was not judged for 15 minutes: a missing sample is harder to
 * mistake for a good one than a zero. Groups that burn come first where all would be more than {@link MOST_SERIES} series.
 */
export class SloGauges {
  private readonly entries = new Map<string, Entry>();

  /** Takes the verdict on one group of an SLO. */
  update(slo: GaugedSlo, verdict: GaugedVerdict): void {
    const groups = this.entries.get(slo.name)?.groups ?? new Map<string, GaugedVerdict>();
    groups.set(verdict.group, verdict);
    if (verdict.group !== '') {
      // Before the first group came, the traffic was judged as one.
      groups.delete('');
    }
    // The definition as well: a reload may have changed its policy.
    this.entries.set(slo.name, { slo, groups });
  }

  /** Forgets an SLO that is no longer in force. */
  remove(slo: string): void {
    this.entries.delete(slo);
  }

  /** The gauges at `now`, in milliseconds since the epoch. */
  families(now: number): MetricFamily[] {
    this.forgetStale(now);
    const gates = [...this.entries.values()].flatMap(gateSeries).slice(0, MOST_SERIES);
    const { kept, left } = this.fitting(MOST_SERIES - gates.length);
    const gauge = (name: string, help: string, values: readonly MetricValue[]): MetricFamily => ({
      ...{ type: 'gauge', name, help, values },
    });
    return [
      gauge(
        'tidewatch_slo_burn_rate',
        'How many times faster than allowed the error budget burns over the window; 1 spends it exactly over the period.',
        kept.flatMap(({ burn }) => burn),
      ),
      gauge(
        'tidewatch_slo_error_budget_remaining_ratio',
        'What is left of the error budget of the period: 1 all of it, 0 nothing, negative when overspent.',
        kept.flatMap(({ remaining }) => remaining),
      ),
      gauge(
        'tidewatch_slo_state',
        '1 for the state that the SLO is in, 0 for the others: ok, breach (a tier fires) or frozen (cannot be judged).',
        kept.flatMap(({ states }) => states),
      ),
      gauge(
        'tidewatch_slo_time_to_exhaustion_seconds',
        'Until the error budget is gone at the present burn rate; absent while it lasts at that rate.',
        kept.flatMap(({ exhaustion }) => exhaustion),
      ),
      gauge(
        'tidewatch_slo_gate_open',
        '0 while a freeze step of the error budget policy is reached by any group, else 1; absent when unknown.',
        gates,
      ),
      single(
        'gauge',
        'tidewatch_slo_groups_without_gauges',
        `Groups of SLOs whose gauges are left out, as there are more than ${MOST_SERIES} series.`,
        left,
      ),
    ];
  }

  private forgetStale(now: number): void {
    for (const [name, { groups }] of this.entries) {
      for (const [group, verdict] of groups) {
        if (now - verdict.windowEnd > STALE_AFTER_MS) {
          groups.delete(group);
        }
      }
      if (groups.size === 0) {
        this.entries.delete(name);
      }
    }
  }

  /** The series of as many groups as fit, all of a group or none, those that burn first. */
  private fitting(room: number): { kept: GroupSeries[]; left: number } {
    const verdicts = [...this.entries.values()].flatMap(({ groups }) => [...groups.values()]);
    const burning = verdicts.filter(({ state }) => state === 'breach');
    const others = verdicts.filter(({ state }) => state !== 'breach');
    const kept: GroupSeries[] = [];
    let used = 0;
    for (const verdict of [...burning, ...others]) {
      const series = groupSeries(verdict);
      const { burn, remaining, states, exhaustion } = series;
      used += burn.length + remaining.length + states.length + exhaustion.length;
      if (used > room) {
        break;
      }
      kept.push(series);
    }
    return { kept, left: verdicts.length - kept.length };
  }
}

function groupSeries(verdict: GaugedVerdict): GroupSeries {
  const labels = { slo: verdict.slo, group: verdict.group };
  const known = (value: number | null, scale = 1): MetricValue[] =>
    value === null ? [] : [{ value: value * scale, labels }];
  return {
    burn: burnSeries(verdict),
    remaining: known(verdict.budgetRemaining),
    states: STATES.map((state) => ({
      value: verdict.state === state ? 1 : 0,
      labels: { ...labels, state },
    })),
    exhaustion: known(verdict.timeToExhaustionMs, 1e-3),
  };
}

/** One sample for each distinct window of the tiers, ascending. */
function burnSeries({ slo, group, tiers }: GaugedVerdict): MetricValue[] {
  const byWindow = new Map<number, number>();
  for (const { longMs, longBurn, shortMs, shortBurn } of tiers) {
    for (const [window, burn] of [
      [longMs, longBurn],
      [shortMs, shortBurn],
    ] as const) {
      if (burn !== null) {
        byWindow.set(window, burn);
      }
    }
  }
  return [...byWindow]
    .sort(([a], [b]) => a - b)
    .map(([window, value]) => ({ value, labels: { slo, group, window: formatDuration(window) } }));
}

function gateSeries({ slo, groups }: Entry): MetricValue[] {
  const { open } = gateOf(slo.budgetPolicy, [...groups.values()]);
  return open === null ? [] : [{ value: open ? 1 : 0, labels: { slo: slo.name } }];
}
