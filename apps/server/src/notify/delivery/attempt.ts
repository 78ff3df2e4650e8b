import {
  deadlineMs,
  LONGEST_RETRY_AFTER_MS,
  nextDelay,
  type IncidentState,
  type NotificationIntent,
} from '@tidewatch/alerts';
import type { DeliveryResult, NotificationContext } from '@tidewatch/channels';
import type { NotificationEventRow } from '@tidewatch/store';
import type { Destination } from './destinations.js';
import type { LaneMemory } from './lane-memory.js';

/** One attempt that has ended. */
export interface EndedAttempt {
  readonly row: NotificationEventRow;
  /** When to try again, ms; meaningful for the outcome `retry`. */
  readonly nextAttemptAt: number;
  /** What the receiver itself asked for, ms from the attempt, no more than is granted; `null` for nothing. */
  readonly retryAfterMs: number | null;
}

/** What an attempt is made of. */
export interface AttemptInput {
  readonly lane: LaneMemory;
  readonly intent: NotificationIntent;
  readonly incident: IncidentState;
  readonly destination: Destination | undefined;
  readonly context: NotificationContext;
  /** When the message was to go out, or one that it overtook, or somebody asked for it anew, ms: its deadline begins then. */
  readonly since: number;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** Makes one attempt and says how it ended, in the words that are stored. */
export async function makeAttempt(input: AttemptInput): Promise<EndedAttempt> {
  const { lane, intent, destination, attempt } = input;
  const startedAt = input.now();
  const result = await send(input, startedAt);
  // The deadline begins when the message was due, so that a receiver that is away cannot hold a page for ever.
  const expired = startedAt - input.since >= deadlineMs(intent);
  const outcome = result.outcome === 'retry' && expired ? 'rejected' : result.outcome;
  const asked = result.outcome === 'retry' ? result.afterMs : null;
  const retryAfterMs = asked === null ? null : Math.min(asked, LONGEST_RETRY_AFTER_MS);
  const delay = outcome === 'retry' ? nextDelay(attempt, retryAfterMs, input.random) : 0;
  const reason = result.outcome === 'delivered' ? '' : result.reason;
  const row: NotificationEventRow = {
    ...attemptRow(lane, intent, attempt, startedAt),
    channel: destination?.channel.type ?? '',
    destination: destination?.stored ?? '',
    outcome,
    reason: outcome === 'rejected' && expired ? `gave up after ${attempt} attempts: ${reason}` : reason,
    httpStatus: result.httpStatus,
    latencyMs: input.now() - startedAt,
    nextAttemptAt: startedAt + delay,
    ref: result.outcome === 'delivered' ? (result.ref ?? '') : '',
  };
  return { row, nextAttemptAt: startedAt + delay, retryAfterMs };
}

async function send(input: AttemptInput, attemptAt: number): Promise<DeliveryResult> {
  const { destination, intent, incident, context, lane } = input;
  if (destination === undefined) {
    return {
      outcome: 'retry',
      afterMs: null,
      reason: `There is no open receiver named ${intent.receiver}: it is not in the rules, or a secret of it is missing.`,
      httpStatus: 0,
    };
  }
  return destination.channel.deliver({
    intent,
    incident,
    context,
    attemptAt,
    ref: lane.ref,
    uncertain: lane.uncertain,
  });
}

/** A row about a message: what is the same for every outcome. */
export function attemptRow(
  lane: LaneMemory,
  intent: NotificationIntent,
  attempt: number,
  at: number,
): NotificationEventRow {
  return {
    project: lane.project,
    intentId: intent.id,
    attempt,
    incidentId: intent.incidentId,
    sequence: intent.sequence,
    receiver: intent.receiver,
    channel: '',
    action: intent.action,
    at,
    outcome: 'started',
    reason: '',
    httpStatus: 0,
    latencyMs: 0,
    nextAttemptAt: at,
    ref: '',
    why: intent.reason,
    severity: intent.severity,
    dueAt: intent.notBefore,
    destination: '',
  };
}
