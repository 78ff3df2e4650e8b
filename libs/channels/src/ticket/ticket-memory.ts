import type { TicketRef } from './ticket-ref.js';

/** What a channel remembers of one incident between two messages. */
export interface TicketNote {
  /** The ticket, once it is known. */
  readonly ref: TicketRef | null;
  /** Id of the intent that was delivered last. */
  readonly done: string | null;
  /** Whether the latest attempt may have had an effect although it failed. */
  readonly unsure: boolean;
}

/** Far more than are open at once; what falls out is found again by looking at the receiver. */
const MOST_NOTES = 10_000;

/** The newest notes by deduplication key. The oldest go first when there are too many. */
export class TicketMemory {
  private readonly notes = new Map<string, TicketNote>();

  get(key: string): TicketNote | null {
    return this.notes.get(key) ?? null;
  }

  set(key: string, note: TicketNote): void {
    this.notes.delete(key);
    this.notes.set(key, note);
    if (this.notes.size > MOST_NOTES) {
      const [oldest] = this.notes.keys();
      this.notes.delete(oldest!);
    }
  }
}
