import type { TimeRange } from '@tidewatch/core';
import {
  describeBaseline,
  emptyCounted,
  gridFromCategories,
  gridFromQuantiles,
  NO_MOMENTS,
  variableOf,
  type ComparingMonitor,
  type VariableChoice,
} from '@tidewatch/drift';
import type { BaselineProfile, BaselineVersion, SampledVariable, Store } from '@tidewatch/store';
import { projectOfRule } from '../rule-project.js';
import { baselineRanges } from './baseline-ranges.js';
import { candidateDiff } from './candidate-diff.js';
import { sourceOf, type CountedStreams } from './counted-streams.js';
import { referencePopulation } from './monitor-streams.js';

/** What a monitor compares with. */
export interface ResolvedBaseline {
  /** As verdicts name it. */
  readonly name: string;
  readonly version: number;
  /** The stored profile whose cells are counted. */
  readonly grid: { readonly name: string; readonly version: number };
  readonly profiles: ReadonlyMap<string, BaselineProfile>;
}

type BaselineStore = Pick<Store, 'baselines' | 'variables' | 'featureCounts'>;

/** Finds the baseline of each monitor, and makes the cells of those that consist of recorded samples. */
export class MonitorBaselines {
  private readonly store: BaselineStore;
  private readonly streams: CountedStreams;
  /** Versions are immutable, so one is read once. */
  private readonly profiles = new Map<string, ReadonlyMap<string, BaselineProfile>>();

  constructor(store: BaselineStore, streams: CountedStreams) {
    this.store = store;
    this.streams = streams;
  }

  /** The baseline in force for a window; `null` while there is none, or too little data to make it from. */
  async of(monitor: ComparingMonitor, window: TimeRange, now: number): Promise<ResolvedBaseline | null> {
    const project = projectOfRule(monitor);
    const { baseline, population } = monitor;
    const name = storedName(monitor);
    let version = await this.store.baselines.latest(project, population.model, name);
    if (baseline.kind !== 'fixed') {
      if (version === null) {
        version = await this.make(monitor, window, null);
      } else if (baseline.refreshMs !== null && now - version.createdAt >= baseline.refreshMs) {
        await this.propose(monitor, window, version);
      }
    }
    if (version === null) {
      return null;
    }
    return {
      name: describeBaseline(baseline),
      version: version.version,
      grid: { name, version: version.version },
      profiles: await this.read(project, version),
    };
  }

  private async read(
    project: string,
    version: BaselineVersion,
  ): Promise<ReadonlyMap<string, BaselineProfile>> {
    const key = JSON.stringify([project, version.model, version.name, version.version]);
    let known = this.profiles.get(key);
    if (known === undefined) {
      const read = await this.store.baselines.profiles(project, version);
      known = new Map(read.map((profile) => [profile.variable, profile]));
      this.profiles.set(key, known);
    }
    return known;
  }

  private async diffText(
    monitor: ComparingMonitor,
    window: TimeRange,
    active: BaselineVersion,
    candidate: readonly BaselineProfile[],
  ): Promise<string> {
    const profiles = (await this.read(projectOfRule(monitor), active)).values();
    const { store, streams } = this;
    return JSON.stringify(
      await candidateDiff({ store, streams }, monitor, window, { active, profiles, candidate }),
    );
  }

  /** Chooses cells by the samples that the baseline consists of now; a candidate where they replace a version. */
  private async make(
    monitor: ComparingMonitor,
    window: TimeRange,
    replaced: BaselineVersion | null,
  ): Promise<BaselineVersion | null> {
    const project = projectOfRule(monitor);
    const population = referencePopulation(monitor);
    const sampled = await this.store.variables.sampled(
      project,
      { ...sourceOf(monitor), population },
      baselineRanges(monitor, window),
    );
    const profiles = sampled.filter(({ variable }) => isWatched(monitor, variable)).map(profileOf);
    const rows = Math.max(0, ...sampled.map(({ numbers, texts }) => numbers + texts));
    if (rows < monitor.minimumSamples) {
      return null;
    }
    return this.store.baselines.save(project, {
      model: monitor.population.model,
      name: storedName(monitor),
      source: describeBaseline(monitor.baseline),
      sha256: '',
      rows,
      status: replaced === null ? 'active' : 'candidate',
      diff: replaced === null ? '' : await this.diffText(monitor, window, replaced, profiles),
      profiles,
    });
  }

  /** Makes a candidate of what the baseline would be today, unless one waits already. */
  private async propose(
    monitor: ComparingMonitor,
    window: TimeRange,
    active: BaselineVersion,
  ): Promise<void> {
    const project = projectOfRule(monitor);
    const [newest] = await this.store.baselines.versions(project, active.model, active.name);
    if (newest !== undefined && newest.version === active.version) {
      await this.make(monitor, window, active);
    }
  }
}

/** The name under which the cells of a monitor's baseline are stored. */
export function storedName({ name, baseline }: ComparingMonitor): string {
  return baseline.kind === 'fixed' ? baseline.name : `${name}: ${describeBaseline(baseline)}`;
}

/** Whether a monitor watches a variable. */
export function isWatched(monitor: ComparingMonitor, id: string): boolean {
  const { source, name } = variableOf(id);
  const chosen: VariableChoice =
    source === 'feature'
      ? monitor.features
      : source === 'output'
        ? monitor.outputs
        : source === 'attribution'
          ? monitor.attributions
          : source === 'truth' && monitor.truth !== null
            ? 'all'
            : 'none';
  return chosen === 'all' || (chosen !== 'none' && chosen.includes(name));
}

/** Cells for a variable, by the type that most of its values have; nothing is counted in them yet. */
function profileOf(sampled: SampledVariable): BaselineProfile {
  const { variable, numbers, texts, boolean, mean, quantiles, categories } = sampled;
  if (numbers > texts) {
    const grid = gridFromQuantiles(quantiles);
    const counted = { ...emptyCounted(grid), moments: { ...NO_MOMENTS, mean }, lag: null };
    return { variable, type: 'numeric', grid, counted };
  }
  const grid = gridFromCategories(categories);
  return {
    variable,
    type: boolean ? 'boolean' : 'text',
    grid,
    counted: { ...emptyCounted(grid), lag: null },
  };
}
