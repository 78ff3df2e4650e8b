import { describe, expect, test } from '@jest/globals';
import { samplingSchema } from './sampling-rule.js';

function problems(spec: Record<string, unknown>): string[] {
  const result = samplingSchema.safeParse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Sampling',
    metadata: { name: 'thin' },
    spec,
  });
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('a rule has defaults for everything but its signal and its share', () => {
  expect(
    samplingSchema.parse({
      apiVersion: 'tidewatch.dev/v1',
      kind: 'Sampling',
      metadata: { name: 'thin' },
      spec: { signal: 'logs', keep: 0.5, match: { service: 'a' } },
    }),
  ).toEqual({
    kind: 'Sampling',
    name: 'thin',
    owner: '',
    runbook: '',
    labels: {},
    signal: 'logs',
    match: { service: ['a'] },
    keep: 0.5,
    alwaysKeep: { errors: true, slowerThanMs: null, severityNumber: 17 },
  });
});

describe('a rule is refused', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ signal: 'metrics', keep: 0.5 }, 'spec.signal: must be one of traces, logs, predictions'],
    [{ signal: 'traces' }, 'spec.keep: must be a share from 0 to 1'],
    [{ signal: 'traces', keep: 10 }, 'spec.keep: must be a share from 0 to 1'],
    [{ signal: 'traces', keep: 1e-9 }, 'spec.keep: must be 0 or at least 0.000001'],
    [
      { signal: 'traces', keep: 0.5, match: { model: 'a' } },
      'spec.match.model: is no label of traces; they are told apart by service, name',
    ],
    [
      { signal: 'traces', keep: 0.5, alwaysKeep: { severity: 'WARN' } },
      'spec.alwaysKeep.severity: means nothing for traces: they have no severity',
    ],
    [
      { signal: 'logs', keep: 0.5, alwaysKeep: { slowerThan: '1s' } },
      'spec.alwaysKeep.slowerThan: means nothing for logs: they have no duration',
    ],
    [
      { signal: 'traces', keep: 0.5, alwaysKeep: { slowerThan: 'long' } },
      'spec.alwaysKeep.slowerThan: must be a duration above 0 such as 500ms, and is "long"',
    ],
    [{ signal: 'traces', keep: 0.5, kep: 1 }, 'spec: Unrecognized key: "kep"'],
  ])('%j', (spec, problem) => {
    expect(problems(spec)).toEqual([problem]);
  });
});
