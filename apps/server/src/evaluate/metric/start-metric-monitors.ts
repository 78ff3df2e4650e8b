import type { Runtime } from '../../runtime.js';
import type { EvaluationHorizon } from '../evaluation-horizon.js';
import { startTicker, type WatchedTicker } from '../ticker.js';
import { CostRunner } from './cost-runner.js';
import { MetricMonitorRunner } from './metric-monitor-runner.js';

const TICK_MS = 1_000;

/** Starts evaluating the metric monitors and cost models in force, each when it is due, until stopped. */
export function startMetricMonitors(
  runtime: Pick<Runtime, 'store' | 'logger' | 'rules' | 'incidents'>,
  horizon: Pick<EvaluationHorizon, 'at'>,
): WatchedTicker {
  const monitors = new MetricMonitorRunner(runtime.store, runtime.logger);
  const costs = new CostRunner(runtime.store, runtime.logger);
  return startTicker('metric-monitors', TICK_MS, runtime.logger, async (now) => {
    const { metricMonitors, costModels } = runtime.rules();
    if (metricMonitors.length === 0 && costModels.length === 0) {
      return;
    }
    const until = await horizon.at(now);
    await runtime.incidents.handle(await monitors.evaluate(metricMonitors, now, until), now);
    await runtime.incidents.handle(await costs.evaluate(costModels, now, until), now);
  });
}
