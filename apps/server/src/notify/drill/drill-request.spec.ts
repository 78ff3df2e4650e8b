import { describe, expect, test } from '@jest/globals';
import { incidentKeyText } from '@tidewatch/alerts';
import { drillLabels, drillRequestSchema } from './drill-request.js';
import { DRILL_MOST_MS, drillSignal, isForgottenDrill } from './drill-signal.js';

const read = (body: object) => drillRequestSchema.parse(body);
const problemsOf = (body: object): string[] => {
  const read = drillRequestSchema.safeParse(body);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};

describe('a drill as it is asked for', () => {
  test('needs a severity and nothing else', () => {
    expect(read({ severity: 'page' })).toEqual({
      ...{ severity: 'page', service: '', region: '', model: '', owner: '', rule: 'drill', tier: '' },
      ...{ aspect: 'availability', labels: {}, keepMs: 0 },
    });
  });

  test('is routed by what it plays', () => {
    const request = read({
      ...{ severity: 'ticket', service: 'ranker-api', model: 'ranker', keep: '30s' },
      labels: { owner: 'ml-ranking', aspect: 'inputs', team: 'search' },
    });
    expect(request).toMatchObject({ keepMs: 30_000, labels: { team: 'search' } });
    expect(drillLabels('default', request)).toEqual({
      ...{ project: 'default', service: 'ranker-api', region: '', model: 'ranker', severity: 'ticket' },
      ...{ kind: 'Drill', rule: 'drill', tier: '', owner: 'ml-ranking', aspect: 'inputs', team: 'search' },
    });
  });

  test.each([
    [{}, 'severity must be page or ticket'],
    [{ severity: 'page', keep: '11m' }, 'keep must be a duration of at most 10m, such as 30s'],
    [
      { severity: 'page', labels: { kind: 'SLO' } },
      'labels.kind cannot be chosen: the kind of a drill is Drill',
    ],
    [
      { severity: 'page', labels: { model: 'ranker' } },
      'labels.model is given by the field of that name, and not as a label',
    ],
    [
      { severity: 'page', labels: { aspect: 'mood' } },
      expect.stringMatching(/^labels\.aspect must be one of /),
    ],
  ])('%j is refused', (body, problem) => {
    expect(problemsOf(body)).toEqual([problem]);
  });
});

describe('what a drill says', () => {
  const request = read({ severity: 'page', service: 'ranker-api', region: 'eu-1', model: 'ranker' });
  const drill = { id: '1f2e3d4c', project: 'default', by: 'ada', request };

  test('has a key that no real incident has, and the labels of what it plays', () => {
    const { signal, policy } = drillSignal(drill, 'firing', 1_000);
    expect(signal.key).toEqual({
      project: 'default',
      service: 'ranker-api',
      region: 'eu-1',
      model: 'drill-1f2e3d4c',
    });
    expect(incidentKeyText(signal.key)).not.toBe(incidentKeyText({ ...signal.key, model: 'ranker' }));
    expect(signal).toMatchObject({
      ...{ member: 'Drill/1f2e3d4c', kind: 'Drill', condition: 'firing', severity: 'page' },
      labels: { service: 'ranker-api', region: 'eu-1', model: 'ranker' },
    });
    expect(policy).toEqual({ holdMs: 0, keepFiringMs: 0, reopenWithinMs: 0 });
  });

  test('is forgotten when nobody has ended it for two hours', () => {
    const member = { kind: 'Drill', since: 1_000 } as Parameters<typeof isForgottenDrill>[0];
    expect(isForgottenDrill(member, 1_000 + DRILL_MOST_MS)).toBe(false);
    expect(isForgottenDrill(member, 1_001 + DRILL_MOST_MS)).toBe(true);
    expect(isForgottenDrill({ ...member, kind: 'SLO' }, 1_001 + DRILL_MOST_MS)).toBe(false);
  });
});
