import { describe, expect, test } from '@jest/globals';
import { AlertMetrics } from './alert-metrics.js';
import type { MetricFamily } from './metric-family.js';

/** The lines of a family as a scrape shows them. */
function lines(metrics: AlertMetrics, name: string): string[] {
  const found = metrics.families().find((family) => family.name === name) as MetricFamily;
  return found.values.map(({ metricName, labels, value }) => {
    const text = Object.entries(labels).map(([label, content]) => `${label}="${content}"`);
    return `${metricName ?? found.name}{${text.join(',')}} ${value}`;
  });
}

describe('metrics of alerting', () => {
  test('the same families in the same order, whatever has been recorded', () => {
    const metrics = new AlertMetrics();
    const before = metrics.families();
    expect(before.flatMap(({ name, values }) => (name.includes('first_attempt') ? [] : values))).toEqual([]);
    metrics.recordIncidents([]);
    metrics.recordOutbox(1);
    expect(metrics.families().map(({ name, type }) => [name, type])).toEqual(
      before.map(({ name, type }) => [name, type]),
    );
    expect(before.map(({ name }) => name)).toEqual([
      'tidewatch_incidents',
      'tidewatch_notifications_total',
      'tidewatch_notification_first_attempt_seconds',
      'tidewatch_suppressed_members',
      'tidewatch_outbox_pending',
      'tidewatch_heartbeat_last_success_timestamp_seconds',
      'tidewatch_alerts_lease_held',
    ]);
  });

  test('incidents by status and severity; those that ended are gone', () => {
    const metrics = new AlertMetrics();
    metrics.recordIncidents([
      { status: 'open', severity: 'page' },
      { status: 'open', severity: 'page' },
      { status: 'pending', severity: 'ticket' },
      { status: 'resolved', severity: 'page' },
    ]);
    expect(lines(metrics, 'tidewatch_incidents')).toEqual([
      'tidewatch_incidents{status="pending",severity="page"} 0',
      'tidewatch_incidents{status="pending",severity="ticket"} 1',
      'tidewatch_incidents{status="open",severity="page"} 2',
      'tidewatch_incidents{status="open",severity="ticket"} 0',
    ]);
    metrics.recordIncidents([]);
    expect(lines(metrics, 'tidewatch_incidents').map((line) => line.split(' ')[1])).toEqual(
      Array(4).fill('0'),
    );
  });

  test('attempts add up by channel and outcome, up to a limit', () => {
    const metrics = new AlertMetrics();
    metrics.recordAttempt({ channel: 'pagerduty', outcome: 'delivered' });
    metrics.recordAttempt({ channel: 'pagerduty', outcome: 'delivered' });
    metrics.recordAttempt({ channel: 'slack', outcome: 'retry' });
    expect(lines(metrics, 'tidewatch_notifications_total')).toEqual([
      'tidewatch_notifications_total{channel="pagerduty",outcome="delivered"} 2',
      'tidewatch_notifications_total{channel="slack",outcome="retry"} 1',
    ]);
    for (let number = 0; number < 1_000; number += 1) {
      metrics.recordAttempt({ channel: String(number), outcome: 'retry' });
    }
    expect(lines(metrics, 'tidewatch_notifications_total')).toHaveLength(200);
  });

  test('the time to the first attempt is a histogram whose buckets contain one another', () => {
    const metrics = new AlertMetrics();
    for (const waitedMs of [-5, 100, 101, 30_000, 30_001, 7_200_000]) {
      metrics.recordFirstAttempt(waitedMs);
    }
    const name = 'tidewatch_notification_first_attempt_seconds';
    const bucket = (bound: string, count: number): string => `${name}_bucket{le="${bound}"} ${count}`;
    expect(lines(metrics, name)).toEqual([
      bucket('0.1', 2),
      ...['0.25', '0.5', '1', '2.5', '5', '10'].map((bound) => bucket(bound, 3)),
      bucket('30', 4),
      ...['60', '300', '1800'].map((bound) => bucket(bound, 5)),
      bucket('+Inf', 6),
      `${name}_sum{} 7260.202`,
      `${name}_count{} 6`,
    ]);
  });

  test('heartbeats and the lease are as they are when they are asked', () => {
    const metrics = new AlertMetrics();
    let lastSuccessAt: number | null = null;
    let held = false;
    metrics.recordHeartbeats(() => [{ name: 'switch', lastSuccessAt }]);
    metrics.recordLease(() => held);
    const heartbeat = 'tidewatch_heartbeat_last_success_timestamp_seconds';
    expect(lines(metrics, heartbeat)).toEqual([]);
    expect(lines(metrics, 'tidewatch_alerts_lease_held')).toEqual(['tidewatch_alerts_lease_held{} 0']);
    lastSuccessAt = 1_790_000_000_500;
    held = true;
    expect(lines(metrics, heartbeat)).toEqual([`${heartbeat}{heartbeat="switch"} 1790000000.5`]);
    expect(lines(metrics, 'tidewatch_alerts_lease_held')).toEqual(['tidewatch_alerts_lease_held{} 1']);
  });

  test('counts that were recorded', () => {
    const metrics = new AlertMetrics();
    metrics.recordSuppressed(0);
    metrics.recordOutbox(12);
    expect(lines(metrics, 'tidewatch_suppressed_members')).toEqual(['tidewatch_suppressed_members{} 0']);
    expect(lines(metrics, 'tidewatch_outbox_pending')).toEqual(['tidewatch_outbox_pending{} 12']);
  });
});
