import type { Labels } from '@tidewatch/core';
import type { SloDefinition } from './definition.js';
import type { SliSpec, SloDocument, SloKindDocument } from './document.js';
import { readTiers } from './read-tiers.js';
import { SLI_KINDS, type Sli } from './sli/index.js';
import type { BurnTier } from './tiers.js';

/** Something wrong with one of the documents given to {@link resolveSlos}. */
export interface SloProblem {
  /** Index into the documents. */
  readonly documentIndex: number;
  /** Keys from the root of the document to the place, such as `['spec', 'objectives', 0, 'op']`. */
  readonly path: readonly PropertyKey[];
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** The definitions that could be made, and everything that is wrong with the others. */
export interface ResolvedSlos {
  readonly slos: SloDefinition[];
  readonly problems: SloProblem[];
}

/** The annotation with the address of what to do when the SLO pages. */
export const RUNBOOK_ANNOTATION = 'tidewatch.dev/runbook';
/** The annotation with the list of tiers, as text. */
export const TIERS_ANNOTATION = 'tidewatch.dev/tiers';

type Report = (path: readonly PropertyKey[], message: string) => void;

/**
 * Joins SLO documents with the SLI documents they name, and turns each into a definition.
 *
 * All problems of all documents are reported together. An SLO with a problem, or whose name is taken, is left out of
 * `slos`.
 */
export function resolveSlos(documents: readonly SloDocument[]): ResolvedSlos {
  const problems: SloProblem[] = [];
  const slos: SloDefinition[] = [];
  const slis = new Map<string, SliSpec>();
  const seen = new Set<string>();
  const reporter =
    (documentIndex: number): Report =>
    (path, message) =>
      problems.push({ documentIndex, path, message });
  for (const [index, document] of documents.entries()) {
    const identity = `${document.kind} ${document.metadata.name}`;
    if (seen.has(identity)) {
      reporter(index)(
        ['metadata', 'name'],
        `${identity} is defined twice; give each ${document.kind} its own name`,
      );
    } else if (document.kind === 'SLI') {
      slis.set(document.metadata.name, document.spec);
    }
    seen.add(identity);
  }
  const defined = new Set<string>();
  for (const [index, document] of documents.entries()) {
    if (document.kind === 'SLO' && !defined.has(document.metadata.name)) {
      defined.add(document.metadata.name);
      const slo = resolveSlo(document, slis, reporter(index));
      if (slo !== null) {
        slos.push(slo);
      }
    }
  }
  return { slos, problems };
}

function resolveSlo(
  document: SloKindDocument,
  slis: ReadonlyMap<string, SliSpec>,
  report: Report,
): SloDefinition | null {
  const { metadata, spec } = document;
  const objective = spec.objectives[0];
  if (objective === undefined) {
    return null;
  }
  let sound = true;
  const fault: Report = (path, message) => {
    sound = false;
    report(path, message);
  };
  const sli = resolveSli(document, slis, fault);
  const tiers = resolveTiers(document, objective.target, fault);
  const runbook = resolveRunbook(document, tiers, fault);
  for (const key of Object.keys(metadata.annotations)) {
    if (key.startsWith('tidewatch.dev/') && key !== RUNBOOK_ANNOTATION && key !== TIERS_ANNOTATION) {
      const message = `is not an annotation of Tidewatch; known are ${RUNBOOK_ANNOTATION} and ${TIERS_ANNOTATION}`;
      fault(['metadata', 'annotations', key], message);
    }
  }
  const single = (label: string): string => {
    const value = metadata.labels[label] ?? '';
    if (typeof value !== 'string') {
      fault(
        ['metadata', 'labels', label],
        `must be one text and not a list: incidents are told apart by ${label}`,
      );
      return '';
    }
    return value;
  };
  const [region, model, owner] = [single('region'), single('model'), single('owner')];
  if (!sound || sli === null) {
    return null;
  }
  return {
    name: metadata.name,
    displayName: metadata.displayName ?? metadata.name,
    description: spec.description,
    service: spec.service,
    region,
    model,
    labels: joined(metadata.labels),
    owner,
    runbook,
    target: objective.target,
    periodMs: spec.timeWindow,
    sli,
    tiers,
  };
}

function resolveSli(
  { spec }: SloKindDocument,
  slis: ReadonlyMap<string, SliSpec>,
  fault: Report,
): Sli | null {
  const sliSpec: SliSpec | undefined = spec.indicator?.spec ?? slis.get(spec.indicatorRef ?? '');
  if (sliSpec === undefined) {
    const known = [...slis.keys()].sort();
    const hint =
      known.length === 0 ? 'no SLI document was found' : `SLI documents found: ${known.join(', ')}`;
    fault(
      ['spec', 'indicatorRef'],
      `names ${spec.indicatorRef ?? ''}, which no document of kind SLI defines; ${hint}`,
    );
    return null;
  }
  const kind = SLI_KINDS.find((each) => sliSpec[each.key] !== undefined);
  const objective = spec.objectives[0];
  if (kind === undefined || objective === undefined) {
    return null;
  }
  const resolved = kind.resolve(sliSpec[kind.key], objective);
  if ('kind' in resolved) {
    return resolved;
  }
  for (const { key, message } of resolved) {
    fault(['spec', 'objectives', 0, key], message);
  }
  return null;
}

function resolveTiers(
  { metadata, spec }: SloKindDocument,
  target: number,
  fault: Report,
): readonly BurnTier[] {
  const { tiers, faults } = readTiers(metadata.annotations[TIERS_ANNOTATION], target, spec.timeWindow);
  for (const message of faults ?? []) {
    fault(['metadata', 'annotations', TIERS_ANNOTATION], message);
  }
  return tiers ?? [];
}

function resolveRunbook({ metadata }: SloKindDocument, tiers: readonly BurnTier[], fault: Report): string {
  const runbook = metadata.annotations[RUNBOOK_ANNOTATION] ?? '';
  const paging = tiers.filter((tier) => tier.severity === 'page').map((tier) => tier.name);
  if (runbook === '' && paging.length > 0) {
    fault(
      ['metadata', 'annotations', RUNBOOK_ANNOTATION],
      `is missing: tiers ${paging.join(', ')} page, and whoever is woken needs the address of what to do, such as https://wiki.example.com/runbooks/${metadata.name}`,
    );
  } else if (runbook !== '' && !isWebAddress(runbook)) {
    fault(
      ['metadata', 'annotations', RUNBOOK_ANNOTATION],
      'must be an http or https address: notifications link to it',
    );
  }
  return runbook;
}

/** Anything else, such as `javascript:`, must not become a link in the console or in a message. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function joined(labels: Readonly<Record<string, string | string[]>>): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [
      label,
      typeof value === 'string' ? value : value.join(','),
    ]),
  );
}
