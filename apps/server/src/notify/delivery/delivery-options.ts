import type { IncidentState, NotificationIntent, Severity } from '@tidewatch/alerts';
import type { NotificationContext } from '@tidewatch/channels';
import type { JobQueue, QueueClock } from '@tidewatch/jobs';
import type { NotificationEventRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { DeliveryJob } from './delivery-jobs.js';
import type { ChannelSource } from './destinations.js';

/** What delivery is told about, for metrics and for those who act on it. */
export interface DeliveryObserver {
  /** An attempt has ended. */
  attempted(row: NotificationEventRow): void;
  /**
   * A message was refused, or its time is over. Its end is stored only when this has resolved; what rejects is tried
   * again, so it may be told of the same message twice.
   */
  gaveUp(intent: NotificationIntent): Promise<void>;
}

export interface DeliveryOptions {
  readonly store: Pick<Store, 'notifications'>;
  readonly queue: JobQueue<DeliveryJob>;
  readonly source: ChannelSource;
  /** The newest state of an incident's key: what is sent late says how things are now. */
  readonly newestOf: (incident: IncidentState) => IncidentState;
  /** What a message says beyond the incident; ends in good time, and never rejects. */
  readonly contextOf: (incident: IncidentState, severity: Severity) => Promise<NotificationContext>;
  readonly observer: DeliveryObserver;
  readonly logger: Logger;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Calls back once after `ms`. @returns how to call it off. Default: the process's timers */
  readonly setTimer?: QueueClock['setTimer'];
}
