import type { IncidentState } from '@tidewatch/alerts';
import { floorTime } from '@tidewatch/core';
import { openEmbeddingAnalysis } from '@tidewatch/encoder';
import { removedRuleSignals } from '../notify/removed-rules.js';
import type { Runtime } from '../runtime.js';
import type { SloGauges } from '../telemetry/slo-gauges.js';
import { EvaluationHorizon } from './evaluation-horizon.js';
import { MeasureReader } from './metric/measure-reader.js';
import { readConditions } from './metric/read-conditions.js';
import { startMetricMonitors } from './metric/start-metric-monitors.js';
import { MonitorEvaluation } from './monitor-evaluation.js';
import { withMonitorTimes, withTierTimes } from './signal-policy.js';
import { SloEvaluator } from './slo/slo-evaluator.js';
import { SLICE_MS } from './slo/slo-state.js';
import { startTicker, tickerTrouble, type Ticker, type WatchedTicker } from './ticker.js';

/** The clock looks this often whether a round is due; the rounds themselves follow the rules. */
const TICK_MS = 1_000;
/** Without a new slice to judge, what came late to older ones is still looked at this often. */
const SLO_ROUND_MS = 10_000;

/** How long history is counted at a stretch, before others have their turn. */
const LOOK_BACK_MS = 2_000;

/** Hours are rolled up soon after they have ended; with nothing to do a look costs one small query. */
const ROLLUP_MS = 15_000;

/** A round of monitors may take minutes, as when late data makes many windows to be judged again. */
const LONGEST_ROUND_MS = 600_000;

/** Running evaluation. */
export interface Evaluation extends Ticker {
  /** Why some rules are not judged at `now`, or `null`. */
  trouble(now: number): string | null;
}

/** Starts evaluating the rules in force, round after round, until stopped. */
export function startEvaluation(
  runtime: Runtime,
  gauges: SloGauges,
  onRound: (at: number) => void,
): Evaluation {
  const slos = new SloEvaluator(runtime.store, runtime.logger, gauges);
  const analysis = openEmbeddingAnalysis({ logger: runtime.logger });
  const evaluation = new MonitorEvaluation(runtime.store, analysis, runtime.logger);
  const horizon = new EvaluationHorizon(runtime.store);
  const judging = [
    startSloRounds({ runtime, slos, horizon, onRound }),
    startTicker('slo-history', TICK_MS, runtime.logger, (now) => slos.lookBack(now, now + LOOK_BACK_MS)),
    startMetricMonitors(runtime, horizon),
    startTicker('monitors', TICK_MS, runtime.logger, async (now) => {
      const { monitors } = runtime.rules();
      if (monitors.length === 0) {
        return;
      }
      const signals = await evaluation.evaluate(monitors, now, await horizon.at(now));
      await runtime.incidents.handle(withMonitorTimes(signals, monitors), now);
    }),
    startTicker('embeddings', TICK_MS, runtime.logger, async (now) => {
      const { monitors } = runtime.rules();
      if (monitors.every(({ kind }) => kind !== 'EmbeddingMonitor')) {
        return;
      }
      const signals = await evaluation.evaluateEmbeddings(monitors, now, await horizon.at(now));
      await runtime.incidents.handle(withMonitorTimes(signals, monitors), now);
    }),
  ];
  const rollups = startTicker('rollups', ROLLUP_MS, runtime.logger, async (now) => {
    await runtime.store.rollups.refresh(now, await horizon.at(now));
  });
  return {
    trouble: (now) => tickerTrouble(judging, LONGEST_ROUND_MS, now),
    async stop(): Promise<void> {
      await Promise.all([...judging, rollups].map((ticker) => ticker.stop()));
      await analysis.close();
    },
  };
}

/** Judges SLOs whenever a further slice is complete, and now and then although none is. */
function startSloRounds({
  runtime,
  slos,
  horizon,
  onRound,
}: {
  readonly runtime: Runtime;
  readonly slos: SloEvaluator;
  readonly horizon: EvaluationHorizon;
  readonly onRound: (at: number) => void;
}): WatchedTicker {
  const measures = new MeasureReader(runtime.store);
  let judgedUntil = 0;
  let judgedAt = 0;
  return startTicker('slo', TICK_MS, runtime.logger, async (now) => {
    const windowEnd = floorTime(await horizon.at(now), SLICE_MS);
    if (windowEnd <= judgedUntil && now - judgedAt < SLO_ROUND_MS) {
      return;
    }
    judgedUntil = Math.max(judgedUntil, windowEnd);
    judgedAt = now;
    const members = membersOf(runtime.incidents.all());
    const signals = await slos.evaluate(runtime.rules().slos, {
      now,
      horizon: judgedUntil,
      stale: await horizon.isStale(now),
      isMember: (member) => members.has(member),
      conditions: await readConditions(measures, runtime.rules().slos, judgedUntil),
      monitorKind: (name) => runtime.rules().monitors.find((monitor) => monitor.name === name)?.kind,
    });
    const rules = runtime.rules();
    const isOfLostGroup = (member: string): boolean => slos.isOfLostGroup(member, rules.slos);
    const removed = removedRuleSignals(runtime.incidents.all(), { rules, isOfLostGroup }, now);
    await runtime.incidents.handle([...withTierTimes(signals, runtime.rules().slos), ...removed], now);
    onRound(Date.now());
  });
}

/** Who takes part in an incident, or may soon. */
function membersOf(incidents: readonly IncidentState[]): Set<string> {
  return new Set(
    incidents.flatMap(({ members }) =>
      Object.entries(members)
        .filter(([, { phase }]) => phase !== 'left')
        .map(([name]) => name),
    ),
  );
}
