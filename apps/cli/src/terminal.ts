/** Where a command writes and whom it asks. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Errors and questions. */
  err(text: string): void;
  /** Whether somebody can answer a question. */
  readonly isInteractive: boolean;
  /** Asks a question that is answered with yes or no; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
  /** Everything that comes in on standard input. */
  readInput(): AsyncIterable<Uint8Array>;
}
