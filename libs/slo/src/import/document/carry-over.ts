import { asMap } from '../raw-value.js';

/** Texts by name, and what a person should know about those that changed or were left out. */
export interface CarriedTexts {
  readonly texts: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const KEY = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const OWN_PREFIX = 'tidewatch.dev/';

/** Labels of several levels, later ones first in force; names as OpenSLO allows them. */
export function carryLabels(...levels: readonly unknown[]): CarriedTexts {
  return carry(levels, 'label', (name) => KEY.test(name));
}

/** Annotations likewise. Those of Tidewatch itself cannot come from elsewhere. */
export function carryAnnotations(...levels: readonly unknown[]): CarriedTexts {
  return carry(levels, 'annotation', isAnnotationName);
}

function isAnnotationName(name: string): boolean {
  const [first = '', second, ...rest] = name.split('/');
  if (second === undefined) {
    return KEY.test(first);
  }
  return rest.length === 0 && !name.startsWith(OWN_PREFIX) && PREFIX.test(first) && KEY.test(second);
}

function carry(levels: readonly unknown[], word: string, isName: (name: string) => boolean): CarriedTexts {
  const texts: Record<string, string> = {};
  const notes: string[] = [];
  for (const [name, value] of levels.flatMap((level) => Object.entries(asMap(level) ?? {}))) {
    if (!isName(name)) {
      notes.push(`the ${word} ${name} is left out: its name is not allowed here`);
    } else if (typeof value === 'string') {
      texts[name] = value;
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      texts[name] = String(value);
      notes.push(`the ${word} ${name} is now the text "${String(value)}"`);
    } else {
      notes.push(`the ${word} ${name} is left out: it is no text`);
    }
  }
  return { texts, notes };
}

/** The names of labels that only one severity has; who is told is said elsewhere in Tidewatch. */
export function severityLabelNote(severity: string, labels: unknown): readonly string[] {
  const names = Object.keys(asMap(labels) ?? {});
  return names.length === 0
    ? []
    : [
        `the labels of ${severity} alerts (${names.join(', ')}) are left out: documents of kind Routing say who is told`,
      ];
}
