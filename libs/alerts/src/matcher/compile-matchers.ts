import { RE2JS } from 're2js';
import type { AlertLabels } from '../labels.js';
import type { Matcher } from './matcher.js';

/** Tells whether all conditions hold for some labels. */
export type LabelTest = (labels: AlertLabels) => boolean;

const compiled = new WeakMap<readonly Matcher[], LabelTest>();
/** Answers of one expression that are kept: labels have few values, and running an expression takes a microsecond. */
const KEPT_ANSWERS = 512;

/** The value of a label; the empty text when it is absent. */
export function labelValue(labels: AlertLabels, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}

/**
 * Makes the test of `matchers`, once for each list: the same list gives the same test. No matchers match everything.
 *
 * @param matchers as a schema or {@link readMatch} gives them
 * @throws RE2JSSyntaxException for an expression that nobody checked
 */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  let test = compiled.get(matchers);
  if (test === undefined) {
    test = compile(matchers);
    compiled.set(matchers, test);
  }
  return test;
}

/** Those of `matchers` that do not hold, in their order. */
export function failingMatchers(matchers: readonly Matcher[], labels: AlertLabels): Matcher[] {
  return matchers.filter((matcher) => !valueTest(matcher)(labelValue(labels, matcher.label)));
}

/** Whether something without any labels fulfils all of `matchers`: such a match asks for nothing in particular. */
export function matchesNothingInParticular(matchers: readonly Matcher[]): boolean {
  return compileMatchers(matchers)({});
}

function compile(matchers: readonly Matcher[]): LabelTest {
  // Comparisons are much cheaper than expressions, so they come first.
  const cost = ({ op }: Matcher): number => (op === 'equals' || op === 'not' ? 0 : 1);
  const tests = [...matchers]
    .sort((a, b) => cost(a) - cost(b))
    .map((matcher) => ({ label: matcher.label, test: valueTest(matcher) }));
  return (labels) => tests.every(({ label, test }) => test(labelValue(labels, label)));
}

function valueTest({ op, value }: Matcher): (found: string) => boolean {
  switch (op) {
    case 'equals':
      return (found) => found === value;
    case 'not':
      return (found) => found !== value;
    case 'matches':
      return expressionTest(value);
    case 'not-matches': {
      const test = expressionTest(value);
      return (found) => !test(found);
    }
  }
}

/**
 * Most expressions in rules are names with an ending left open, or lists of names. A list needs no expression, and a text
 * that does not begin as the expression does is sent away before it is run.
 */
function expressionTest(value: string): (found: string) => boolean {
  if (NAMES.test(value)) {
    const names = new Set(value.split('|'));
    return (found) => names.has(found);
  }
  const expression = RE2JS.compile(value);
  const beginning = beginningOf(value);
  const answers = new Map<string, boolean>();
  return (found) => {
    if (!found.startsWith(beginning)) {
      return false;
    }
    const known = answers.get(found);
    if (known !== undefined) {
      return known;
    }
    if (answers.size >= KEPT_ANSWERS) {
      answers.clear();
    }
    const answer = expression.matches(found);
    answers.set(found, answer);
    return answer;
  };
}

const NAMES = /^[\w-]+(\|[\w-]+)*$/;

/** What everything that matches begins with; empty where that would take more than a look. */
function beginningOf(value: string): string {
  if (value.includes('|')) {
    return '';
  }
  const [plain = ''] = /^[\w-]*/.exec(value) ?? [];
  // A sign after the last character may make it optional.
  return /^[?*{]/.test(value.slice(plain.length)) ? plain.slice(0, -1) : plain;
}
