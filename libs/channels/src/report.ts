/** A part of a report: a heading with sentences, or with a table, or both. Plain text. */
export interface ReportSection {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** `null` when the section has none. Every row has as many cells as there are columns. */
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
}

/** A document for people that is about no incident, such as the weekly digest. */
export interface Report {
  /** The same for every attempt. */
  readonly id: string;
  readonly title: string;
  /** One sentence for those who read no further. */
  readonly summary: string;
  readonly sections: readonly ReportSection[];
  /** Address of the console, or empty. */
  readonly console: string;
  /** When this attempt is made, ms. */
  readonly attemptAt: number;
}
