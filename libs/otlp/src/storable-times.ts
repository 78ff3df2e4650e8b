/** The times that may be stored, both inclusive, in milliseconds since the Unix epoch. */
export interface StorableTimes {
  readonly earliest: number;
  readonly latest: number;
}
