import { expect, test } from '@jest/globals';
import type { Sli } from '@tidewatch/slo';
import { sloAspect } from './slo-aspect.js';

const total = { metric: 'n', match: [] };
const ratio: Sli = { kind: 'ratio', good: null, bad: total, total };
const predictions = (labelDelayMs: number): Sli => ({
  kind: 'predictions',
  total: [],
  good: [],
  bad: null,
  labelDelayMs,
});
const mean = (labelDelayMs: number): Sli => ({
  kind: 'sample-mean',
  samples: [],
  field: 'correct',
  of: { samples: 100 },
  labelDelayMs,
  op: 'gte',
  threshold: 0.9,
});
const verdicts = (monitor: string): Sli => ({ kind: 'verdicts', monitor, subject: '' });
const KINDS: Readonly<Record<string, string>> = {
  p: 'PerformanceMonitor',
  q: 'QualityMonitor',
  d: 'DriftMonitor',
  e: 'EmbeddingMonitor',
};

test.each<[string, Sli[], string]>([
  ['requests', [ratio], 'availability'],
  ['latency of predictions', [predictions(0)], 'availability'],
  ['predictions with labels', [predictions(1)], 'accuracy'],
  ['the mean of a score', [mean(0)], 'availability'],
  ['the mean of what was right', [mean(1)], 'accuracy'],
  ['verdicts on accuracy', [verdicts('p')], 'accuracy'],
  ['verdicts on data', [verdicts('q')], 'data-quality'],
  ['verdicts on drift', [verdicts('d')], 'inputs'],
  ['verdicts on vectors', [verdicts('e')], 'inputs'],
  ['verdicts of nobody', [verdicts('gone')], 'availability'],
  ['accuracy twice', [predictions(1), verdicts('p')], 'accuracy'],
  ['accuracy and requests', [predictions(1), ratio], 'availability'],
])('an SLO over %s', (_, slis, aspect) => {
  const members = slis.map((sli) => ({ name: '', sli, target: 0.9, weight: 1 }));
  expect(sloAspect({ members }, (name) => KINDS[name])).toBe(aspect);
});
