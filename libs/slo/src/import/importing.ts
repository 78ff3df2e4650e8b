import type { ImportOptions, ImportSource } from './import-result.js';
import type { ReadingOptions } from './meaning/event-indicator.js';
import type { Refusal } from './refusal.js';

/** What all importers of one run share. */
export interface Importing {
  readonly options: ImportOptions;
  readonly reading: ReadingOptions;
  /** The wanted name, or one like it that no document of this run has yet. */
  readonly freeName: (wanted: string) => string;
  /** Keeps others from getting the name. */
  readonly take: (name: string) => void;
}

/** A document and what a person should know about it. */
export interface ImportedDocument {
  readonly document: object;
  readonly notes: readonly string[];
}

/** One SLO of a specification: its document, or why there is none. */
export interface ImportedSlo {
  readonly source: ImportSource;
  readonly name: string;
  readonly outcome: ImportedDocument | Refusal;
}
