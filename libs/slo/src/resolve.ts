import { Catalogue } from './catalogue.js';
import type { SloDefinition } from './definition.js';
import type { SloDocument } from './document.js';
import { findingsOf, type Findings, type SloMode, type SloProblem } from './findings.js';
import { checkConditions, checkPolicy } from './policy-tiers.js';
import { resolveSlo } from './resolve-slo.js';
import { identifyIndicator } from './resolve-sli.js';

const MAXIMUM_NAME = 63;

/** The definitions that could be made, everything that is wrong with the others, and what is worth a look. */
export interface ResolvedSlos {
  readonly slos: SloDefinition[];
  readonly problems: SloProblem[];
  /** Nothing that keeps a definition from being made. */
  readonly warnings: SloProblem[];
}

/** How {@link resolveSlos} reads. */
export interface ResolveOptions {
  /** `lenient` unless said otherwise. */
  readonly mode?: SloMode;
}

/**
 * Joins SLO documents with the documents they name, and turns each into its definitions: one for each objective, or
 * one for a composite.
 *
 * All problems of all documents are reported together. A document with a problem, or whose name is taken, makes no
 * definition.
 */
export function resolveSlos(
  documents: readonly SloDocument[],
  { mode = 'lenient' }: ResolveOptions = {},
): ResolvedSlos {
  const problems: SloProblem[] = [];
  const warnings: SloProblem[] = [];
  const slos: SloDefinition[] = [];
  const catalogue = new Catalogue();
  const entries = documents.map((document, index) => ({
    document,
    findings: findingsOf(index, mode, problems, warnings),
  }));
  for (const { document, findings } of entries) {
    catalogue.add(document, findings);
  }
  const names = new Set<string>();
  for (const { document, findings } of entries.filter((entry) => catalogue.holds(entry.document))) {
    if (document.kind !== 'SLO') {
      checkAlone(document, catalogue, findings);
      continue;
    }
    const made = resolveSlo({ document, catalogue, findings });
    checkNames(made, names, findings);
    if (findings.isSound()) {
      slos.push(...made);
    }
    for (const { name } of made) {
      names.add(name);
    }
  }
  return { slos, problems, warnings };
}

/** Names that a document makes of its own and its objectives' are checked like those that are written. */
function checkNames(made: readonly SloDefinition[], taken: ReadonlySet<string>, findings: Findings): void {
  for (const { name } of made.filter((slo) => taken.has(slo.name))) {
    const message = `makes an SLO named ${name}, which another document makes too; rename one of them`;
    findings.fault(['metadata', 'name'], message);
  }
  const long = made.find((slo) => slo.name.length > MAXIMUM_NAME);
  if (long !== undefined) {
    const message = `is too long for the names of its objectives, such as ${long.name}: together they may have ${MAXIMUM_NAME} characters`;
    findings.fault(['metadata', 'name'], message);
  }
}

/** What can be said about a document without knowing who uses it. */
function checkAlone(document: SloDocument, catalogue: Catalogue, findings: Findings): void {
  switch (document.kind) {
    case 'SLI':
      identifyIndicator(document.spec, { catalogue, document, findings, path: ['spec'], referenced: false });
      return;
    case 'AlertPolicy':
      checkPolicy(document.spec, ['spec'], { catalogue, document, findings });
      checkConditions(document.spec, catalogue, document, findings);
      return;
    case 'SLO':
    case 'Service':
    case 'DataSource':
    case 'AlertCondition':
    case 'AlertNotificationTarget':
      return;
  }
}
