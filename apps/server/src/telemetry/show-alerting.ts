import type { NotificationEventRow } from '@tidewatch/store';
import type { Alerting } from '../notify/alerting.js';
import type { HeartbeatState } from '../notify/heartbeat/heartbeats.js';
import type { AlertMetrics } from './alert-metrics.js';
import type { MetricFamily } from './metric-family.js';

/** Counts an attempt that has ended; of a page's first one also how long it waited. */
export function recordAttempt(metrics: AlertMetrics, row: NotificationEventRow): void {
  metrics.recordAttempt(row);
  const isAttempt = row.outcome !== 'superseded' && row.channel !== '';
  const isPage = row.severity === 'page' && row.action !== 'resolve';
  if (isAttempt && isPage && row.attempt === 1) {
    metrics.recordFirstAttempt(row.at - row.dueAt);
  }
}

/** All families, with incidents and messages as the process that writes them knows them now. */
export function alertFamilies(metrics: AlertMetrics, alerting: Alerting): MetricFamily[] {
  if (alerting.lease !== null) {
    readState(metrics, alerting);
  }
  return metrics.families();
}

function readState(metrics: AlertMetrics, alerting: Alerting): void {
  const incidents = alerting.incidents.all();
  metrics.recordIncidents(incidents);
  let suppressed = 0;
  for (const { status, members } of incidents) {
    if (status === 'open') {
      suppressed += Object.values(members).filter(
        (member) => member.phase === 'firing' && member.suppressed !== null,
      ).length;
    }
  }
  metrics.recordSuppressed(suppressed);
  metrics.recordOutbox(alerting.delivery.pending);
}

/** Shows the lease and the heartbeats. */
export function showAlerting(
  metrics: AlertMetrics,
  alerting: Alerting,
  heartbeats: () => readonly HeartbeatState[],
): void {
  metrics.recordHeartbeats(heartbeats);
  metrics.recordLease(() => alerting.lease !== null);
}
