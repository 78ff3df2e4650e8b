import type { Signal } from '@tidewatch/alerts';
import { errorMessage, floorTime, type TimeRange } from '@tidewatch/core';
import { judgeFeature, summariseMonitor, type DriftMonitor, type DriftVerdict } from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { projectOfRule } from './rule-project.js';
import { driftSignal } from './signals.js';
import { driftVerdictRow } from './verdict-rows.js';

/**
 * Rows of a window that take part in a comparison, chosen by hash and so the same in every rerun. The standard error
 * of a share is 0.5 % at 10,000 rows, well below any minimum effect worth a ticket.
 */
const MAXIMUM_ROWS = 10_000;

/** The values a monitor compares with, and how to name them. */
interface Reference {
  readonly name: string;
  readonly version: number;
  readonly features: ReadonlyMap<string, ArrayLike<number>>;
}

/** Compares each numeric feature of a model's last window with its monitor's baseline, when the monitor is due. */
export class DriftEvaluator {
  private readonly store: Store;
  private readonly logger: Logger;
  /** Window end of each monitor's last evaluation. */
  private readonly evaluatedUntil = new Map<string, number>();
  /** Baselines are immutable once saved, so one version is read once. */
  private readonly references = new Map<string, Reference>();

  constructor(store: Store, logger: Logger) {
    this.store = store;
    this.logger = logger;
  }

  /**
   * Evaluates the monitors that are due at `now` and returns the signals for alerting.
   *
   * @param horizon until when data is complete; windows end at or before it
   */
  async evaluate(monitors: readonly DriftMonitor[], now: number, horizon: number): Promise<Signal[]> {
    const signals: Signal[] = [];
    for (const monitor of monitors) {
      const windowEnd = floorTime(horizon, Math.min(monitor.bucketMs, monitor.everyMs));
      if (windowEnd - (this.evaluatedUntil.get(monitor.name) ?? 0) < monitor.everyMs) {
        continue;
      }
      this.evaluatedUntil.set(monitor.name, windowEnd);
      try {
        const verdicts = await this.judge(
          monitor,
          { from: windowEnd - monitor.windowMs, to: windowEnd },
          now,
        );
        // Before the rows: a verdict that cannot be written must not hold back a ticket.
        signals.push(driftSignal(monitor, summariseMonitor(verdicts), now));
        const rows = verdicts.map((verdict) => driftVerdictRow(monitor, verdict, now));
        await this.store.verdicts.write(projectOfRule(monitor), rows);
      } catch (error) {
        this.logger.error(
          { monitor: monitor.name, error: errorMessage(error) },
          'a drift monitor could not be evaluated',
        );
      }
    }
    return signals;
  }

  private async judge(monitor: DriftMonitor, window: TimeRange, now: number): Promise<DriftVerdict[]> {
    const reference = await this.reference(monitor, now);
    const current = await this.samples(monitor, window);
    const known = new Set([...current.keys(), ...(reference?.features.keys() ?? [])]);
    const features = monitor.features === 'all' ? [...known].sort() : monitor.features;
    return features.map((feature) =>
      judgeFeature({
        monitor,
        feature,
        reference: reference?.features.get(feature) ?? null,
        current: current.get(feature) ?? [],
        featureCount: features.length,
        window,
        baselineName: reference?.name ?? baselineText(monitor),
        baselineVersion: reference?.version ?? 0,
      }),
    );
  }

  private async samples(
    monitor: DriftMonitor,
    window: TimeRange,
  ): Promise<ReadonlyMap<string, ArrayLike<number>>> {
    const { service, region, model } = monitor;
    const project = projectOfRule(monitor);
    const options = { service, region, maxRows: MAXIMUM_ROWS };
    const { features } = await this.store.features.featureSamples(project, model, window, options);
    return new Map(features.map(({ feature, values }) => [feature, values]));
  }

  private async reference(monitor: DriftMonitor, now: number): Promise<Reference | null> {
    const { baseline, model } = monitor;
    const project = projectOfRule(monitor);
    if (!('name' in baseline)) {
      const load = async (): Promise<Reference> => ({
        name: baselineText(monitor),
        version: 0,
        features: await this.samples(monitor, baseline),
      });
      // A range that has not ended is still filling up.
      return baseline.to > now
        ? load()
        : this.cached(`${monitor.name}/${baseline.from}-${baseline.to}`, load);
    }
    const latest = await this.store.baselines.latest(project, model, baseline.name);
    if (latest === null) {
      return null;
    }
    return this.cached(`${project}/${model}/${baseline.name}/${latest.version}`, async () => {
      const profiles = await this.store.baselines.profiles(project, latest);
      const numeric = profiles.filter(({ type }) => type === 'numeric');
      return {
        name: baseline.name,
        version: latest.version,
        features: new Map(numeric.map(({ feature, sample }) => [feature, sample])),
      };
    });
  }

  private async cached(key: string, load: () => Promise<Reference>): Promise<Reference> {
    const known = this.references.get(key);
    if (known !== undefined) {
      return known;
    }
    const loaded = await load();
    // Data for a pinned range may come late; an empty answer is not worth remembering.
    if (loaded.features.size > 0) {
      this.references.set(key, loaded);
    }
    return loaded;
  }
}

/** How a verdict names a monitor's baseline. */
export function baselineText(monitor: DriftMonitor): string {
  const { baseline } = monitor;
  return 'name' in baseline
    ? baseline.name
    : `${new Date(baseline.from).toISOString()} to ${new Date(baseline.to).toISOString()}`;
}
