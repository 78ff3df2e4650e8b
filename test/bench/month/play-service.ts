import { NO_EVIDENCE, type Aspect, type NotificationIntent, type Signal } from '@tidewatch/alerts';
import { decideSlo, type SloDecision, type SloDefinition } from '@tidewatch/slo';
import { withMonitorTimes, withTierTimes } from '../../../apps/server/src/evaluate/signal-policy.js';
import { sloSignals } from '../../../apps/server/src/evaluate/slo/slo-signals.js';
import { GroupHistory } from '../../../libs/slo/src/replay/group-history.js';
import { SliceSums } from '../../../libs/slo/src/replay/slice-sums.js';
import { sloDefinition } from '../../harness/slo-definition.js';
import { PlainAlerts, type PlainNotification } from './plain-alerts.js';
import { ServiceAlerts } from './service-alerts.js';
import type { Month, Noise, ServiceMonth } from './service-month.js';
import { simulateTraffic, SLICE_MS } from './simulate-traffic.js';

const TICKETS_EVERY_MS = 30_000;
const MONITORS_EVERY_MS = 60_000;
/** The longest window of the default tiers. */
const WARM_UP_MS = 3 * 86_400_000;

/** What a month of one service leads to. */
export interface ServiceOutcome {
  readonly service: ServiceMonth;
  /** What receivers were to be told, in order. */
  readonly intents: readonly NotificationIntent[];
  /** What they would have been told by one alert for each tier. */
  readonly plain: readonly PlainNotification[];
}

/**
 * Plays a month of one service: its requests are counted, judged every ten seconds as the evaluator does, and alerted on.
 *
 * Steps are passed over while nothing takes part in an incident, no tier can fire, and requests come: the evaluator says
 * nothing then.
 *
 * @param everyStep whether no step is passed over: for a test that it makes no difference
 */
export function playService(service: ServiceMonth, month: Month, everyStep = false): ServiceOutcome {
  const evaluation = new Evaluation(service, month);
  const alerts = new ServiceAlerts(service, month);
  const plain = new PlainAlerts();
  for (let at = month.from + SLICE_MS; at <= month.to; at += SLICE_MS) {
    alerts.advance(at);
    if (at % MONITORS_EVERY_MS === 0) {
      for (const signal of withMonitorTimes(monitorSignals(service, at, alerts), [])) {
        alerts.feed(signal, at);
      }
    }
    if (!everyStep && !alerts.hasSloMember && evaluation.saysNothing(at)) {
      continue;
    }
    const decision = evaluation.decide(at);
    plain.see(decision.tiers, at);
    const { silentSince } = evaluation;
    const isMember = (member: string): boolean => alerts.isMember(member);
    const signals = sloSignals(evaluation.slo, decision, {
      ...{ now: at, isMember, silentSince },
      reachedAt: new Map(),
    });
    for (const signal of withTierTimes(signals, [evaluation.slo])) {
      alerts.feed(signal, at);
    }
  }
  return { service, intents: alerts.intents, plain: plain.notifications };
}

/** Judges the SLO of a service as the evaluator does: page tiers in every round, ticket tiers in every third. */
class Evaluation {
  readonly slo: SloDefinition;
  /** Since when requests have failed to come. */
  silentSince: number | null = null;
  private readonly history: GroupHistory;
  private readonly sums: SliceSums;
  private readonly firstMs: number;
  private previous: SloDecision | undefined;

  constructor(service: ServiceMonth, month: Month) {
    this.slo = sloDefinition(
      { kind: 'ratio', good: null, bad: null, total: { metric: '', match: [] } },
      { name: 'availability', displayName: 'Availability', service: service.service, region: 'eu-1' },
    );
    const range = { from: month.from - WARM_UP_MS, to: month.to };
    const slices = simulateTraffic(service, range.from, range.to);
    const groups = [{ group: '', members: [slices] }];
    this.history = new GroupHistory(this.slo, [{ range, sliceMs: SLICE_MS, groups }], '', -Infinity);
    this.sums = new SliceSums(range, SLICE_MS, [{ slices, delayMs: 0 }]);
    this.firstMs = Math.min(
      ...this.slo.tiers.flatMap(({ severity, longMs }) => (severity === 'page' ? [longMs] : [])),
    );
  }

  /** Whether no tier that is due can fire, and requests come. */
  saysNothing(at: number): boolean {
    const isSilent = this.sums.between(at - this.firstMs, at).total === 0;
    return !isSilent && this.silentSince === null && !this.slo.tiers.some((tier) => this.mayFire(tier, at));
  }

  decide(at: number): SloDecision {
    const ticketsDue = at % TICKETS_EVERY_MS === 0;
    const last = at - (at % TICKETS_EVERY_MS);
    if (!ticketsDue && (this.previous?.windowEnd ?? 0) < last) {
      // Steps were passed over: what the ticket tiers said when they were due.
      this.previous = decideSlo(this.history.evidence(last));
    }
    const decision = decideSlo({
      ...this.history.evidence(at),
      evaluate: ticketsDue ? 'all' : 'page',
      previous: this.previous,
    });
    this.previous = decision;
    const isSilent = this.sums.between(at - this.firstMs, at).total === 0;
    this.silentSince = isSilent ? (this.silentSince ?? at) : null;
    return decision;
  }

  private mayFire(tier: SloDefinition['tiers'][number], at: number): boolean {
    return (tier.severity === 'page' || at % TICKETS_EVERY_MS === 0) && this.history.mayFire(tier, at);
  }
}

/** What the monitors of deployments say: that they are alarmed, or no longer. */
function monitorSignals(service: ServiceMonth, at: number, alerts: ServiceAlerts): Signal[] {
  return (['inputs', 'canary'] as const).flatMap((aspect) => {
    const firing = service.noise.some((noise) => isAlarmed(noise, aspect, at));
    const member = `DriftMonitor/${aspect}`;
    return firing || alerts.isMember(member)
      ? [monitorSignal(service, { aspect, member, condition: firing ? 'firing' : 'ok' }, at)]
      : [];
  });
}

function isAlarmed(noise: Noise, aspect: Aspect, at: number): boolean {
  return noise.aspect === aspect && noise.from <= at && at < noise.to;
}

function monitorSignal(
  { service }: ServiceMonth,
  said: Pick<Signal, 'aspect' | 'member' | 'condition'>,
  at: number,
): Signal {
  return {
    ...said,
    key: { project: 'default', service, region: 'eu-1', model: '' },
    kind: 'DriftMonitor',
    rule: said.aspect,
    tier: '',
    severity: 'ticket',
    raisedBy: [],
    labels: {},
    at,
    summary: `${said.aspect} of ${service} differ from the baseline.`,
    facts: {},
    evidence: NO_EVIDENCE,
    owner: '',
    runbook: '',
    deploymentId: '',
  };
}
