import type { Labels } from '@tidewatch/core';
import {
  ANNOTATIONS,
  BUDGET_POLICY_ANNOTATION,
  FIRST_STEP_ANNOTATION,
  GROUP_BY_ANNOTATION,
} from './annotations.js';
import type { AnnotationReading } from './annotation-text.js';
import type { Catalogue } from './catalogue.js';
import type { GroupBy, SloDefinition, SloMember } from './definition.js';
import type { SloKindDocument } from './document.js';
import type { Findings } from './findings.js';
import { FIRST_STEP_FORM, LONGEST_FIRST_STEP } from './first-step.js';
import { definitionNames, partNames } from './objective-names.js';
import { readBudgetPolicy, readGroupBy } from './read-annotations.js';
import { readBudgeting, type PlacedObjective } from './read-budgeting.js';
import { resolveAlerts } from './resolve-alerts.js';
import { resolveSli } from './resolve-sli.js';
import type { Sli } from './sli/sli-types.js';
import { longestPeriodMs } from './time-window.js';

/** One document and what surrounds it. */
export interface SloPlace {
  readonly document: SloKindDocument;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
}

/** Objectives that are judged together, and the name of what they make. */
interface Unit {
  readonly name: string;
  readonly displayName: string;
  readonly objectives: readonly [PlacedObjective, ...PlacedObjective[]];
}

/** What all definitions of one document share. */
type Shared = Pick<
  SloDefinition,
  | 'description'
  | 'service'
  | 'region'
  | 'model'
  | 'owner'
  | 'labels'
  | 'firstStep'
  | 'window'
  | 'periodMs'
  | 'groupBy'
  | 'budgetPolicy'
>;

/** The definitions of one SLO document: one for each objective, or a composite of all. None after a fault. */
export function resolveSlo(place: SloPlace): SloDefinition[] {
  const { document, findings } = place;
  checkDocument(document, findings);
  const shared = readShared(document, findings);
  const definitions = unitsOf(place).flatMap((unit) => definitionOf(unit, shared, place) ?? []);
  return findings.isSound() ? definitions : [];
}

function checkDocument({ metadata, spec }: SloKindDocument, findings: Findings): void {
  for (const key of Object.keys(metadata.annotations)) {
    if (key.startsWith('tidewatch.dev/') && !ANNOTATIONS.some((known) => known === key)) {
      const message = `is not an annotation of Tidewatch; known are ${ANNOTATIONS.join(', ')}`;
      findings.fault(['metadata', 'annotations', key], message);
    }
  }
  if (spec.timeWindow.kind === 'calendar' && spec.timeWindow.unit === 'm') {
    const { amount } = spec.timeWindow;
    findings.warn(
      ['spec', 'timeWindow', 0, 'duration'],
      `is ${amount}m, which is minutes; a month is M: for months write ${amount}M`,
    );
  }
}

function readShared({ metadata, spec }: SloKindDocument, findings: Findings): Shared {
  const single = (label: string): string => {
    const value = metadata.labels[label] ?? '';
    if (typeof value !== 'string') {
      const message = `must be one text and not a list: incidents are told apart by ${label}`;
      findings.fault(['metadata', 'labels', label], message);
      return '';
    }
    return value;
  };
  const annotated = <T>(key: string, read: (text: string) => AnnotationReading<T>): T | null => {
    const text = metadata.annotations[key];
    const reading = text === undefined ? null : read(text);
    for (const message of reading?.faults ?? []) {
      findings.fault(['metadata', 'annotations', key], message);
    }
    return reading?.value ?? null;
  };
  return {
    description: spec.description,
    service: spec.service,
    region: single('region'),
    model: single('model'),
    owner: single('owner'),
    labels: joined(metadata.labels),
    firstStep: readFirstStep(metadata.annotations[FIRST_STEP_ANNOTATION] ?? '', findings),
    window: spec.timeWindow,
    periodMs: longestPeriodMs(spec.timeWindow),
    groupBy: annotated<GroupBy>(GROUP_BY_ANNOTATION, readGroupBy),
    budgetPolicy: annotated(BUDGET_POLICY_ANNOTATION, readBudgetPolicy) ?? [],
  };
}

function readFirstStep(text: string, findings: Findings): string {
  const step = text.trim();
  if (step.length > LONGEST_FIRST_STEP) {
    findings.fault(['metadata', 'annotations', FIRST_STEP_ANNOTATION], `must be ${FIRST_STEP_FORM}`);
  }
  return step;
}

function unitsOf(place: SloPlace): Unit[] {
  const { document } = place;
  const { metadata, spec } = document;
  const displayName = metadata.displayName ?? metadata.name;
  const placed = spec.objectives.map((objective, index): PlacedObjective => ({
    objective,
    index,
    sli: sliOf(index, place),
  }));
  const [first, ...others] = placed;
  if (first === undefined) {
    return [];
  }
  if (isComposite(document)) {
    return [{ name: metadata.name, displayName, objectives: [first, ...others] }];
  }
  return definitionNames(metadata.name, spec.objectives).flatMap((name, index): Unit[] => {
    const own = placed[index];
    const part = own?.objective.displayName ?? String(index + 1);
    return own === undefined
      ? []
      : [
          {
            name,
            displayName: placed.length === 1 ? displayName : `${displayName}: ${part}`,
            objectives: [own],
          },
        ];
  });
}

function isComposite({ spec }: SloKindDocument): boolean {
  return spec.objectives.some((each) => each.indicator !== undefined || each.indicatorRef !== undefined);
}

function sliOf(index: number, { document, catalogue, findings }: SloPlace): Sli | null {
  const { spec } = document;
  const objective = spec.objectives[index];
  if (objective === undefined) {
    return null;
  }
  const objectivePath = ['spec', 'objectives', index];
  const own = isComposite(document);
  const holder = own ? objective : spec;
  const holderPath = own ? objectivePath : ['spec'];
  if (holder.indicator !== undefined) {
    const path = [...holderPath, 'indicator'];
    if (holder.indicator.metadata === undefined) {
      findings.tolerate([...path, 'metadata'], 'is missing; OpenSLO asks for at least a name');
    }
    const place = { catalogue, document, findings, path: [...path, 'spec'], referenced: false };
    return resolveSli(holder.indicator.spec, objective, objectivePath, place);
  }
  const name = holder.indicatorRef ?? '';
  const path = [...holderPath, 'indicatorRef'];
  const sliSpec = catalogue.find('SLI', name);
  if (sliSpec === undefined) {
    findings.fault(path, catalogue.unknown('SLI', name, document));
    return null;
  }
  return resolveSli(sliSpec, objective, objectivePath, {
    catalogue,
    document,
    findings,
    path,
    referenced: true,
  });
}

function definitionOf(unit: Unit, shared: Shared, place: SloPlace): SloDefinition | null {
  const { document, findings } = place;
  const budgeting = readBudgeting(document, unit.objectives, findings);
  const target = Math.min(...unit.objectives.map(({ objective }) => objective.target));
  const members = membersOf(unit, findings, budgeting?.method !== 'Occurrences');
  const isEvaluable = members.every(({ sli }) => sli.kind !== 'foreign');
  const sliceMs = budgeting === null || budgeting.method === 'Occurrences' ? null : budgeting.sliceMs;
  const terms = { target, periodMs: shared.periodMs, sliceMs };
  if (members.length < unit.objectives.length || budgeting === null) {
    return null;
  }
  const alerts = resolveAlerts({ ...place, terms }, isEvaluable);
  if (shared.groupBy !== null && members.some(({ sli }) => sli.kind === 'verdicts')) {
    const message =
      'cannot be used with verdicts of a monitor, which have no labels; name a subject in the indicator';
    findings.fault(['metadata', 'annotations', GROUP_BY_ANNOTATION], message);
  }
  const { name, displayName } = unit;
  return { name, displayName, ...shared, target, budgeting, members, ...alerts };
}

/** One member for each objective whose SLI is sound. */
function membersOf({ objectives }: Unit, findings: Findings, inSlices: boolean): SloMember[] {
  const isOnly = objectives.length === 1;
  const names = partNames(
    objectives.map(
      ({ objective }) =>
        objective.displayName ?? objective.indicator?.metadata?.name ?? objective.indicatorRef,
    ),
    Infinity,
  );
  return objectives.flatMap(({ objective, index, sli }, place): SloMember[] => {
    const { compositeWeight: weight = 1, target } = objective;
    if (weight !== 1 && (isOnly || inSlices)) {
      const why = isOnly
        ? 'there is one objective only'
        : 'a slice is bad as soon as one of the objectives is, whatever its weight';
      findings.warn(['spec', 'objectives', index, 'compositeWeight'], `changes nothing: ${why}`);
    }
    const name = isOnly ? '' : (names[place] ?? '');
    return sli === null ? [] : [{ name, sli, target, weight: isOnly ? 1 : weight }];
  });
}

function joined(labels: Readonly<Record<string, string | string[]>>): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [
      label,
      typeof value === 'string' ? value : value.join(','),
    ]),
  );
}
