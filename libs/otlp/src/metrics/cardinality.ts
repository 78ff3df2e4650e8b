/** How many distinct series may arrive within one UTC day. */
export interface CardinalityLimits {
  readonly perMetric: number;
  readonly perProject: number;
}
