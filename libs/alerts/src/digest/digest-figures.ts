/** What a digest is made of. Everything is about one project and one period; drills are left out. */
export interface DigestFigures {
  readonly burn: readonly BurnFigure[];
  readonly alerts: AlertFigures;
  readonly noisiest: readonly NoiseFigure[];
  readonly deployments: DeploymentFigures;
  readonly drift: readonly DriftFigure[];
  readonly costs: readonly CostFigure[];
  readonly delivery: DeliveryFigures;
}

/** The error budget of one SLO, or of one of its groups. Shares of the whole budget; negative when overspent. */
export interface BurnFigure {
  readonly slo: string;
  /** Empty for the SLO as a whole. */
  readonly group: string;
  /** What was left when the period ended; `null` when nobody could tell. */
  readonly left: number | null;
  /** The least that was left at any time of the period. */
  readonly worst: number | null;
  /**
   * What the bad events of the period are of the budget that its own events allow: 1 is exactly as much as the target
   * allows. `null` without events, and for SLOs whose counts cannot be added up.
   */
  readonly spent: number | null;
}

/** Incidents that opened in the period, and what became of them in it. */
export interface AlertFigures {
  readonly incidents: number;
  /** Incidents that were a page at some time. */
  readonly pages: number;
  readonly acknowledged: number;
  /** From opening to the first acknowledgement, ms; `null` for none. */
  readonly medianAcknowledgeMs: number | null;
  readonly resolved: number;
  /** From opening to the latest end, ms; `null` for none. */
  readonly medianResolveMs: number | null;
  /** How often an incident came back soon after its end. */
  readonly flaps: number;
  /** Incidents of which members were told to be quiet. */
  readonly suppressed: number;
  /** Incidents that nobody acknowledged, took, commented on or resolved. */
  readonly untouched: number;
}

/** What one rule brought about. */
export interface NoiseFigure {
  /** Such as `SLO/availability`. */
  readonly rule: string;
  /** Incidents in which it fired. */
  readonly incidents: number;
  readonly pages: number;
  readonly flaps: number;
  readonly untouched: number;
}

export interface DeploymentFigures {
  /** Versions that went live. */
  readonly deployments: number;
  readonly rollbacks: number;
  /** Incidents that opened within an hour after a change of the same service or model. */
  readonly incidentsAfter: number;
  /** Changes after which at least one did. */
  readonly followedByIncident: number;
}

/** A monitor that alarmed. */
export interface DriftFigure {
  /** Such as `DriftMonitor`. */
  readonly kind: string;
  readonly rule: string;
  /** Windows in which at least one subject alarmed. */
  readonly windows: number;
  /** Subjects that alarmed in most windows, at most 3. */
  readonly subjects: readonly string[];
}

/** The last verdict of a cost model. */
export interface CostFigure {
  readonly rule: string;
  readonly state: string;
  /** The verdict's own sentence, with its amounts. */
  readonly reason: string;
}

/** What became of the messages that were due in the period. */
export interface DeliveryFigures {
  readonly attempts: number;
  readonly messages: number;
  readonly delivered: number;
  /** Delivered within 30 s of the time they were due. */
  readonly withinThirtySeconds: number;
  /** Messages that a receiver refused for good or that ran out of time. */
  readonly deadLetters: number;
}
