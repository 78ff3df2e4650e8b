import { describeValue, type Problem } from '@tidewatch/core';
import type { AlertLabels } from '../labels.js';
import { labelProblem, valueProblem } from './check-matcher.js';

/** Labels that somebody gave to try routes on, or what is wrong with them. */
export type ReadLabels =
  | { readonly labels: AlertLabels; readonly problems: readonly [] }
  | { readonly labels: null; readonly problems: readonly Problem[] };

const MOST_LABELS = 64;

/** Reads `{labels: {severity: "page", service: "ranker-api"}}`: names and texts as alerts have them. */
export function readLabels(body: unknown): ReadLabels {
  const labels = isMap(body) ? body['labels'] : undefined;
  if (!isMap(labels)) {
    return refused([{ path: 'labels', message: `must be a map of texts, and is ${describeValue(labels)}` }]);
  }
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS) {
    return refused([
      { path: 'labels', message: `must be at most ${MOST_LABELS}, and are ${entries.length}` },
    ]);
  }
  const problems = entries.flatMap(([label, value]): Problem[] => {
    const message =
      labelProblem(label) ??
      (typeof value === 'string'
        ? valueProblem({ label, op: 'equals', value })
        : `must be a text, and is ${describeValue(value)}`);
    return message === null ? [] : [{ path: `labels.${label.slice(0, 80)}`, message }];
  });
  return problems.length > 0 ? refused(problems) : { labels: labels as AlertLabels, problems: [] };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(problems: readonly Problem[]): ReadLabels {
  return { labels: null, problems };
}
