/** Ground truth or feedback for one prediction. Absent text is empty, absent numbers are null. */
export interface Label {
  readonly project: string;
  readonly predictionId: string;
  /** The true class; empty for a regression label. */
  readonly label: string;
  /** The true value; null for a class label. */
  readonly value: number | null;
  /** A business figure such as revenue. */
  readonly outcomeValue: number | null;
  /** When the outcome was known, milliseconds since the epoch. */
  readonly timestamp: number;
  readonly receivedAt: number;
  /** Who says so, such as `annotator` or `chargeback`; labels of several sources are kept apart. */
  readonly source: string;
  readonly weight: number;
}
