import type { IncidentCommand, IncidentState } from '@tidewatch/alerts';
import type { Store } from '@tidewatch/store';

/** Which service reports back to us, and the secret with which it signs what it says. */
export interface InboundSecretValue {
  readonly kind: 'slack' | 'pagerduty';
  readonly secret: string;
}

/** What reports from other services need of the process. */
export interface InboundRuntime {
  readonly incidents: {
    all(): readonly IncidentState[];
    /** @throws AppError `incident.unknown`, `incident.resolved` */
    command(
      project: string,
      incidentId: string,
      command: IncidentCommand,
      now: number,
    ): Promise<IncidentState>;
  };
  readonly store: {
    readonly audit: Store['audit'];
    readonly incidents: Pick<Store['incidents'], 'changesOf'>;
  };
  readonly logger: { error(fields: object, message: string): void };
  /** The secret of a receiver by its name; `undefined` for one that is unknown or has none. */
  inboundSecrets(receiver: string): InboundSecretValue | undefined;
}
