/** The right to be the one process that does something. */
export interface Lease {
  /** Rises with every holder; it is on every row that the holder writes, so that a later holder's rows win. */
  readonly epoch: number;
  /** Whether it is still held. A holder asks before each thing that only the holder may do. */
  held(): boolean;
  /** Called once when it is lost. */
  onLost(callback: () => void): void;
  /** Gives it back. */
  release(): Promise<void>;
}

/** Waits for the lease of a name. */
export interface LeaseSource {
  /** Resolves when this process holds it; rejects with AppError `jobs.lease-aborted` when `signal` is aborted. */
  acquire(name: string, signal: AbortSignal): Promise<Lease>;
}
