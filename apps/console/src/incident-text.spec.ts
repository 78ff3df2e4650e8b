import { expect, test } from '@jest/globals';
import {
  canaryPlanText,
  changeRemark,
  changeText,
  deploymentText,
  leftText,
  memberState,
  standingsOf,
  timingText,
  toldText,
} from './incident-text.js';
import type { DeploymentNote, IncidentChange, IncidentMember } from './incident-view.js';
import { sampleIncident, sampleMember } from './sample-views.js';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const quiet = { kind: 'silence' as const, id: 's', reason: 'load test', until: NOON };

const change = (part: Partial<IncidentChange>): IncidentChange => ({
  ...{ kind: 'opened', sequence: 1, at: NOON, severity: 'page', member: '', by: '', text: '', told: [] },
  ...part,
});

test.each([
  ['a calm one', {}, []],
  ['a drill', { marker: 'drill' }, ['Drill']],
  [
    'one that somebody has',
    { acknowledged: { by: 'ada', at: 0 }, assignee: 'bob' },
    ['Acknowledged by ada', 'Assigned to bob'],
  ],
  ['one that is quiet', { members: [sampleMember('a', { suppressed: quiet })] }, ['Kept quiet']],
  [
    'one that is quiet in part',
    { members: [sampleMember('a', { suppressed: quiet }), sampleMember('b')] },
    ['1 of 2 rules kept quiet'],
  ],
  ['one that ended by itself', { status: 'resolved', acknowledged: { by: 'ada', at: 0 } }, ['Resolved']],
  ['one that was resolved', { status: 'resolved', resolvedBy: 'ada' }, ['Resolved by ada']],
] as const)('%s is marked so', (_name, part, labels) => {
  const incident = sampleIncident('a', part as Partial<ReturnType<typeof sampleIncident>>);
  expect(standingsOf(incident).map(({ label }) => label)).toEqual(labels);
});

test.each<[Partial<IncidentMember>, string]>([
  [{}, 'ticket, firing'],
  [{ condition: 'ok' }, 'ticket, recovering'],
  [{ condition: 'unknown' }, 'ticket, no data'],
  [{ phase: 'left', condition: 'ok' }, 'ticket, recovered'],
  [{ phase: 'dismissed' }, 'ticket, dismissed by hand'],
  [{ phase: 'pending' }, 'ticket, not for long enough yet'],
  [{ severity: 'page' }, 'page (raised from ticket), firing'],
])('a member %o is %p', (part, text) => {
  expect(memberState(sampleMember('a', part))).toBe(text);
});

test.each<[Partial<IncidentChange>, string, string]>([
  [{}, 'Opened as a page', ''],
  [{ kind: 'resolved' }, 'Resolved: every rule has been well for long enough', ''],
  [{ kind: 'resolved', by: 'ada', text: 'rolled back' }, 'ada resolved it', 'rolled back'],
  [{ kind: 'joined', member: 'SLO/a/b' }, 'SLO/a/b joined', ''],
  [{ kind: 'acknowledged', by: 'ada', text: 'on it' }, 'ada took it on', 'on it'],
  [{ kind: 'assigned', by: 'ada', text: 'bob' }, 'ada assigned it to bob', ''],
  [{ kind: 'assigned', by: 'ada' }, 'ada took the assignment away', ''],
  [{ kind: 'commented', by: 'ada', text: 'cold cache' }, 'ada commented', 'cold cache'],
  [{ kind: 'suppressed', text: 'a: silence' }, 'Was told to be quiet', 'a: silence'],
  [{ kind: 'newer-than-this-page' }, 'newer-than-this-page', ''],
])('the change %o reads as it happened', (part, text, remark) => {
  expect(changeText(change(part))).toBe(text);
  expect(changeRemark(change(part))).toBe(remark);
});

test('a change says who was told with it', () => {
  const told = (...names: string[]) =>
    change({ told: names.map((receiver) => ({ receiver, action: 'trigger', why: 'opened' })) });
  expect(toldText(told())).toBe('');
  expect(toldText(told('a'))).toBe('told a');
  expect(toldText(told('a', 'b', 'a', 'c'))).toBe('told a, b and c');
});

test('times say when and for how long', () => {
  expect(leftText(NOON + 20 * MINUTE, NOON)).toBe('20 min left');
  expect(leftText(NOON, NOON)).toBe('ends now');
  const incident = sampleIncident('a', { openedAt: NOON, generation: 3 });
  expect(timingText(incident, NOON + 5 * MINUTE, 'UTC')).toBe(
    'open since 22 Nov 12:00 (5 min), the 3rd here',
  );
  expect(timingText({ ...incident, generation: 1, resolvedAt: NOON + 90 * MINUTE }, NOON, 'UTC')).toBe(
    'was open from 22 Nov 12:00 to 22 Nov 13:30 (1 h 30 min)',
  );
});

test('deployments are told by how far they are from the opening', () => {
  const deployment: DeploymentNote = {
    ...{ deploymentId: 'd-81', kind: 'deploy', service: 'ranker-api', model: 'ranker' },
    ...{ modelVersion: '1.4.2', region: '', at: NOON - 12 * MINUTE },
  };
  expect(deploymentText(deployment, NOON)).toEqual({ when: '12 min before', what: 'ranker 1.4.2 went live' });
  const rollback = { ...deployment, kind: 'rollback', model: '', modelVersion: '', at: NOON + MINUTE };
  expect(deploymentText(rollback, NOON)).toEqual({ when: '1 min after', what: 'ranker-api was rolled back' });
});

test('a canary plan names candidate, share, hours and what ends it', () => {
  const evidence = { firstStep: '', chart: null, canaryPlan: null, sampleSet: '' };
  const canaryPlan = { candidate: '', share: 0.05, hours: 6, stopRule: 'Stop at 1 % fewer successes.' };
  expect(canaryPlanText(evidence)).toBe('');
  expect(canaryPlanText({ ...evidence, canaryPlan })).toBe(
    'Try a newly trained version on 5.0 % of the traffic for 6 hours. Stop at 1 % fewer successes.',
  );
});
