import { describeValue, type Problem } from '@tidewatch/core';
import { z } from 'zod';
import { labelProblem, MOST_MATCHERS, valueProblem } from './check-matcher.js';
import type { Matcher } from './matcher.js';

/** The conditions of a map, or everything that is wrong with it; paths are relative to the map. */
export type ReadMatch =
  | { readonly matchers: readonly Matcher[]; readonly problems: readonly [] }
  | { readonly matchers: null; readonly problems: readonly PlacedProblem[] };

interface PlacedProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** The keys of a condition that is no plain text. */
const OPERATORS: Readonly<Record<string, Matcher['op']>> = {
  not: 'not',
  matches: 'matches',
  notMatches: 'not-matches',
};

/**
 * Reads the conditions that rules and requests write as a map, such as
 * `{service: ranker-api, model: {matches: "rank.*"}, severity: {not: page}}`. The map itself may be empty. `matches` and
 * `notMatches` of one label may stand together.
 */
export function readMatch(input: unknown): ReadMatch {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse({
      path: [],
      message: `must be a map of labels, such as {service: ranker-api, model: {matches: "rank.*"}}, and is ${describeValue(input)}`,
    });
  }
  const entries = Object.entries(input);
  const read = entries.map(([label, condition]) => {
    const problem = labelProblem(label);
    return problem === null ? readCondition(label, condition) : refuse({ path: [], message: problem });
  });
  const problems = read.flatMap((each) => each.problems);
  const matchers = read.flatMap((each) => each.matchers ?? []);
  if (problems.length === 0 && matchers.length > MOST_MATCHERS) {
    return refuse({
      path: [],
      message: `must have at most ${MOST_MATCHERS} conditions, and has ${matchers.length}`,
    });
  }
  return problems.length === 0 ? { matchers, problems: [] } : { matchers: null, problems };
}

function readCondition(label: string, condition: unknown): ReadMatch {
  if (typeof condition === 'string') {
    return checked({ label, op: 'equals', value: condition }, [label]);
  }
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    const quotes = typeof condition === 'number' || typeof condition === 'boolean' ? ' in quotes' : '';
    return refuse({
      path: [label],
      message: `must be a text to compare with${quotes}, or one of {not: …}, {matches: …} and {notMatches: …}, and is ${describeValue(condition)}`,
    });
  }
  const parts = Object.entries(condition);
  if (parts.length === 0) {
    return refuse({ path: [label], message: 'must have one of not, matches and notMatches' });
  }
  const read = parts.map(([key, value]): ReadMatch => {
    const op = Object.hasOwn(OPERATORS, key) ? OPERATORS[key] : undefined;
    if (op === undefined) {
      return refuse({
        path: [label, key],
        message: 'is not a known condition; there are not, matches and notMatches',
      });
    }
    return typeof value === 'string'
      ? checked({ label, op, value }, [label, key])
      : refuse({ path: [label, key], message: `must be a text, and is ${describeValue(value)}` });
  });
  const problems = read.flatMap((each) => each.problems);
  return problems.length === 0
    ? { matchers: read.flatMap((each) => each.matchers ?? []), problems: [] }
    : { matchers: null, problems };
}

function checked(matcher: Matcher, path: readonly string[]): ReadMatch {
  const message = valueProblem(matcher);
  return message === null ? { matchers: [matcher], problems: [] } : refuse({ path, message });
}

function refuse(problem: PlacedProblem): ReadMatch {
  return { matchers: null, problems: [problem] };
}

/** The map that {@link readMatch} reads, in a schema of a rule. */
export const matchSchema = z.unknown().transform((input, context): readonly Matcher[] => {
  const { matchers, problems } = readMatch(input);
  for (const { path, message } of problems) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return matchers ?? z.NEVER;
});

/** Like {@link readMatch}, with the paths as text below `path`. */
export function readMatchAt(
  input: unknown,
  path: string,
): { readonly matchers: readonly Matcher[] | null; readonly problems: Problem[] } {
  const { matchers, problems } = readMatch(input);
  return {
    matchers,
    problems: problems.map((each) => ({ path: [path, ...each.path].join('.'), message: each.message })),
  };
}
