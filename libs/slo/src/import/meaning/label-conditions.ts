import { RE2JS } from 're2js';
import type { LabelMatcher } from '../../metric-selector.js';
import { isRefusal, Refusal } from '../refusal.js';

/**
 * Joins the conditions on each label to one, since a selector of Tidewatch has one for each: values that must all be
 * absent become one expression, and a value that is given decides about everything else.
 */
export function oneConditionPerLabel(match: readonly LabelMatcher[]): readonly LabelMatcher[] | Refusal {
  const byLabel = new Map<string, LabelMatcher[]>();
  for (const matcher of match) {
    const fault = expressionFault(matcher);
    if (fault !== null) {
      return fault;
    }
    const others = byLabel.get(matcher.label) ?? [];
    // The same condition twice says nothing more.
    if (!others.some(({ op, value }) => op === matcher.op && value === matcher.value)) {
      byLabel.set(matcher.label, [...others, matcher]);
    }
  }
  const joined: LabelMatcher[] = [];
  for (const conditions of byLabel.values()) {
    const condition = join(conditions);
    if (isRefusal(condition)) {
      return condition;
    }
    joined.push(condition);
  }
  return joined;
}

function join(conditions: readonly LabelMatcher[]): LabelMatcher | Refusal {
  const [first] = conditions;
  if (first === undefined || conditions.length === 1) {
    return first ?? new Refusal('has no condition');
  }
  const { label } = first;
  const given = conditions.find(({ op }) => op === '=');
  if (given !== undefined) {
    return conditions.every((each) => fulfils(given.value, each))
      ? given
      : new Refusal(
          `asks for ${label}="${given.value}" and for something else of ${label} as well, which no series fulfils`,
        );
  }
  if (conditions.every(({ op }) => op === '!=' || op === '!~')) {
    return { label, op: '!~', value: conditions.map(alternativeOf).join('|') };
  }
  const written = conditions.map(({ op, value }) => `${label}${op}"${value}"`).join(', ');
  return new Refusal(`has several conditions on ${label} (${written}); write them as one`);
}

/**
 * The one condition under which either of two holds, when no value fulfils both: adding what they select then counts
 * nothing twice.
 */
export function eitherCondition(
  a: LabelMatcher,
  b: LabelMatcher,
): { readonly condition: LabelMatcher; readonly assumed: boolean } | Refusal {
  if (![a, b].every(({ op }) => op === '=' || op === '=~')) {
    return new Refusal(`adds ${written(a)} and ${written(b)}, which is no single condition`);
  }
  const twice = new Refusal(`adds ${written(a)} and ${written(b)}, and counts what fulfils both twice`);
  const [aValues, bValues] = [valuesOf(a), valuesOf(b)];
  if (aValues?.some((value) => fulfils(value, b)) || bValues?.some((value) => fulfils(value, a))) {
    return twice;
  }
  return {
    condition: { label: a.label, op: '=~', value: `${alternativeOf(a)}|${alternativeOf(b)}` },
    // Two expressions without a list of values may overlap; nothing here can tell.
    assumed: aValues === null && bValues === null,
  };
}

/** The values a condition allows, when it lists them; otherwise `null`. */
function valuesOf({ op, value }: LabelMatcher): readonly string[] | null {
  if (op === '=') {
    return [value];
  }
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(value)?.[1] ?? value;
  return /[\\.+*?()[\]{}^$]/.test(inner) ? null : inner.split('|');
}

/** The condition as part of an alternation. */
function alternativeOf({ op, value }: LabelMatcher): string {
  if (op === '=' || op === '!=') {
    return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
  }
  // Flags at the start would reach into the alternatives after it.
  return value.startsWith('(?') ? `(?:${value})` : value;
}

/** Whether a label with this value fulfils the condition. */
function fulfils(text: string, { op, value }: LabelMatcher): boolean {
  switch (op) {
    case '=':
      return text === value;
    case '!=':
      return text !== value;
    case '=~':
      return RE2JS.compile(value).matches(text);
    case '!~':
      return !RE2JS.compile(value).matches(text);
  }
}

function expressionFault({ label, op, value }: LabelMatcher): Refusal | null {
  if (op === '=' || op === '!=') {
    return null;
  }
  try {
    RE2JS.compile(value);
    return null;
  } catch {
    return new Refusal(`holds ${label}${op}"${value}", which is not a regular expression in RE2 syntax`);
  }
}

function written({ label, op, value }: LabelMatcher): string {
  return `${label}${op}"${value}"`;
}
