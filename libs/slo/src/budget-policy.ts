/** One step of an error budget policy: what is done from `spent` on. */
export interface BudgetStep {
  /** Share of the budget that is spent, such as 0.75; may exceed 1. */
  readonly spent: number;
  /** `ticket` opens one, `message` tells the owner's receiver without one, `freeze` makes `tidewatch slo gate` fail. */
  readonly action: 'ticket' | 'message' | 'freeze';
  /** For people; `''` for the usual sentence. */
  readonly message: string;
}
