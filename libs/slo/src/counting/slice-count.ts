/** Good and total of a slice of time that begins at `start`, in milliseconds since the epoch. */
export interface SliceCount {
  readonly start: number;
  readonly good: number;
  readonly total: number;
}
