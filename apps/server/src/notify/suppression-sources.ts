import type { SuppressionSources, WarmUp } from '@tidewatch/alerts';
import type { Rules } from '@tidewatch/config';
import { errorMessage } from '@tidewatch/core';
import type { Deployment } from '@tidewatch/samples';
import type { ProjectSilence, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { projectOfRule } from '../evaluate/rule-project.js';
import { startTicker, type Ticker } from '../evaluate/ticker.js';

/** How soon a silence that another process took in, or a deployment, is known here. */
const LOAD_MS = 5_000;
/** No deployment warms up for longer. */
const FRESH_MS = 3_600_000;
/** Clocks of senders may run ahead by as much as ingest lets through. */
const AHEAD_MS = 600_000;
/** What changes the version that answers. More traffic for it, a setting or a failed load change no output by design. */
const WARMING_KINDS: readonly Deployment['kind'][] = ['deploy', 'rollback'];

interface Loaded {
  readonly silences: readonly ProjectSilence[];
  readonly warmUps: readonly (WarmUp & { readonly project: string })[];
}

/**
 * What keeps members quiet, of every project, from memory: silences and fresh deployments as the store has them, silences
 * and maintenance windows of the rules. When the store does not answer, what was known last goes on.
 */
export class SuppressionFeed {
  private readonly store: Pick<Store, 'silences' | 'deployments'>;
  private readonly rules: () => Rules;
  private readonly logger: Logger;
  private loaded: Loaded = { silences: [], warmUps: [] };
  private fingerprint = '';
  private loads = 0;
  private failing = false;
  private loading: Promise<void> = Promise.resolve();
  private ticker: Ticker | undefined;
  /** By project, for the rules and the revision that they were made from. */
  private made: {
    readonly rules: Rules;
    readonly revision: number;
    readonly byProject: Map<string, SuppressionSources>;
  } | null = null;

  constructor(options: {
    readonly store: Pick<Store, 'silences' | 'deployments'>;
    readonly rules: () => Rules;
    readonly logger: Logger;
  }) {
    this.store = options.store;
    this.rules = options.rules;
    this.logger = options.logger;
  }

  /** Rises whenever the store has something else; a reload of the rules has a revision of its own. */
  get revision(): number {
    return this.loads;
  }

  /** Reads what there is, and again every few seconds. Does not reject: what cannot be read now is read later. */
  async start(): Promise<void> {
    await this.refresh();
    this.ticker ??= startTicker('suppressions', LOAD_MS, this.logger, () => this.refresh());
  }

  /** Stops reading, after the round in progress. */
  async stop(): Promise<void> {
    await this.ticker?.stop();
    await this.loading;
  }

  /** Reads anew, after a read in progress; to be called after a change in this process. Does not reject. */
  refresh(): Promise<void> {
    this.loading = this.loading.then(() => this.load());
    return this.loading;
  }

  /** The same object for as long as nothing in it changes. */
  of(project: string): SuppressionSources {
    const rules = this.rules();
    if (this.made === null || this.made.rules !== rules || this.made.revision !== this.loads) {
      this.made = { rules, revision: this.loads, byProject: new Map() };
    }
    const { byProject } = this.made;
    let sources = byProject.get(project);
    if (sources === undefined) {
      sources = this.sourcesOf(project, rules);
      byProject.set(project, sources);
    }
    return sources;
  }

  private sourcesOf(project: string, rules: Rules): SuppressionSources {
    const isOfProject = (rule: { readonly labels: Readonly<Record<string, string>> }): boolean =>
      projectOfRule(rule) === project;
    return {
      silences: [
        ...this.loaded.silences.filter((each) => each.project === project).map(({ silence }) => silence),
        ...rules.silences.filter(isOfProject),
      ],
      windows: rules.maintenanceWindows.filter(isOfProject),
      warmUps: this.loaded.warmUps.filter((each) => each.project === project),
      warmUpMs: rules.routing.warmUpMs,
    };
  }

  private async load(): Promise<void> {
    const now = Date.now();
    try {
      const [silences, deployments] = await Promise.all([
        this.store.silences.notOver(now),
        this.store.deployments.ofAllProjects({ from: now - FRESH_MS, to: now + AHEAD_MS }),
      ]);
      const loaded: Loaded = { silences, warmUps: deployments.flatMap(warmUpOf) };
      const fingerprint = JSON.stringify(loaded);
      if (fingerprint !== this.fingerprint) {
        this.loaded = loaded;
        this.fingerprint = fingerprint;
        this.loads += 1;
      }
      if (this.failing) {
        this.failing = false;
        this.logger.info('silences and deployments can be read again');
      }
    } catch (error) {
      if (!this.failing) {
        this.failing = true;
        this.logger.error(
          { error: errorMessage(error) },
          'silences and deployments could not be read; what was known last goes on',
        );
      }
    }
  }
}

function warmUpOf(deployment: Deployment): Loaded['warmUps'] {
  const { project, deploymentId, kind, service, model, region, timestamp } = deployment;
  return WARMING_KINDS.includes(kind)
    ? [{ project, deploymentId, service, model, region, at: timestamp }]
    : [];
}
