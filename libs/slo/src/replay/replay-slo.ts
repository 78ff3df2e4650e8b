import { ceilTime, type TimeRange } from '@tidewatch/core';
import { decideSlo } from '../judge.js';
import type { JudgedSlo, SloDecision } from '../slo-evidence.js';
import type { BurnTier } from '../tiers.js';
import { AlertTrack, KEEP_FIRING_MS } from './alert-track.js';
import { GroupHistory, gridOf } from './group-history.js';
import type { ReplayTraffic } from './replay-traffic.js';

/** An alert that would have been raised. Times are milliseconds since the epoch. */
export interface ReplayAlert {
  readonly group: string;
  readonly tier: string;
  readonly severity: BurnTier['severity'];
  readonly from: number;
  /** When it ended; `null` when it was still open at the end. */
  readonly to: number | null;
  /** Share of the budget of the period that was spent when it opened; above 1 when overspent, `null` when unknown. */
  readonly budgetSpent: number | null;
  /** Burn rates over the long and the short window when it opened. */
  readonly longBurn: number | null;
  readonly shortBurn: number | null;
}

/** What a replay found. */
export interface Replay {
  /** By beginning. */
  readonly alerts: readonly ReplayAlert[];
  /** How each group stood at the end. */
  readonly groups: readonly SloDecision[];
}

/** How a replay is run. */
export interface ReplayOptions {
  /** Since when events have been counted, milliseconds since the epoch; default: always, and nothing happened before the first event. */
  readonly coveredFrom?: number;
  /** By severity, in milliseconds; default {@link KEEP_FIRING_MS}. */
  readonly keepFiringMs?: Readonly<Record<BurnTier['severity'], number>>;
  /** Whether the `and` condition of a tier holds; default: it does. `null`: that cannot be told. */
  readonly condition?: (tier: BurnTier, group: string, at: number) => boolean | null;
}

/**
 * Evaluates an SLO over counted events on a virtual clock, as the server does on a real one, and lists the alerts that follow.
 *
 * Each tier is judged by {@link decideSlo} every {@link BurnTier.everyMs} (at whole multiples of it since the epoch, as far as the slices
 * are fine enough), over windows that end there. A step costs the same whatever the length of the windows.
 *
 * @param traffic what was counted, before `range` too as far as windows and the period reach back
 * @param range evaluations are after `from` and until `to`, that included
 */
export function replaySlo(
  slo: JudgedSlo,
  traffic: readonly ReplayTraffic[],
  range: TimeRange,
  options: ReplayOptions = {},
): Replay {
  const groups = groupsOf(traffic).map((group) => replayGroup(slo, traffic, group, { range, ...options }));
  return {
    alerts: groups.flatMap(({ alerts }) => alerts).sort((a, b) => a.from - b.from),
    groups: groups.map(({ end }) => end),
  };
}

/** The groups of a history in the order in which they first come; the group of everything where there are none. */
export function groupsOf(traffic: readonly ReplayTraffic[]): string[] {
  const names = new Set(traffic.flatMap(({ groups }) => groups.map(({ group }) => group)));
  return names.size === 0 ? [''] : [...names];
}

type GroupOptions = ReplayOptions & { readonly range: TimeRange };

function replayGroup(
  slo: JudgedSlo,
  traffic: readonly ReplayTraffic[],
  group: string,
  options: GroupOptions,
): { readonly alerts: ReplayAlert[]; readonly end: SloDecision } {
  const { range, coveredFrom = -Infinity } = options;
  const history = new GroupHistory(slo, traffic, group, coveredFrom);
  const gridMs = gridOf(traffic);
  const runs = slo.tiers.map((tier) => new TierRun(tier, history, options));
  for (let at = ceilTime(range.from + 1, gridMs); at <= range.to; at += gridMs) {
    for (const run of runs) {
      run.evaluate(at, gridMs);
    }
  }
  const conditions = new Map(
    slo.tiers.map((tier) => [tier.name, conditionOf(options, tier, group, range.to)]),
  );
  return {
    alerts: runs.flatMap((run) => run.alerts),
    end: decideSlo({ ...history.evidence(range.to), conditions }),
  };
}

function conditionOf(
  { condition }: ReplayOptions,
  tier: BurnTier,
  group: string,
  at: number,
): boolean | null {
  return condition === undefined ? true : condition(tier, group, at);
}

/** One tier of one group on its way through the history. */
class TierRun {
  readonly alerts: ReplayAlert[] = [];
  private readonly tier: BurnTier;
  private readonly history: GroupHistory;
  private readonly slo: JudgedSlo;
  private readonly options: ReplayOptions;
  private readonly track: AlertTrack;

  constructor(tier: BurnTier, history: GroupHistory, options: ReplayOptions) {
    this.tier = tier;
    this.history = history;
    this.slo = { ...history.slo, tiers: [tier] };
    this.options = options;
    const usual = KEEP_FIRING_MS[tier.severity];
    const keepFiringMs = options.keepFiringMs?.[tier.severity] ?? tier.keepFiringMs ?? usual;
    this.track = new AlertTrack(tier.holdMs, keepFiringMs);
  }

  /** Judges the tier at `at` if it is due there, on a clock that moves by `gridMs`. */
  evaluate(at: number, gridMs: number): void {
    const { tier, track, history } = this;
    const isDue = Math.floor(at / tier.everyMs) !== Math.floor((at - gridMs) / tier.everyMs);
    if (!isDue || (track.isIdle && !history.mayFire(tier, at))) {
      return;
    }
    const condition = conditionOf(this.options, tier, history.group, at);
    const decision = decideSlo({
      ...history.evidence(at, this.slo),
      conditions: new Map([[tier.name, condition]]),
    });
    this.follow(decision, at);
  }

  private follow({ tiers, budgetRemaining }: SloDecision, at: number): void {
    const [verdict] = tiers;
    const change = verdict === undefined ? null : this.track.step(verdict.state, at);
    if (change === 'opened') {
      this.alerts.push({
        group: this.history.group,
        tier: this.tier.name,
        severity: this.tier.severity,
        from: at,
        to: null,
        budgetSpent: budgetRemaining === null ? null : 1 - budgetRemaining,
        longBurn: verdict?.longBurn ?? null,
        shortBurn: verdict?.shortBurn ?? null,
      });
    } else if (change === 'closed') {
      const last = this.alerts.pop();
      if (last !== undefined) {
        this.alerts.push({ ...last, to: at });
      }
    }
  }
}
