import { policyFor, type Signal } from '@tidewatch/alerts';
import { floorTime } from '@tidewatch/core';
import { openEmbeddingAnalysis } from '@tidewatch/encoder';
import type { PolicedSignal } from '../notify/incident-manager.js';
import { removedRuleSignals } from '../notify/removed-rules.js';
import type { Runtime } from '../runtime.js';
import { EvaluationHorizon } from './evaluation-horizon.js';
import { MonitorEvaluation } from './monitor-evaluation.js';
import { SLICE_MS, SloEvaluator } from './slo-evaluator.js';
import { startTicker, type Ticker } from './ticker.js';

/** The clock looks this often whether a round is due; the rounds themselves follow the rules. */
const TICK_MS = 1_000;
/** Without a new slice to judge, what came late to older ones is still looked at this often. */
const SLO_ROUND_MS = 10_000;

/** Hours are rolled up soon after they have ended; with nothing to do a look costs one small query. */
const ROLLUP_MS = 15_000;

/** Starts evaluating the rules in force, round after round, until stopped. */
export function startEvaluation(runtime: Runtime, onRound: (at: number) => void): Ticker {
  const slos = new SloEvaluator(runtime.store, runtime.logger);
  const analysis = openEmbeddingAnalysis({ logger: runtime.logger });
  const evaluation = new MonitorEvaluation(runtime.store, analysis, runtime.logger);
  const horizon = new EvaluationHorizon(runtime.store);
  let judgedUntil = 0;
  let judgedAt = 0;
  const tickers = [
    startTicker('slo', TICK_MS, runtime.logger, async (now) => {
      const windowEnd = floorTime(await horizon.at(now), SLICE_MS);
      if (windowEnd <= judgedUntil && now - judgedAt < SLO_ROUND_MS) {
        return;
      }
      judgedUntil = Math.max(judgedUntil, windowEnd);
      judgedAt = now;
      const signals = await slos.evaluate(runtime.rules().slos, now, judgedUntil);
      const removed = removedRuleSignals(runtime.incidents.all(), runtime.rules(), now);
      await runtime.incidents.handle([...policed(signals), ...removed], now);
      onRound(Date.now());
    }),
    startTicker('monitors', TICK_MS, runtime.logger, async (now) => {
      const { monitors } = runtime.rules();
      if (monitors.length === 0) {
        return;
      }
      const signals = await evaluation.evaluate(monitors, now, await horizon.at(now));
      await runtime.incidents.handle(policed(signals), now);
    }),
    startTicker('embeddings', TICK_MS, runtime.logger, async (now) => {
      const { monitors } = runtime.rules();
      if (monitors.every(({ kind }) => kind !== 'EmbeddingMonitor')) {
        return;
      }
      const signals = await evaluation.evaluateEmbeddings(monitors, now, await horizon.at(now));
      await runtime.incidents.handle(policed(signals), now);
    }),
    startTicker('rollups', ROLLUP_MS, runtime.logger, async (now) => {
      await runtime.store.rollups.refresh(now, await horizon.at(now));
    }),
  ];
  return {
    async stop(): Promise<void> {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      await analysis.close();
    },
  };
}

/** The hold time of a monitor is part of its verdict: an alarm has lasted already. */
function policed(signals: readonly Signal[]): PolicedSignal[] {
  return signals.map((signal) => ({
    signal,
    policy: policyFor(signal.severity, signal.kind === 'SLO' ? {} : { holdMs: 0 }),
  }));
}
