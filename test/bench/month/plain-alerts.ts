import type { Severity } from '@tidewatch/alerts';
import type { TierVerdict } from '@tidewatch/slo';

/** A new message about an alert that had not been firing. */
export interface PlainNotification {
  readonly tier: string;
  readonly severity: Severity;
  /** ms */
  readonly at: number;
}

/** Alertmanager's default `group_interval`: what stops for less than that is not sent anew. */
const GROUP_INTERVAL_MS = 300_000;

/**
 * What is sent when each tier is an alert and a group of its own, as with one Prometheus rule and one Alertmanager route for
 * each: a message whenever it begins to fire, and none that ties it to the others.
 */
export class PlainAlerts {
  readonly notifications: PlainNotification[] = [];
  private readonly lastFiring = new Map<string, number>();

  see(tiers: readonly TierVerdict[], at: number): void {
    for (const { name, severity, state } of tiers) {
      if (state !== 'firing') {
        continue;
      }
      if (at - (this.lastFiring.get(name) ?? -Infinity) > GROUP_INTERVAL_MS) {
        this.notifications.push({ tier: name, severity, at });
      }
      this.lastFiring.set(name, at);
    }
  }
}
