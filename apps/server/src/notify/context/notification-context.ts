import type { IncidentState, Severity } from '@tidewatch/alerts';
import {
  chartSvg,
  renderPng,
  shownMembers,
  type DeploymentNote,
  type NotificationContext,
} from '@tidewatch/channels';
import { errorMessage } from '@tidewatch/core';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { ChartLinks } from './chart-links.js';
import { incidentLinks, type Addresses } from './incident-links.js';
import { memberChart } from './member-chart.js';
import { recentDeployments } from './recent-deployments.js';
import { within } from './within.js';

/** A page that waits is a page that is late; what is not there by then comes with its next update. */
const PAGE_PATIENCE_MS = 300;
const TICKET_PATIENCE_MS = 2_000;
/** Several receivers are told of one incident at once, and again within seconds. */
const KEPT_MS = 10_000;
const MOST_KEPT = 500;
/** Incidents whose context is read at once: in a storm the store belongs to evaluation, and messages go without. */
const MOST_LOADING = 4;
/** Members that are tried for a chart, the leading one first. */
const MOST_CHARTED = 3;

/** A picture without its address, which changes with time. */
type Chart = Omit<NonNullable<NotificationContext['chart']>, 'url'>;

interface Entry {
  readonly startedAt: number;
  readonly deployments: Promise<readonly DeploymentNote[]>;
  readonly chart: Promise<Chart | null>;
  loading: boolean;
}

export interface NotificationContextOptions {
  readonly store: Pick<Store, 'verdicts' | 'deployments'>;
  readonly addresses: Addresses;
  readonly links: ChartLinks;
  readonly logger: Logger;
}

/** Gathers what a message says beyond its incident: links, the last deployments, and a chart. */
export class NotificationContexts {
  /** Checks the signed addresses that the contexts hold. */
  readonly links: ChartLinks;
  private readonly options: NotificationContextOptions;
  private readonly entries = new Map<string, Entry>();
  /** What failed the last time it was tried: told once, and again after it has worked. */
  private readonly failing = new Set<string>();

  constructor(options: NotificationContextOptions) {
    this.options = options;
    this.links = options.links;
  }

  /**
   * The context of an incident as it is now. Never rejects. Ends within 2 s, of a page within 0.3 s, with what is known by
   * then; the rest goes on being read, and the next message has it.
   *
   * @param severity of the message
   */
  async contextOf(
    incident: IncidentState,
    now: number,
    severity: Severity = incident.severity,
  ): Promise<NotificationContext> {
    const links = incidentLinks(incident, this.options.addresses);
    const entry = this.entryOf(incident, now);
    if (entry === null) {
      return { links, deployments: [], chart: null };
    }
    const patience = severity === 'page' ? PAGE_PATIENCE_MS : TICKET_PATIENCE_MS;
    const [deployments, chart] = await Promise.all([
      within<readonly DeploymentNote[]>(entry.deployments, patience, []),
      within<Chart | null>(entry.chart, patience, null),
    ]);
    const url = chart === null ? '' : this.links.urlOf(incident.key.project, incident.id, now);
    return { links, deployments, chart: chart === null ? null : { ...chart, url } };
  }

  /** What is being read or was read a moment ago; `null` while too much is being read. */
  private entryOf(incident: IncidentState, now: number): Entry | null {
    const known = this.entries.get(incident.id);
    if (known !== undefined && (known.loading || Math.abs(now - known.startedAt) < KEPT_MS)) {
      return known;
    }
    const loading = [...this.entries.values()].filter((entry) => entry.loading).length;
    if (loading >= MOST_LOADING) {
      return known ?? null;
    }
    const deployments = this.attempt('deployments', [], () =>
      recentDeployments(this.options.store, incident, now),
    );
    const chart = this.attempt('chart', null, () => this.chartOf(incident, now));
    const entry: Entry = { startedAt: now, deployments, chart, loading: true };
    void Promise.all([deployments, chart]).then(() => {
      entry.loading = false;
    });
    this.entries.delete(incident.id);
    this.entries.set(incident.id, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MOST_KEPT) {
        break;
      }
      this.entries.delete(oldest);
    }
    return entry;
  }

  private async chartOf(incident: IncidentState, now: number): Promise<Chart | null> {
    const members = shownMembers(incident, incident.status === 'resolved').slice(0, MOST_CHARTED);
    for (const member of members) {
      const chart = await memberChart(this.options.store, incident, member, now);
      const svg = chart === null ? null : chartSvg(chart);
      if (chart !== null && svg !== null) {
        return {
          alt: chart.unit === '' ? chart.title : `${chart.title}, ${chart.unit}`,
          png: await renderPng(svg),
        };
      }
    }
    return null;
  }

  private async attempt<T>(what: string, fallback: T, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.failing.delete(what);
      return result;
    } catch (error) {
      if (!this.failing.has(what)) {
        this.failing.add(what);
        this.options.logger.warn(
          { what, error: errorMessage(error) },
          'messages go out without a part of their context, which cannot be read',
        );
      }
      return fallback;
    }
  }
}
