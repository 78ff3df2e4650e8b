// The outage that docs/alerting.md tells, minute by minute, is what the planner of messages makes of it.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  applyCommand,
  mergeRoutings,
  NO_EVIDENCE,
  planNotifications,
  policyFor,
  routingSchema,
  step,
  type IncidentCommand,
  type IncidentState,
  type PlanContext,
  type Severity,
  type Signal,
} from '@tidewatch/alerts';
import { parse } from 'yaml';

const KEY = { project: 'default', service: 'ranker-api', region: '', model: '' };
const ROUTES = [
  `{match: {severity: page}, receiver: sre-chat, continue: true}`,
  `{match: {severity: page}, receiver: sre-pager}`,
  `{receiver: ticket-queue}`,
];
/** The routes and receivers of the outage that docs/alerting.md tells. */
const OUTAGE: Omit<PlanContext, 'now'> = {
  routing: mergeRoutings([
    routingSchema.parse(
      parse(`{apiVersion: tidewatch.dev/v1, kind: Routing, spec: {routes: [${ROUTES.join(', ')}]}}`),
    ),
  ]),
  receivers: new Map(
    ['sre-chat', 'sre-pager', 'ticket-queue'].map((name) => [
      name,
      {
        ...{ name, owner: '', enabled: true, updates: true, acknowledges: false },
        ...{ destination: name, fallback: null },
      },
    ]),
  ),
  suppression: { silences: [], windows: [], warmUps: [], warmUpMs: 0 },
};

/** One incident of the outage on the page, by the clock of its table. */
class Outage {
  /** Messages by the time at which they were asked for. */
  readonly told = new Map<string, string[]>();
  private state: IncidentState | null = null;
  private wakeAt: number | null = null;

  get isOver(): boolean {
    return this.state?.status === 'resolved';
  }

  signal(time: string, tier: string, condition: 'firing' | 'ok'): void {
    const now = this.until(time);
    const severity: Severity = tier.startsWith('page') ? 'page' : 'ticket';
    const signal: Signal = {
      ...{ key: KEY, member: tier, kind: 'SLO', rule: 'ranker', tier, severity, aspect: 'availability' },
      ...{ raisedBy: [], labels: {}, condition, at: now, summary: tier, facts: {}, evidence: NO_EVIDENCE },
      ...{ owner: '', runbook: '', deploymentId: '' },
    };
    const { state, changes } = step(this.state, signal, policyFor(severity), now);
    this.state = state;
    if (changes.length > 0) {
      this.plan(now, changes);
    }
  }

  /** Tiers that are ok from one time on and leave at another. */
  over(from: string, to: string, tiers: readonly string[]): void {
    [from, to].forEach((time) => tiers.forEach((tier) => this.signal(time, tier, 'ok')));
  }

  acknowledge(time: string): void {
    const now = this.until(time);
    const command: IncidentCommand = { kind: 'acknowledge', by: 'ada', text: '', origin: 'sre-pager' };
    if (this.state !== null) {
      const { state, changes } = applyCommand(this.state, command, now);
      this.state = state;
      this.plan(now, changes, command);
    }
  }

  /** Lets the clock ask until then. */
  private until(time: string): number {
    const now = Date.parse(`2026-11-29T${time}:00Z`);
    while (this.wakeAt !== null && this.wakeAt < now) {
      this.plan(this.wakeAt, []);
    }
    return now;
  }

  private plan(
    now: number,
    changes: Parameters<typeof planNotifications>[1],
    command?: IncidentCommand,
  ): void {
    if (this.state === null) {
      return;
    }
    const { state, rows, nextAt } = planNotifications(
      this.state,
      changes,
      { ...OUTAGE, now },
      command ?? null,
    );
    this.state = state;
    this.wakeAt = nextAt;
    const intents = rows
      .flatMap((row) => row.intents)
      .map(({ receiver, action }) => `${receiver}: ${action}`);
    const time = new Date(now).toISOString().slice(11, 19);
    if (intents.length > 0) {
      this.told.set(time, [...(this.told.get(time) ?? []), ...intents].sort());
    }
  }
}

test('the outage of docs/alerting.md is told as it says', () => {
  const outage = new Outage();
  outage.signal('10:02', 'page-guard', 'firing');
  outage.signal('10:06', 'page-fast', 'firing');
  outage.acknowledge('10:09');
  outage.signal('10:14', 'page-slow', 'firing');
  outage.signal('10:29', 'ticket-fast', 'firing');
  outage.signal('10:29', 'ticket-slow', 'firing');
  outage.over('10:45', '10:50', ['page-guard', 'page-fast']);
  outage.over('11:09', '11:14', ['page-slow']);
  outage.signal('13:01', 'page-slow', 'firing');
  outage.over('13:49', '13:54', ['page-slow']);
  outage.over('19:18', '19:48', ['ticket-fast', 'ticket-slow']);
  const opened = ['sre-chat: trigger', 'sre-pager: trigger'];
  const updated = ['sre-chat: update', 'sre-pager: update'];
  const closed = ['sre-chat: resolve', 'sre-pager: resolve'];
  expect(Object.fromEntries(outage.told)).toEqual({
    '10:02:00': opened,
    '10:06:10': updated,
    '10:09:00': ['sre-chat: update'],
    '10:14:10': updated,
    '10:29:10': updated,
    '10:50:10': updated,
    '11:14:00': [...closed, 'ticket-queue: trigger'],
    '13:01:00': opened,
    '13:01:10': ['ticket-queue: update'],
    '13:54:00': closed,
    '13:54:10': ['ticket-queue: update'],
    '19:48:00': ['ticket-queue: resolve'],
  });
  const table = readFileSync('docs/alerting.md', 'utf8').split('### One outage')[1]?.split('\n## ')[0] ?? '';
  expect([...outage.told.keys()].filter((at) => !table.includes(at.slice(0, 5)))).toEqual([]);
  expect(outage.isOver).toBe(true);
});
