import type { DeliveryResult, DeploymentNote } from '../channel.js';
import type { ActionBody } from './action-body.js';
import type { ActionPlace } from './action-target.js';

/** Something to do about an incident, which somebody may have to agree to first. JSON-serialisable. */
export interface ActionRequest {
  readonly project: string;
  /** The same for every request about one incident at one receiver: there is at most one run of it. 32 hex digits. */
  readonly runId: string;
  readonly receiver: string;
  readonly incidentId: string;
  /** Whether a person has to agree. */
  readonly needsApproval: boolean;
  /** How long after a run for the same target no other one starts, ms; 0 for no such time. */
  readonly cooldownMs: number;
  /** What will be sent. */
  readonly body: ActionBody;
  /** ms */
  readonly askedAt: number;
}

/**
 * What becomes of a request. `run`: now, and the end is to be reported. `wait-for-approval`: it is kept, and sent by others
 * when somebody agrees. `cooling-down`: not now, because of another run for the same target; it may be asked for again.
 * `done-before`: this incident has had its run. `refused`: a person did not agree, or nobody did in time.
 */
export type ActionDecision = 'run' | 'wait-for-approval' | 'cooling-down' | 'done-before' | 'refused';

/** The answer to a request. */
export interface ActionAnswer {
  readonly decision: ActionDecision;
  readonly runId: string;
  /** One plain sentence for people. */
  readonly reason: string;
}

/** Decides which actions run, and remembers what became of them, beyond the life of the process. */
export interface ActionGate {
  /**
   * The deployments and rollbacks of the service or the model, newest first. What an action is about must not depend on what
   * a message happens to have room for. @throws when they cannot be read
   */
  liveDeployments(place: ActionPlace): Promise<readonly DeploymentNote[]>;
  /** Resolves when the answer is durable. @throws when that cannot be made sure of */
  ask(request: ActionRequest): Promise<ActionAnswer>;
  /** Notes how an attempt of a run that was let through ended. @param at ms */
  finished(
    run: { readonly project: string; readonly runId: string },
    result: DeliveryResult,
    at: number,
  ): Promise<void>;
}
