/** The address of what to do when the SLO pages. */
export const RUNBOOK_ANNOTATION = 'tidewatch.dev/runbook';
/** One sentence: what to do first. */
export const FIRST_STEP_ANNOTATION = 'tidewatch.dev/first-step';
/** The list of tiers. */
export const TIERS_ANNOTATION = 'tidewatch.dev/tiers';
/** Labels by which traffic is judged apart. */
export const GROUP_BY_ANNOTATION = 'tidewatch.dev/group-by';
/** What happens when the SLO cannot be judged. */
export const NO_DATA_ANNOTATION = 'tidewatch.dev/no-data';
/** What happens when so much of the budget is spent. */
export const BUDGET_POLICY_ANNOTATION = 'tidewatch.dev/budget-policy';
/** What a time slice without events is. */
export const EMPTY_SLICES_ANNOTATION = 'tidewatch.dev/empty-slices';

/** All annotations of an SLO that Tidewatch reads. Their values are text; lists and maps in them are YAML. */
export const ANNOTATIONS = [
  RUNBOOK_ANNOTATION,
  FIRST_STEP_ANNOTATION,
  TIERS_ANNOTATION,
  GROUP_BY_ANNOTATION,
  NO_DATA_ANNOTATION,
  BUDGET_POLICY_ANNOTATION,
  EMPTY_SLICES_ANNOTATION,
] as const;
