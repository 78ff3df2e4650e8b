import type { Journal, JournalOptions } from './journal.js';

/** Opens the journal. */
export async function openJournal(_options: JournalOptions): Promise<Journal> {
  throw new Error('not yet');
}
