import { errorMessage, floorTime, type TimeRange } from '@tidewatch/core';
import { judgeCost, wholeSteps, type CostModel, type CostReport, type CostVerdict } from '@tidewatch/slo';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { PolicedSignal } from '../../notify/incident-manager.js';
import { projectOfRule } from '../rule-project.js';
import { costVerdictRow } from './metric-rows.js';
import { costSignals } from './metric-signals.js';
import { readCosts } from './read-costs.js';
import { WrittenVerdicts } from './written-verdicts.js';

/** Without a guardrail the costs of the last hour are shown. */
const SHOWN_MS = 3_600_000;
const REMEMBERED_MS = 86_400_000;

/** Evaluates cost models, each when it is due: reads usage and inferences, judges the guardrail, stores verdicts. */
export class CostRunner {
  private readonly store: Pick<Store, 'metricQueries' | 'verdicts'>;
  private readonly logger: Logger;
  private readonly written = new WrittenVerdicts();
  private readonly memory = new Map<
    string,
    { readonly until: number; readonly verdict: CostVerdict | null }
  >();

  constructor(store: Pick<Store, 'metricQueries' | 'verdicts'>, logger: Logger) {
    this.store = store;
    this.logger = logger;
  }

  /** Evaluates the models that are due; see `MetricMonitorRunner.evaluate`. */
  async evaluate(models: readonly CostModel[], now: number, horizon: number): Promise<PolicedSignal[]> {
    const signals: PolicedSignal[] = [];
    for (const costs of models) {
      const until = floorTime(horizon, costs.everyMs);
      if (until - (this.memory.get(costs.name)?.until ?? 0) < costs.everyMs) {
        continue;
      }
      try {
        signals.push(...(await this.run(costs, until, now)));
      } catch (error) {
        this.logger.error(
          { costs: costs.name, error: errorMessage(error) },
          'a cost model could not be evaluated',
        );
      }
    }
    return signals;
  }

  private async run(costs: CostModel, until: number, now: number): Promise<PolicedSignal[]> {
    const project = projectOfRule(costs);
    const previous = this.memory.has(costs.name)
      ? (this.memory.get(costs.name)?.verdict ?? null)
      : await this.stored(project, costs, until);
    this.memory.set(costs.name, { until, verdict: previous });
    const window = wholeSteps({ from: until - (costs.guardrail?.windowMs ?? SHOWN_MS), to: until });
    const read = await this.read(project, costs, window);
    const verdict = judgeCost({ costs, window, ...read, previous });
    this.memory.set(costs.name, { until, verdict });
    if (this.written.isDue(costs.name, verdict)) {
      const row = costVerdictRow(costs, verdict, now);
      try {
        await this.store.verdicts.write(project, [row]);
        this.written.note([row]);
      } catch (error) {
        this.logger.error(
          { costs: costs.name, error: errorMessage(error) },
          'the verdict of a cost model could not be stored',
        );
      }
    }
    return costSignals(costs, verdict, now);
  }

  private async read(
    project: string,
    costs: CostModel,
    window: TimeRange,
  ): Promise<{ readonly report: CostReport | null; readonly error?: string }> {
    try {
      return { report: await readCosts(this.store.metricQueries, project, costs, window) };
    } catch (error) {
      return { report: null, error: errorMessage(error) };
    }
  }

  private async stored(
    project: string,
    { kind, name }: CostModel,
    until: number,
  ): Promise<CostVerdict | null> {
    const [row] = await this.store.verdicts.latest(project, kind, {
      rule: name,
      since: until - REMEMBERED_MS,
    });
    return row === undefined ? null : (JSON.parse(row.document) as CostVerdict);
  }
}
