import { describe, expect, test } from '@jest/globals';
import {
  INTENT_REASONS,
  type IncidentState,
  type IntentReason,
  type NotificationIntent,
} from '@tidewatch/alerts';
import { incidentState, memberState, OPENED_AT } from '../../../../test/harness/incident-state.js';
import { NO_CONTEXT, type DeploymentNote, type Notification } from '../channel.js';
import { composeMessage, headlineOf, MOST_FACTS, MOST_MEMBERS } from '../message.js';

const START = OPENED_AT;
const MINUTE = 60_000;

interface Parts {
  readonly intent?: Partial<NotificationIntent>;
  readonly incident?: Partial<IncidentState>;
  readonly context?: Partial<Notification['context']>;
  readonly attemptAt?: number;
}

function notification({ intent, incident, context, attemptAt }: Parts = {}): Notification {
  return {
    intent: {
      id: 'i:1:r',
      incidentId: 'i',
      sequence: 1,
      receiver: 'r',
      action: 'trigger',
      reason: 'opened',
      severity: 'page',
      dedupKey: 'd',
      notBefore: START,
      explanation: [],
      destination: '{}',
      by: '',
      text: '',
      ...intent,
    },
    incident: incidentState(incident),
    context: { ...NO_CONTEXT, ...context },
    attemptAt: attemptAt ?? START + 12 * MINUTE,
    ref: null,
    uncertain: false,
  };
}

const compose = (parts: Parts = {}) => composeMessage(notification(parts));
const quiet = { kind: 'silence' as const, id: 's', reason: 'silenced', until: START };
const acknowledged = { by: 'ada', at: START + 9 * MINUTE };

describe('the label', () => {
  test.each<[string, Parts]>([
    ['PAGE', {}],
    ['TICKET', { intent: { severity: 'ticket' } }],
    ['RESOLVED', { intent: { action: 'resolve', reason: 'resolved' } }],
    ['ACKNOWLEDGED', { intent: { action: 'acknowledge', reason: 'acknowledged' } }],
    ['ACKNOWLEDGED', { intent: { action: 'update', reason: 'commented' }, incident: { acknowledged } }],
    ['PAGE', { intent: { action: 'update', reason: 'escalated' }, incident: { acknowledged } }],
    ['PAGE', { intent: { action: 'update', reason: 'changed' } }],
    ['DRILL PAGE', { incident: { marker: 'drill' } }],
    ['DRILL RESOLVED', { intent: { action: 'resolve', reason: 'resolved' }, incident: { marker: 'drill' } }],
  ])('%s', (label, parts) => {
    expect(compose(parts).label).toBe(label);
  });
});

describe('the news', () => {
  test.each<[IntentReason, string, Parts['intent'], Parts['incident']]>([
    ['opened', '', {}, {}],
    ['reopened', 'It is open again.', {}, {}],
    ['escalated', 'It is a page now.', {}, {}],
    ['deescalated', 'It is a ticket now.', { severity: 'ticket' }, {}],
    ['changed', 'What fires has changed.', {}, {}],
    ['changed', 'Changed by bob. Takes over.', { by: 'bob', text: 'Takes over' }, {}],
    ['acknowledged', 'Acknowledged by ada.', { by: 'ada' }, {}],
    ['acknowledged', 'Acknowledged.', {}, {}],
    ['commented', 'ada says: Rolling back.', { by: 'ada', text: 'Rolling back.' }, {}],
    ['repeated', 'It still fires after 12 min.', {}, {}],
    ['suppression-ended', 'What kept it quiet is over, and it still fires.', {}, {}],
    ['not-acknowledged', 'Nobody has acknowledged it for 12 min.', {}, {}],
    ['still-firing', 'It has been firing for 12 min. It is a page now.', {}, { raisedTo: 'page' }],
    [
      'fallback',
      'The receiver that should have been told could not be reached; this one is told in its place.',
      {},
      {},
    ],
    ['resolved', 'No rule fires any more.', {}, {}],
    ['resolved-by-hand', 'Resolved by ada. False alarm.', { by: 'ada', text: 'False alarm' }, {}],
  ])('of %s: "%s"', (reason, news, intent, incident) => {
    expect(compose({ intent: { ...intent, reason }, incident: { ...incident } }).news).toBe(news);
  });

  test('of every reason but the opening is a sentence', () => {
    for (const reason of INTENT_REASONS.filter((each) => each !== 'opened')) {
      expect(compose({ intent: { reason, by: 'ada', text: 'so' } }).news).toMatch(/\S/);
    }
  });
});

describe('who has it', () => {
  test.each<[string, Parts['incident']]>([
    ['', {}],
    ['Acknowledged by ada 3 min ago.', { acknowledged }],
    ['Assigned to bob.', { assignee: 'bob' }],
    ['Acknowledged by ada 3 min ago. Assigned to bob.', { acknowledged, assignee: 'bob' }],
  ])('"%s"', (ownership, incident) => {
    expect(compose({ incident: { ...incident } }).ownership).toBe(ownership);
  });

  test('is not said of what is over', () => {
    expect(
      compose({ intent: { action: 'resolve', reason: 'resolved' }, incident: { acknowledged } }),
    ).toMatchObject({
      ownership: '',
      firstAction: '',
      canaryPlan: '',
    });
  });
});

describe('the members', () => {
  const members = {
    drift: memberState({ severity: 'ticket', summary: 'inputs drift', since: START - 1 }),
    burn: memberState({ summary: 'the budget burns' }),
    silenced: memberState({ summary: 'not to be told', suppressed: quiet, since: START - 9 }),
    pending: memberState({ summary: 'not yet', phase: 'pending' }),
    left: memberState({ summary: 'over', phase: 'left' }),
  };

  test('that fire are shown, most severe first, and suppressed ones are not', () => {
    const message = compose({ incident: { members, summary: 'not to be told (+2 more)' } });
    expect(message.members.map(({ name }) => name)).toEqual(['burn', 'drift']);
    expect(message.summary).toBe('the budget burns (+1 more)');
    expect(JSON.stringify(message)).not.toContain('not to be told');
  });

  test('that took part are in a resolve, with what the incident was', () => {
    const message = compose({
      intent: { action: 'resolve', reason: 'resolved' },
      incident: { members, summary: 'the budget burned', status: 'resolved', resolvedAt: START + 5 * MINUTE },
    });
    expect(message.members.map(({ name }) => name)).toEqual(['burn', 'left', 'drift']);
    expect(message.summary).toBe('Was: the budget burned');
    expect(message.timing).toBe('Open from 2026-11-22 10:00:00 UTC to 2026-11-22 10:05:00 UTC (5m).');
  });

  test('are bounded, and so is everything else', () => {
    const long = `${'x'.repeat(5_000)}\u0000\u202e\n`;
    const facts = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${long}`, long]));
    const evidence = {
      firstStep: long,
      chart: null,
      canaryPlan: { candidate: long, share: 1 / 3, hours: 1 / 3, stopRule: long },
      sampleSet: long,
    };
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `${index}${long}`,
        memberState({
          summary: long,
          facts,
          evidence,
          owner: long,
          runbook: `https://r.example.com/${long}`,
        }),
      ]),
    );
    const message = compose({
      intent: { by: long, text: long, reason: 'commented' },
      incident: {
        members: many,
        key: { project: long, service: long, region: long, model: long },
        deploymentId: long,
        assignee: long,
        acknowledged: { by: long, at: START },
      },
      context: {
        links: { console: `https://c.example.com/${long}`, grafana: long, traces: '' },
        deployments: Array.from({ length: 9 }, () => note({ deploymentId: long, modelVersion: long })),
      },
    });
    expect(message.members).toHaveLength(MOST_MEMBERS);
    expect(message.membersLeftOut).toBe(30);
    expect(message.members[0]?.facts).toHaveLength(MOST_FACTS);
    expect(message).toMatchObject({ runbook: '', console: '', grafana: '', traces: '' });
    expect(JSON.stringify(message).length).toBeLessThan(60_000);
    expect(JSON.stringify({ ...message, members: [] }).length).toBeLessThan(8_000);
    expect(JSON.stringify(message)).not.toMatch(/\\u0000|\u202e/);
  });

  test('without a word still make a message', () => {
    expect(compose({ incident: { members: {}, summary: '' } })).toMatchObject({
      summary: 'a rule fires and gave no description',
      members: [],
      firstAction: 'First: open the console of Tidewatch. The rule names no runbook.',
    });
  });
});

function note(part: Partial<DeploymentNote> = {}): DeploymentNote {
  return {
    deploymentId: 'd-81',
    kind: 'deploy',
    service: 'ranker-api',
    model: 'ranker',
    modelVersion: '1.4.2',
    region: 'eu-1',
    at: START - 12 * MINUTE,
    ...part,
  };
}

describe('deployments', () => {
  test.each<[string, Partial<DeploymentNote>]>([
    ['12 min before: ranker 1.4.2 deployed (d-81)', {}],
    ['3 h before: ranker 1.4.2 rolled back (d-81)', { at: START - 190 * MINUTE, kind: 'rollback' }],
    ['4 d after: ranker 1.4.2 deployed in us-2 (d-81)', { at: START + 4 * 1_440 * MINUTE, region: 'us-2' }],
    ['at that moment: ranker-api deployed', { at: START + 9, model: '', modelVersion: '', deploymentId: '' }],
    ['40 s after: ranker 1.4.2 failed to load (d-81)', { at: START + 40_500, kind: 'load_failed' }],
    ['12 min before: ranker 1.4.2 got another share of the traffic (d-81)', { kind: 'traffic' }],
  ])('%s', (line, part) => {
    expect(compose({ context: { deployments: [note(part)] } }).deployments).toEqual([line]);
  });

  test('tell version and deployment where the incident does not', () => {
    const deployments = [
      note({ at: START + MINUTE, modelVersion: '1.4.3', deploymentId: 'd-82' }),
      note({ kind: 'traffic', at: START - MINUTE, modelVersion: '1.4.1', deploymentId: 'd-80' }),
      note(),
    ];
    expect(compose({ context: { deployments } }).place).toEqual([
      ['Service', 'ranker-api'],
      ['Region', 'eu-1'],
      ['Model', 'ranker'],
      ['Version', '1.4.2'],
      ['Deployment', 'd-81'],
      ['Owner', 'sre'],
    ]);
    expect(compose({ context: { deployments }, incident: { deploymentId: 'd-82' } }).place).toEqual(
      expect.arrayContaining([
        ['Version', '1.4.3'],
        ['Deployment', 'd-82'],
      ]),
    );
  });
});

describe('what to do first', () => {
  const runbook = 'https://r.example.com/burn';
  const withStep = (firstStep: string, address: string) => ({
    members: {
      a: memberState({
        runbook: address,
        evidence: { firstStep, chart: null, canaryPlan: null, sampleSet: '' },
      }),
    },
  });
  test.each<[string, Parts]>([
    [`First: roll back. Runbook: ${runbook}`, { incident: withStep('roll back', runbook) }],
    ['First: roll back!', { incident: withStep('roll back!', 'javascript:alert(1)') }],
    [`First: follow the runbook ${runbook}`, { incident: withStep('', runbook) }],
    [
      'First: look at https://t.example.com/#incident-i (the rule names no runbook).',
      { context: { links: { console: 'https://t.example.com/#incident-i', grafana: '', traces: '' } } },
    ],
  ])('%s', (line, parts) => {
    expect(compose(parts).firstAction).toBe(line);
  });

  test('a plan and its samples are told although another member leads', () => {
    const plan = { candidate: '1.5.0', share: 0.05, hours: 24, stopRule: 'Stop when it harms' };
    const members = {
      burn: memberState(),
      drift: memberState({
        severity: 'ticket',
        evidence: { firstStep: '', chart: null, canaryPlan: plan, sampleSet: 'ranker, 10:00 to 11:00 UTC' },
      }),
    };
    expect(compose({ incident: { members } })).toMatchObject({
      canaryPlan: 'Give version 1.5.0 5 % of the traffic for 24 h. Stop when it harms.',
      sampleSet: 'ranker, 10:00 to 11:00 UTC',
    });
  });

  test('a plan without a candidate begins with training one', () => {
    const plan = { candidate: '', share: 0.1, hours: 72, stopRule: '' };
    const evidence = { firstStep: '', chart: null, canaryPlan: plan, sampleSet: '' };
    expect(compose({ incident: { members: { drift: memberState({ evidence }) } } }).canaryPlan).toBe(
      'Train a version on samples from after the change and give it 10 % of the traffic for 3 d.',
    );
  });
});

test('the headline is one line', () => {
  const message = compose({ incident: { members: { a: memberState({ summary: 'one\ntwo' }) } } });
  expect(headlineOf(message)).toBe('ranker-api, eu-1, model ranker: one two');
});
