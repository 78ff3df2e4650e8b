import type { IncidentState, Severity } from '@tidewatch/alerts';
import type { HeartbeatState } from '../notify/heartbeat/heartbeats.js';
import { single, type MetricFamily, type MetricValue } from './metric-family.js';

/** Upper bounds of the histogram, s. 30 s is what the objective allows. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800] as const;
/** Receivers' kinds and outcomes are few; more than this would be a mistake that a scrape should not pay for. */
const MOST_COUNTERS = 200;

const FIRST_ATTEMPT = 'tidewatch_notification_first_attempt_seconds';

/**
 * Alerting in numbers, of this process since it started. What is written down by `record…` is what a scrape finds; a
 * figure that nobody has recorded yet is absent, as it is unknown.
 */
export class AlertMetrics {
  private readonly attempts = new Map<string, { readonly labels: MetricValue['labels']; count: number }>();
  private readonly buckets: number[] = BUCKETS.map(() => 0);
  private firstAttempts = 0;
  private firstAttemptSeconds = 0;
  private incidents: readonly MetricValue[] = [];
  private suppressed: number | null = null;
  private outbox: number | null = null;
  private heartbeats: () => readonly Pick<HeartbeatState, 'name' | 'lastSuccessAt'>[] = () => [];
  private leaseHeld: (() => boolean) | null = null;

  /** The incidents that are not resolved, as they are now. */
  recordIncidents(open: Iterable<Pick<IncidentState, 'status' | 'severity'>>): void {
    const counts = new Map<string, { status: string; severity: Severity; count: number }>();
    // Known to be none, where there is none.
    for (const status of ['pending', 'open']) {
      for (const severity of ['page', 'ticket'] as const) {
        counts.set(`${status} ${severity}`, { status, severity, count: 0 });
      }
    }
    for (const { status, severity } of open) {
      const entry = counts.get(`${status} ${severity}`);
      if (entry !== undefined) {
        entry.count += 1;
      }
    }
    this.incidents = [...counts.values()].map(({ status, severity, count }) => ({
      value: count,
      labels: { status, severity },
    }));
  }

  /** An attempt, or a message that ended without one. */
  recordAttempt({ channel, outcome }: { readonly channel: string; readonly outcome: string }): void {
    const key = JSON.stringify([channel, outcome]);
    const counter = this.attempts.get(key);
    if (counter !== undefined) {
      counter.count += 1;
    } else if (this.attempts.size < MOST_COUNTERS) {
      this.attempts.set(key, { labels: { channel, outcome }, count: 1 });
    }
  }

  /** @param waitedMs from when a page was due to its first attempt; negative is 0 */
  recordFirstAttempt(waitedMs: number): void {
    const seconds = Math.max(0, waitedMs) / 1_000;
    this.firstAttempts += 1;
    this.firstAttemptSeconds += seconds;
    const index = BUCKETS.findIndex((bound) => seconds <= bound);
    if (index >= 0) {
      this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    }
  }

  /** @param members firing members of open incidents that nobody is told of */
  recordSuppressed(members: number): void {
    this.suppressed = members;
  }

  /** @param messages messages without a final attempt */
  recordOutbox(messages: number): void {
    this.outbox = messages;
  }

  /** @param states asked with every scrape */
  recordHeartbeats(states: () => readonly Pick<HeartbeatState, 'name' | 'lastSuccessAt'>[]): void {
    this.heartbeats = states;
  }

  /** @param held asked with every scrape */
  recordLease(held: () => boolean): void {
    this.leaseHeld = held;
  }

  /** All families, whether they have values or not, in an order that never changes. */
  families(): MetricFamily[] {
    return [
      family('gauge', 'tidewatch_incidents', 'Incidents that are not resolved.', this.incidents),
      family(
        'counter',
        'tidewatch_notifications_total',
        'Delivery attempts by kind of channel and outcome: delivered, retry, rejected, superseded.',
        [...this.attempts.values()].map(({ labels, count }) => ({ value: count, labels })),
      ),
      family(
        'histogram',
        FIRST_ATTEMPT,
        'From when a page was due to its first attempt.',
        this.firstAttemptValues(),
      ),
      known(
        'tidewatch_suppressed_members',
        'Firing rules of open incidents that silences, windows and deployments keep quiet.',
        this.suppressed,
      ),
      known('tidewatch_outbox_pending', 'Messages that are neither delivered nor given up.', this.outbox),
      family(
        'gauge',
        'tidewatch_heartbeat_last_success_timestamp_seconds',
        'When a heartbeat was last accepted; absent before the first.',
        this.heartbeats().flatMap(({ name, lastSuccessAt }) =>
          lastSuccessAt === null ? [] : [{ value: lastSuccessAt / 1_000, labels: { heartbeat: name } }],
        ),
      ),
      known(
        'tidewatch_alerts_lease_held',
        '1 in the process that judges and delivers, 0 in one that waits to take over.',
        this.leaseHeld === null ? null : Number(this.leaseHeld()),
      ),
    ];
  }

  private firstAttemptValues(): MetricValue[] {
    let cumulative = 0;
    const metricName = `${FIRST_ATTEMPT}_bucket`;
    return [
      ...BUCKETS.map((bound, index) => {
        cumulative += this.buckets[index] ?? 0;
        return { metricName, value: cumulative, labels: { le: String(bound) } };
      }),
      { metricName, value: this.firstAttempts, labels: { le: '+Inf' } },
      { metricName: `${FIRST_ATTEMPT}_sum`, value: this.firstAttemptSeconds, labels: {} },
      { metricName: `${FIRST_ATTEMPT}_count`, value: this.firstAttempts, labels: {} },
    ];
  }
}

function family(
  type: MetricFamily['type'],
  name: string,
  help: string,
  values: readonly MetricValue[],
): MetricFamily {
  return { type, name, help, values };
}

function known(name: string, help: string, value: number | null): MetricFamily {
  return value === null ? family('gauge', name, help, []) : single('gauge', name, help, value);
}
