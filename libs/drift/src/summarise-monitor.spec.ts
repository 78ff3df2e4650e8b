import { describe, expect, test } from '@jest/globals';
import type { DriftState, DriftVerdict } from './drift-verdict.js';
import { summariseMonitor } from './summarise-monitor.js';

const verdict = (feature: string, state: DriftState, statistic: number | null = null): DriftVerdict => ({
  feature,
  state,
  reason: `The reason of ${feature}.`,
  n: 500,
  m: 500,
  statistic,
  statisticLow: null,
  statisticHigh: null,
  pValue: null,
  alpha: 1e-5,
  minimumEffect: 0.03,
  method: 'ks/exact',
  baseline: 'training',
  baselineVersion: 1,
  window: { from: 0, to: 1 },
});

describe('summariseMonitor', () => {
  test.each<{ name: string; states: DriftState[]; state: DriftState }>([
    { name: 'an alarm outranks everything', states: ['ok', 'error', 'watch', 'alarm'], state: 'alarm' },
    { name: 'an error outranks a watch', states: ['ok', 'watch', 'error'], state: 'error' },
    { name: 'a watch outranks ok', states: ['ok', 'watch', 'not-enough-data'], state: 'watch' },
    {
      name: 'a feature without data does not silence the others',
      states: ['not-enough-data', 'ok'],
      state: 'ok',
    },
    { name: 'no data at all', states: ['not-enough-data', 'not-enough-data'], state: 'not-enough-data' },
    { name: 'no features', states: [], state: 'not-enough-data' },
  ])('$name', ({ states, state }) => {
    expect(summariseMonitor(states.map((each, i) => verdict(`f${i}`, each, 0.1))).state).toBe(state);
  });

  test('a ticket names the drifted features, largest effect first, and the evidence for the largest', () => {
    const verdicts = [
      verdict('country', 'alarm', 0.12),
      verdict('age', 'alarm', 0.31),
      verdict('height', 'ok', 0.5),
      verdict('weight', 'not-enough-data'),
    ];
    expect(summariseMonitor(verdicts)).toEqual({
      state: 'alarm',
      headline: '2 of 4 features drifted: age (0.31) and country (0.12).',
      reason:
        '2 of 4 features drifted: age (0.31) and country (0.12). The largest: The reason of age. ' +
        'For lack of data 1 feature could not be judged.',
      top: ['age', 'country'],
    });
  });

  test('at most five features are named, ties by name', () => {
    const verdicts = ['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((name) => verdict(name, 'alarm', 0.2));
    const { reason, top } = summariseMonitor(verdicts);
    expect(top).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(reason).toContain('a (0.2), b (0.2), c (0.2), d (0.2), e (0.2) and 2 more.');
  });

  test.each<{ verdicts: DriftVerdict[]; reason: string; top: string[] }>([
    { verdicts: [verdict('age', 'alarm', 0.3)], reason: 'The reason of age.', top: ['age'] },
    { verdicts: [verdict('age', 'not-enough-data')], reason: 'The reason of age.', top: [] },
    {
      verdicts: [verdict('a', 'ok', 0), verdict('b', 'ok', 0)],
      reason: '2 of 2 features show no drift.',
      top: [],
    },
    {
      verdicts: [verdict('a', 'not-enough-data'), verdict('b', 'not-enough-data')],
      reason: 'None of 2 features could be judged for lack of data. The reason of a.',
      top: [],
    },
    {
      verdicts: [verdict('a', 'error'), verdict('b', 'ok', 0)],
      reason: '1 of 2 features could not be judged because of an error: a. The first: The reason of a.',
      top: ['a'],
    },
    { verdicts: [], reason: 'The window holds no numeric features to judge.', top: [] },
  ])('says: $reason', ({ verdicts, reason, top }) => {
    expect(summariseMonitor(verdicts)).toMatchObject({ reason, top });
  });

  test('leaves the verdicts in their order', () => {
    const verdicts = [verdict('b', 'alarm', 0.1), verdict('a', 'alarm', 0.2)];
    summariseMonitor(verdicts);
    expect(verdicts.map(({ feature }) => feature)).toEqual(['b', 'a']);
  });
});
