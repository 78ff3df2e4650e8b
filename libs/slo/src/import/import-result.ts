import type { GaugeSeries } from './meaning/gauge-indicator.js';

/** The kinds of specification that are understood; `unknown` stands for everything else. */
export type ImportSource = 'sloth' | 'pyrra' | 'openslo' | 'unknown';

/** How specifications are imported. */
export interface ImportOptions {
  /**
   * Address under which runbooks lie: the name of an SLO is added to it, after a slash unless it ends in `/`, `=` or `#`.
   * Used where a specification names no runbook. Without one nothing pages.
   */
  readonly runbook?: string;
  /**
   * Period of Sloth's SLOs, which it takes from its command line; `28d` or `30d`, or that of a document of kind AlertWindows.
   * Default: that of the only such document, else 30d.
   */
  readonly period?: string;
  /** How Sloth's queries that count series of a gauge are imported. Default `refuse`. */
  readonly gaugeSeries?: GaugeSeries;
  /**
   * Labels of scraped series that are stored under another name, by their name in Prometheus, such as `model_name` as
   * `model.name`. `instance` as `service.instance.id` is known.
   */
  readonly labelNames?: Readonly<Record<string, string>>;
}

/** What became of a list of specifications. */
export interface ImportResult {
  /** OpenSLO v1 documents as plain objects, ready to be written as YAML. */
  readonly documents: readonly object[];
  /** What was imported, by the name of its document. */
  readonly imported: readonly { readonly source: ImportSource; readonly name: string }[];
  readonly refused: readonly RefusedSpec[];
  /** What differs from the original, and what was left out. */
  readonly notes: readonly ImportNote[];
}

/** A specification, or one SLO of it, that has no equivalent. */
export interface RefusedSpec {
  readonly source: ImportSource;
  /** The name that its document would have had. */
  readonly name: string;
  /** Keys from the root of its document to the place, joined by dots, such as `slos.0.sli.plugin`. */
  readonly path: string;
  /** What cannot be translated and what to do about it; completes the path. */
  readonly message: string;
}

/** Something a person should know about an imported SLO. */
export interface ImportNote {
  /** Name of the document. */
  readonly name: string;
  readonly message: string;
}
