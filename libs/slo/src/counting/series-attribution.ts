import { RE2JS } from 're2js';
import type { LabelMatcher, MetricSelector } from '../metric-selector.js';

/** Tells whether a series has the labels asked for. `labelOf` yields `''` for a label that the series lacks. */
export type SeriesTest = (labelOf: (label: string) => string) => boolean;

/**
 * Makes a test of a selector's label conditions, with its regular expressions compiled once.
 *
 * Expressions are RE2, run by an automaton in linear time: label values come from whoever sends telemetry.
 *
 * @throws RE2JSSyntaxException for an expression that is not RE2; documents are checked before they come here
 */
export function seriesTest(match: readonly LabelMatcher[]): SeriesTest {
  const tests = match.map(matcherTest);
  return (labelOf) => tests.every((test) => test(labelOf));
}

/** Whether the series of `metric` with `labels` is among those that `selector` stands for. */
export function matchesSelector(
  selector: MetricSelector,
  metric: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  return selector.metric === metric && seriesTest(selector.match)((label) => labels[label] ?? '');
}

function matcherTest({ label, op, value }: LabelMatcher): SeriesTest {
  switch (op) {
    case '=':
      return (labelOf) => labelOf(label) === value;
    case '!=':
      return (labelOf) => labelOf(label) !== value;
    case '=~': {
      const expression = RE2JS.compile(value);
      return (labelOf) => expression.matches(labelOf(label));
    }
    case '!~': {
      const expression = RE2JS.compile(value);
      return (labelOf) => !expression.matches(labelOf(label));
    }
  }
}
