/** Something an operator wants to read in the log. Lasting states are told when they begin and when they end. */
export type JournalEvent =
  /** An unfinished write was cut off the end of a segment at start: never acknowledged, or the end of a damaged file. */
  | { readonly kind: 'torn-tail'; readonly segment: number; readonly bytes: number }
  /** Records that can no longer be read were skipped. `records` is a lower bound when their lengths are lost too. */
  | { readonly kind: 'damaged'; readonly file: string; readonly records: number; readonly bytes: number }
  | { readonly kind: 'sink-failing'; readonly token: string; readonly code: string; readonly message: string }
  | { readonly kind: 'sink-recovered'; readonly afterMs: number }
  /** A batch that can never be stored as it is was put aside. */
  | {
      readonly kind: 'dead-letter';
      readonly name: string;
      readonly token: string;
      readonly layout: string;
      readonly rows: number;
      readonly code: string;
      readonly message: string;
    }
  /** Batches are stored but the sink refuses to note that they are. */
  | {
      readonly kind: 'announce-refused';
      readonly token: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'disk-recovered' }
  /** The disk failed; what was being written was refused, or, in the flusher, is tried again. */
  | { readonly kind: 'disk-error'; readonly file: string; readonly code: string; readonly message: string };
