import {
  mergeRoutings,
  planNotifications,
  routingSchema,
  step,
  type IncidentState,
  type NotificationIntent,
  type NotificationPlan,
  type PlanContext,
  type ReceiverTraits,
  type SuppressionSources,
} from '@tidewatch/alerts';
import type { PolicedSignal } from '../../../apps/server/src/notify/incident-manager.js';
import type { Month, ServiceMonth, TicketSilence } from './service-month.js';

export const PAGER = 'sre-pager';
export const TICKETS = 'ml-tickets';

const ROUTING = mergeRoutings([
  routingSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Routing',
    spec: {
      routes: [
        { match: { severity: 'page' }, receiver: PAGER },
        { match: { severity: 'ticket' }, receiver: TICKETS, groupWait: '5m' },
      ],
    },
  }),
]);

const RECEIVERS: ReadonlyMap<string, ReceiverTraits> = new Map(
  [PAGER, TICKETS].map((name) => [
    name,
    {
      name,
      owner: '',
      enabled: true,
      updates: true,
      acknowledges: true,
      destination: JSON.stringify({ name }),
      fallback: null,
    },
  ]),
);

/** The incident of one service through a month, as the one writer of alert state leads it. */
export class ServiceAlerts {
  /** Everything that a receiver was to be told, in order. */
  readonly intents: NotificationIntent[] = [];
  private state: IncidentState | null = null;
  private nextAt: number | null = null;
  private readonly suppression: SuppressionSources;
  /** When silences and deployments become known, ascending: open incidents are looked at again. */
  private readonly looks: number[];
  private live = new Set<string>();

  constructor(service: ServiceMonth, { silences }: Month) {
    const own = silences.filter(({ service: name }) => name === service.service);
    this.suppression = suppressionOf(service, own);
    this.looks = [...service.deployments, ...own.map(({ from }) => from)].sort((a, b) => a - b);
  }

  /** Whether a rule takes part in the incident, or may soon. */
  isMember(member: string): boolean {
    return this.live.has(member);
  }

  /** Whether an SLO does. */
  get hasSloMember(): boolean {
    return [...this.live].some((member) => member.startsWith('SLO/'));
  }

  /** Lets the clock run: whatever is due until then happens when it is due. */
  advance(until: number): void {
    for (let look = this.looks[0]; look !== undefined && look <= until; look = this.looks[0]) {
      this.looks.shift();
      this.runClock(look);
      if (this.state?.status === 'open') {
        this.look(look, this.state);
      }
    }
    this.runClock(until);
  }

  feed({ signal, policy }: PolicedSignal, now: number): void {
    const { state, changes } = step(this.state, signal, policy, now);
    this.state = state;
    if (state !== null && changes.length > 0) {
      this.take(planNotifications(state, changes, this.contextAt(now)));
    }
    this.live = new Set(
      Object.entries(this.state?.members ?? {}).flatMap(([name, { phase }]) =>
        phase === 'left' ? [] : [name],
      ),
    );
  }

  private runClock(until: number): void {
    for (let looks = 0; this.state !== null && this.nextAt !== null && this.nextAt <= until; looks += 1) {
      if (looks > 10_000) {
        throw new Error('The clock of the plan does not get on.');
      }
      this.look(this.nextAt, this.state);
    }
  }

  private look(at: number, state: IncidentState): void {
    this.take(planNotifications(state, [], this.contextAt(at)));
  }

  private take({ state, rows, nextAt }: NotificationPlan): void {
    this.state = state;
    this.nextAt = nextAt;
    this.intents.push(...rows.flatMap(({ intents }) => intents));
  }

  private contextAt(now: number): PlanContext {
    return { now, routing: ROUTING, receivers: RECEIVERS, suppression: this.suppression };
  }
}

function suppressionOf(
  { service, deployments }: ServiceMonth,
  silences: readonly TicketSilence[],
): SuppressionSources {
  return {
    silences: silences.map(({ from, to }) => ({
      id: `${service}-tickets`,
      matchers: [
        { label: 'service', op: 'equals', value: service },
        { label: 'severity', op: 'equals', value: 'ticket' },
      ],
      startsAt: from,
      endsAt: to,
      comment: 'the index is rebuilt',
      createdBy: 'ada',
      createdAt: from,
      withdrawnAt: null,
    })),
    windows: [],
    warmUps: deployments.map((at, index) => ({
      deploymentId: `${service}-${index}`,
      service,
      model: '',
      region: '',
      at,
    })),
    warmUpMs: ROUTING.warmUpMs,
  };
}
