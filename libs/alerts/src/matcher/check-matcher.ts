import { describeValue } from '@tidewatch/core';
import { RE2JS } from 're2js';
import { SEVERITIES } from '../severity.js';
import { ASPECTS } from '../signal.js';
import type { Matcher } from './matcher.js';

/** Conditions of one `match`, of one silence or of one route. */
export const MOST_MATCHERS = 32;
/** Characters of the name of a label. */
const LONGEST_NAME = 128;
/** Characters of a text or an expression. */
const LONGEST_VALUE = 500;

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Labels with few values: another one is a slip that would match nothing. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  severity: [...SEVERITIES].reverse(),
  aspect: ASPECTS,
};

/** What is wrong with the name of a label, or `null`. */
export function labelProblem(label: string): string | null {
  return label.length <= LONGEST_NAME && NAME.test(label)
    ? null
    : `${describeValue(label)} is no name of a label; a name has letters, digits, underscores and dots and does not begin with a digit or a dot`;
}

/** What is wrong with the value of a condition whose label is in order, or `null`. */
export function valueProblem({ label, op, value }: Matcher): string | null {
  if (value.length > LONGEST_VALUE) {
    return `must have at most ${LONGEST_VALUE} characters, and has ${value.length}`;
  }
  if (CONTROL.test(value)) {
    return 'must not hold line breaks or other control characters';
  }
  if (op === 'matches' || op === 'not-matches') {
    return expressionProblem(value);
  }
  const known = Object.hasOwn(CLOSED, label) ? CLOSED[label] : undefined;
  return known === undefined || known.includes(value)
    ? null
    : `must be ${listed(known)}, and is ${describeValue(value)}`;
}

function expressionProblem(value: string): string | null {
  try {
    RE2JS.compile(value);
    return null;
  } catch (error) {
    // Its own text begins with what everybody knows by then.
    const detail = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : '';
    return `must be a regular expression in RE2 syntax (no look-around and no back-references), and is ${describeValue(value)}${detail === '' ? '' : `: ${detail}`}`;
  }
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
