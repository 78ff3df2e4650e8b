import { labelProblem, MOST_MATCHERS, valueProblem } from './check-matcher.js';
import type { Matcher } from './matcher.js';

/** Matchers that were read from text, or what is wrong with the text. */
export type ParsedMatchers = { readonly matchers: readonly Matcher[] } | { readonly problem: string };

const SIGNS: Readonly<Record<Matcher['op'], string>> = {
  equals: '=',
  not: '!=',
  matches: '=~',
  'not-matches': '!~',
};
const OPERATORS = new Map(Object.entries(SIGNS).map(([op, sign]) => [sign, op as Matcher['op']]));

/** Name, operator, and a value in quotes or up to the next blank or comma. */
const CONDITION = /([^\s,=!~"]+)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))(?=[\s,]|$)/uy;
const BETWEEN = /[\s,]*/y;
/** Values that need no quotes. */
const PLAIN = /^[A-Za-z0-9_.:/@+-]+$/;

/**
 * Reads conditions as people type them: `service=ranker-api model=~"rank.*" severity!=page team!~"ml-.*"`, with blanks or
 * commas between them. In quotes `\"` is a quote and `\\` a backslash; before anything else a backslash stands for itself,
 * so that expressions need no more of them than elsewhere.
 */
export function parseMatchers(text: string): ParsedMatchers {
  const matchers: Matcher[] = [];
  let at = skipped(text, 0);
  while (at < text.length) {
    CONDITION.lastIndex = at;
    const found = CONDITION.exec(text);
    if (found === null) {
      return {
        problem: `cannot be read from ${JSON.stringify(text.slice(at, at + 40))} on; conditions look like service=ranker-api model=~"rank.*" severity!=page team!~"ml-.*"`,
      };
    }
    const [, label = '', sign = '', quoted, plain = ''] = found;
    const op = OPERATORS.get(sign) ?? 'equals';
    const value = quoted === undefined ? plain : quoted.replace(/\\(["\\])/g, '$1');
    const matcher: Matcher = { label, op, value };
    const problem = labelProblem(label) ?? placed(label, valueProblem(matcher)) ?? clash(matchers, matcher);
    if (problem !== null) {
      return { problem };
    }
    matchers.push(matcher);
    at = skipped(text, CONDITION.lastIndex);
  }
  return matchers.length > MOST_MATCHERS
    ? { problem: `has ${matchers.length} conditions; at most ${MOST_MATCHERS} are possible` }
    : { matchers };
}

/** Writes matchers so that {@link parseMatchers} reads the same again; `everything` when there are none. */
export function matchersText(matchers: readonly Matcher[]): string {
  return matchers.length === 0 ? 'everything' : matchers.map(matcherText).join(' ');
}

/** The map that stands for `matchers` in a rule or a request. */
export function matchOf(matchers: readonly Matcher[]): Record<string, string | Record<string, string>> {
  const labels = new Map<string, string | Record<string, string>>();
  for (const { label, op, value } of matchers) {
    const before = labels.get(label);
    const others = typeof before === 'object' ? before : {};
    switch (op) {
      case 'equals':
        labels.set(label, value);
        break;
      case 'not':
        labels.set(label, { ...others, not: value });
        break;
      case 'matches':
        labels.set(label, { ...others, matches: value });
        break;
      case 'not-matches':
        labels.set(label, { ...others, notMatches: value });
        break;
    }
  }
  return Object.fromEntries(labels);
}

function matcherText({ label, op, value }: Matcher): string {
  const isPlain = (op === 'equals' || op === 'not') && PLAIN.test(value);
  // A backslash stands for itself unless a quote, another backslash or the end follows.
  const quoted = `"${value.replace(/\\(?=["\\]|$)|"/g, '\\$&')}"`;
  return `${label}${SIGNS[op]}${isPlain ? value : quoted}`;
}

function skipped(text: string, at: number): number {
  BETWEEN.lastIndex = at;
  BETWEEN.exec(text);
  return BETWEEN.lastIndex;
}

function placed(label: string, problem: string | null): string | null {
  return problem === null ? null : `${label} ${problem}`;
}

/** A map has one text for a label and one condition of each other kind; more cannot be sent, and would say nothing new. */
function clash(matchers: readonly Matcher[], next: Matcher): string | null {
  const same = matchers.filter(({ label }) => label === next.label);
  if (same.some(({ op }) => op === next.op)) {
    const sign = next.op === 'equals' || next.op === 'matches' ? '=~' : '!~';
    return `${next.label} has two conditions with ${SIGNS[next.op]}; write them as one, such as ${next.label}${sign}"a|b"`;
  }
  return same.length > 0 && [next, ...same].some(({ op }) => op === 'equals')
    ? `${next.label} is compared with a text, and has another condition besides; the text alone decides`
    : null;
}
