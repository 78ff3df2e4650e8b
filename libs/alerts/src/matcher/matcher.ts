/** One condition on one label. A label that is absent is the empty text. */
export interface Matcher {
  readonly label: string;
  readonly op: 'equals' | 'not' | 'matches' | 'not-matches';
  /** A text, or an RE2 expression that must match the whole value. */
  readonly value: string;
}
