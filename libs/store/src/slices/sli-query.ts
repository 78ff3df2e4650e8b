/** One condition on a label; regular expressions are RE2 and match the whole value. A missing label is empty. */
export interface SliceMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Series of one metric whose labels all match. */
export interface SliceSelector {
  readonly metric: string;
  readonly match: readonly SliceMatcher[];
}
