import { describe, expect, test } from '@jest/globals';
import {
  alarmMeaning,
  monitorMeaning,
  type AlarmMeaning,
  type MeaningfulRule,
  type MeaningfulVerdict,
} from './alarm-meaning.js';

const drift: MeaningfulRule = { kind: 'DriftMonitor', severity: 'ticket', features: 'all', outputs: 'all' };
const quality: MeaningfulRule = { kind: 'QualityMonitor', severity: 'page', baseline: { kind: 'fixed' } };
const performance: MeaningfulRule = {
  kind: 'PerformanceMonitor',
  severity: 'page',
  baseline: { kind: 'rolling' },
};
const concurrent: MeaningfulRule = { ...performance, baseline: { kind: 'concurrent' } };

describe('an alarm', () => {
  test.each<[string, MeaningfulRule, MeaningfulVerdict, AlarmMeaning['aspect'], AlarmMeaning['severity']]>([
    ['of an input', drift, { variable: 'age' }, 'inputs', 'ticket'],
    ['of an input named like an output', drift, { variable: 'feature:output:x' }, 'inputs', 'ticket'],
    ['of an output', drift, { variable: 'output:score' }, 'outputs', 'ticket'],
    ['of labels', drift, { variable: 'truth:label' }, 'inputs', 'ticket'],
    ['of vectors', { ...drift, kind: 'EmbeddingMonitor' }, {}, 'inputs', 'ticket'],
    ['of a metric', performance, { against: 'baseline', variable: '' }, 'accuracy', 'ticket'],
    ['of a limit', concurrent, { against: 'limit', variable: '' }, 'accuracy', 'ticket'],
    ['of a candidate', concurrent, { against: 'baseline', variable: '' }, 'canary', 'page'],
    ['of paired variants', performance, { against: 'paired', variable: '' }, 'canary', 'page'],
    [
      'of paired variants in a ticket rule',
      { ...performance, severity: 'ticket' },
      { against: 'paired' },
      'canary',
      'ticket',
    ],
    ['of malformed inputs', quality, { check: 'missing', variable: 'age' }, 'data-quality', 'ticket'],
    ['of volume', quality, { check: 'volume', variable: '' }, 'data-quality', 'ticket'],
    ['of missing outputs', quality, { check: 'missing', variable: 'output:score' }, 'outputs', 'ticket'],
    ['of collapsed outputs', quality, { check: 'collapse', variable: 'output:score' }, 'outputs', 'page'],
  ])('%s', (_, rule, verdict, aspect, severity) => {
    expect(alarmMeaning(rule, verdict)).toEqual({ aspect, severity });
  });
});

describe('a monitor', () => {
  test('means what is nearest to users among its alarms, and what may page before all', () => {
    expect(monitorMeaning(drift, [{ variable: 'age' }, { variable: 'output:score' }])).toEqual({
      aspect: 'outputs',
      severity: 'ticket',
    });
    expect(
      monitorMeaning(quality, [
        { check: 'volume' },
        { check: 'missing', variable: 'output:label' },
        { check: 'collapse', variable: 'output:score' },
      ]),
    ).toEqual({ aspect: 'outputs', severity: 'page' });
    expect(monitorMeaning(performance, [{ against: 'limit' }, { against: 'paired' }]).aspect).toBe('canary');
  });

  test.each<[MeaningfulRule, AlarmMeaning['aspect']]>([
    [drift, 'inputs'],
    [{ ...drift, features: 'none' }, 'outputs'],
    [{ ...drift, features: 'none', outputs: 'none' }, 'inputs'],
    [quality, 'data-quality'],
    [performance, 'accuracy'],
    [concurrent, 'canary'],
  ])('without alarms means what it looks at: %j', (rule, aspect) => {
    expect(monitorMeaning(rule, [])).toEqual({ aspect, severity: rule.severity });
  });
});
