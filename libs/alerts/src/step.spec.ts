import { describe, expect, test } from '@jest/globals';
import { isAppError } from '@tidewatch/core';
import { KEY, MINUTE, receiver, Replay, SECOND, signal, START } from '../fixtures/signals.js';
import { incidentId } from './incident-key.js';
import type { AlertPolicy } from './policy.js';
import { policyFor } from './policy.js';
import { readIncidentState } from './read-state.js';
import { NO_EVIDENCE } from './signal.js';
import { step } from './step.js';

const page = { tier: 'page-fast', severity: 'page' } as const;
const slow = { tier: 'page-slow', severity: 'page' } as const;
const ticket = { tier: 'ticket-slow', severity: 'ticket' } as const;
const HOLD: Partial<AlertPolicy> = { holdMs: 2 * MINUTE, keepFiringMs: 5 * MINUTE };
const NO_HOLD: Partial<AlertPolicy> = { holdMs: 0, keepFiringMs: 5 * MINUTE };

describe('state of an incident', () => {
  test('an opened incident carries its key, identity, deployment and the numbers of its member', () => {
    const replay = new Replay();
    const { state, changes } = replay.feed(START, {
      summary: 'burns 20 times too fast',
      facts: { burn: '20' },
    });
    expect(changes).toEqual([
      {
        kind: 'opened',
        incidentId: incidentId(KEY, 1),
        sequence: 1,
        at: START,
        member: 'SLO/availability/page-fast',
        severity: 'page',
        by: '',
        text: '',
      },
    ]);
    expect(state).toEqual({
      id: incidentId(KEY, 1),
      key: KEY,
      generation: 1,
      sequence: 1,
      status: 'open',
      severity: 'page',
      openedAt: START,
      updatedAt: START,
      resolvedAt: null,
      resolvedSequence: 0,
      resolvedBy: '',
      deploymentId: 'd-81',
      members: {
        'SLO/availability/page-fast': {
          kind: 'SLO',
          rule: 'availability',
          tier: 'page-fast',
          severity: 'page',
          ownSeverity: 'page',
          lowerSince: null,
          keepSeverityMs: 5 * MINUTE,
          aspect: 'availability',
          raisedBy: [],
          labels: {},
          suppressed: null,
          evidence: NO_EVIDENCE,
          owner: 'sre',
          runbook: 'https://runbooks.example.com/availability',
          phase: 'firing',
          condition: 'firing',
          since: START,
          okSince: null,
          leftAt: null,
          signalledAt: START,
          summary: 'burns 20 times too fast',
          facts: { burn: '20' },
        },
      },
      opened: [
        {
          receiver: 'pager',
          severity: 'page',
          sequence: 1,
          openedAt: START,
          heardAt: START,
          destination: receiver('pager').destination,
          newsSince: null,
          news: 'changed',
        },
      ],
      escalations: [],
      raisedTo: null,
      acknowledged: null,
      assignee: '',
      comments: [],
      marker: '',
      summary: 'burns 20 times too fast',
    });
  });

  test('an incident that was held opens with the time and the deployment of its opening', () => {
    const replay = new Replay(undefined, HOLD);
    replay.feed(START, { deploymentId: 'd-1' });
    const { state } = replay.feed(START + 2 * MINUTE, { deploymentId: 'd-2' });
    expect(state).toMatchObject({ openedAt: START + 2 * MINUTE, deploymentId: 'd-2', sequence: 1 });
    expect(state?.members['SLO/availability/page-fast']?.since).toBe(START);
  });

  test('a re-opened incident keeps id, generation and opening time, and counts on', () => {
    const replay = new Replay(undefined, NO_HOLD);
    const first = replay.feed(START).state;
    replay.feed(START + MINUTE, { condition: 'ok' });
    expect(replay.feed(START + 6 * MINUTE, { condition: 'ok' }).state).toMatchObject({
      resolvedAt: START + 6 * MINUTE,
      resolvedSequence: 2,
      severity: 'page',
      opened: [],
    });
    const { state } = replay.feed(START + 7 * MINUTE, { deploymentId: 'd-99' });
    expect(state).toMatchObject({
      id: first?.id,
      generation: 1,
      sequence: 3,
      openedAt: START,
      resolvedAt: null,
      deploymentId: 'd-81',
    });
  });

  test('a later incident has the next generation, another id, and none of the members that have left', () => {
    const replay = new Replay(undefined, NO_HOLD);
    replay.feed(START);
    replay.feed(START + MINUTE, { condition: 'ok' });
    replay.feed(START + 6 * MINUTE, { condition: 'ok' });
    const { state } = replay.feed(START + 60 * MINUTE, ticket);
    expect(state).toMatchObject({
      id: incidentId(KEY, 2),
      generation: 2,
      sequence: 1,
      resolvedSequence: 0,
      severity: 'ticket',
    });
    expect(Object.keys(state?.members ?? {})).toEqual(['SLO/availability/ticket-slow']);
  });

  test('a hold broken off long after a resolve does not lose count of generations', () => {
    const replay = new Replay(undefined, HOLD);
    replay.feed(START, {}, NO_HOLD);
    replay.feed(START + MINUTE, { condition: 'ok' });
    replay.feed(START + 6 * MINUTE, { condition: 'ok' });
    replay.feed(START + 60 * MINUTE);
    expect(replay.feed(START + 61 * MINUTE, { condition: 'ok' }).state).toMatchObject({
      status: 'resolved',
      generation: 1,
    });
    replay.feed(START + 62 * MINUTE);
    expect(replay.feed(START + 64 * MINUTE).state).toMatchObject({ status: 'open', generation: 2 });
  });

  test('the longest-firing member of the highest severity leads the summary', () => {
    const replay = new Replay();
    replay.feed(START, { ...ticket, summary: 'budget leaks' });
    expect(replay.state?.summary).toBe('budget leaks');
    replay.feed(START + SECOND, { ...page, summary: 'budget burns' });
    expect(replay.state?.summary).toBe('budget burns (+1 more)');
    replay.feed(START + 2 * SECOND, { ...slow, summary: 'budget smoulders' });
    expect(replay.state?.summary).toBe('budget burns (+2 more)');
    replay.feed(START + 3 * SECOND, { ...page, summary: 'budget burns faster' });
    expect(replay.state?.summary).toBe('budget burns faster (+2 more)');
  });

  test('an ok signal does not overwrite what was wrong', () => {
    const replay = new Replay(undefined, NO_HOLD);
    replay.feed(START, { summary: 'burn 20', facts: { burn: '20' } });
    replay.feed(START + MINUTE, { condition: 'ok', summary: 'burn 0', facts: { burn: '0' } });
    const { state } = replay.feed(START + 6 * MINUTE, {
      condition: 'ok',
      summary: 'burn 0',
      facts: { burn: '0' },
    });
    expect(state?.summary).toBe('burn 20');
    expect(state?.members['SLO/availability/page-fast']).toMatchObject({
      summary: 'burn 20',
      facts: { burn: '20' },
      phase: 'left',
      condition: 'ok',
      leftAt: START + 6 * MINUTE,
    });
  });

  test('a rule edited from ticket to page escalates its incident', () => {
    const replay = new Replay();
    replay.feed(START, { ...ticket, member: 'SLO/availability/slow' });
    replay.feed(START + MINUTE, { ...ticket, member: 'SLO/availability/slow', severity: 'page' });
    expect(replay.story).toEqual(['opened trigger:tickets', 'escalated trigger:pager']);
  });

  test('a page falls to a ticket after the keep-firing time of the page, not of the ticket that it says meanwhile', () => {
    const levels = { member: 'MetricMonitor/errors', kind: 'MetricMonitor', rule: 'errors', tier: '' };
    const fallen = (ofPage: Partial<AlertPolicy>): number => {
      const replay = new Replay();
      replay.feed(START, { ...levels, severity: 'page' }, ofPage);
      for (let minute = 1; minute < 60; minute += 1) {
        replay.feed(START + minute * MINUTE, { ...levels, severity: 'ticket' });
      }
      return (replay.changes.find(({ kind }) => kind === 'deescalated')?.at ?? 0) - (START + MINUTE);
    };
    expect(fallen({})).toBe(5 * MINUTE);
    expect(fallen({ keepFiringMs: 12 * MINUTE })).toBe(12 * MINUTE);
  });

  test('a page that an earlier version stored falls after the usual time', () => {
    const levels = { member: 'MetricMonitor/errors', tier: '' };
    const replay = new Replay();
    replay.feed(START, { ...levels, severity: 'page' });
    const stored = JSON.stringify(replay.state, (name, value: unknown) =>
      name === 'lowerSince' || name === 'keepSeverityMs' ? undefined : value,
    );
    expect(stored).not.toContain('keepSeverityMs');
    replay.state = readIncidentState(stored);
    replay.feed(START + MINUTE, { ...levels, severity: 'ticket' });
    expect(replay.state?.severity).toBe('page');
    replay.feed(START + 6 * MINUTE, { ...levels, severity: 'ticket' });
    expect(replay.state?.severity).toBe('ticket');
  });

  test('a signal about an older window than the last one changes nothing', () => {
    const replay = new Replay(undefined, { keepFiringMs: 0 });
    const { state } = replay.feed(START);
    const late = step(
      state,
      signal({ at: START - SECOND, condition: 'ok' }),
      policyFor('page', { keepFiringMs: 0 }),
      START + MINUTE,
    );
    expect(late).toEqual({ state, changes: [] });
  });

  test('a signal about another key is refused', () => {
    const { state } = new Replay().feed(START);
    const other = signal({ key: { ...KEY, region: 'us-1' } });
    let caught: unknown;
    try {
      step(state, other, policyFor('page'), START);
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'alerts.wrong-incident')).toBe(true);
  });

  test('ids differ by every part of the key and by generation', () => {
    const ids = [
      incidentId(KEY, 1),
      incidentId(KEY, 2),
      incidentId({ ...KEY, project: 'a', service: 'b' }, 1),
      incidentId({ ...KEY, project: 'ab', service: '' }, 1),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
