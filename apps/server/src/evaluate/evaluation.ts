import { policyFor, type Signal } from '@tidewatch/alerts';
import type { DriftMonitor } from '@tidewatch/drift';
import type { PolicedSignal } from '../notify/incident-manager.js';
import { removedRuleSignals } from '../notify/removed-rules.js';
import type { Runtime } from '../runtime.js';
import { DriftEvaluator } from './drift-evaluator.js';
import { SloEvaluator } from './slo-evaluator.js';
import { startTicker, type Ticker } from './ticker.js';

/** The clock looks this often whether a round is due; the rounds themselves follow the rules. */
const TICK_MS = 1_000;
/** Page tiers are judged every 10 s, right after a slice has closed. */
const SLO_ROUND_MS = 10_000;
/** A slice stays open this long for data on its way; a round before that would judge it half full. */
const SLO_ROUND_OFFSET_MS = 2_500;

/** Starts evaluating the rules in force, round after round, until stopped. */
export function startEvaluation(runtime: Runtime, onRound: (at: number) => void): Ticker {
  const slos = new SloEvaluator(runtime.store, runtime.logger);
  const drift = new DriftEvaluator(runtime.store, runtime.logger);
  let sloRound = -1;
  const tickers = [
    startTicker('slo', TICK_MS, runtime.logger, async (now) => {
      const round = Math.floor((now - SLO_ROUND_OFFSET_MS) / SLO_ROUND_MS);
      if (round === sloRound) {
        return;
      }
      sloRound = round;
      const signals = await slos.evaluate(runtime.rules().slos, now);
      const removed = removedRuleSignals(runtime.incidents.all(), runtime.rules(), now);
      await runtime.incidents.handle([...policed(signals, []), ...removed], now);
      onRound(Date.now());
    }),
    startTicker('drift', TICK_MS, runtime.logger, async (now) => {
      const { driftMonitors } = runtime.rules();
      const signals = await drift.evaluate(driftMonitors, now);
      await runtime.incidents.handle(policed(signals, driftMonitors), now);
    }),
  ];
  return {
    async stop(): Promise<void> {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
    },
  };
}

function policed(signals: readonly Signal[], monitors: readonly DriftMonitor[]): PolicedSignal[] {
  return signals.map((signal) => {
    const monitor = monitors.find((candidate) => candidate.name === signal.rule);
    return {
      signal,
      policy: policyFor(signal.severity, monitor === undefined ? {} : { holdMs: monitor.holdMs }),
    };
  });
}
