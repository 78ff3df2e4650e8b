import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  later,
  Memory,
  NO_STORE,
  pagerdutyEvent,
  postPagerduty,
  startInbound,
  type Reply,
} from './fixtures/inbound-memory.js';

let memory: Memory;
let app: NestFastifyApplication;

beforeEach(async () => {
  memory = new Memory();
  app = await startInbound(memory);
});
afterEach(() => app.close());

const event = (type: string, data?: Record<string, unknown>): string =>
  pagerdutyEvent(memory.state.id, type, data);
const fromPagerduty = (body: string): Promise<Reply> => postPagerduty(app, body);

describe('the audit entry of an event of PagerDuty', () => {
  const acknowledged = { kind: 'acknowledge', by: 'Ada (PagerDuty)', text: '', origin: 'pager' } as const;

  test('that was not stored comes with the next delivery, with what was before and after', async () => {
    memory.auditTrouble = NO_STORE;
    const body = event('incident.acknowledged');
    expect(await fromPagerduty(body)).toMatchObject({ status: 503 });
    memory.auditTrouble = null;
    memory.change({ kind: 'comment', by: 'Bob', text: 'Thanks.', origin: '' }, Date.now());
    expect(await fromPagerduty(body)).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(memory.commands).toHaveLength(1);
    expect(memory.audited).toMatchObject([
      {
        at: memory.state.acknowledged?.at,
        actor: 'Ada (PagerDuty)',
        action: 'incident.acknowledge',
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
        after: expect.stringContaining('"comments":0'),
      },
    ]);
  });

  test('is written for what the next writer did later, and once', async () => {
    memory.change(acknowledged, Date.now());
    expect(await fromPagerduty(event('incident.acknowledged'))).toMatchObject({ outcome: 'unchanged' });
    expect(await fromPagerduty(event('incident.acknowledged'))).toMatchObject({ outcome: 'unchanged' });
    expect(memory.audited).toMatchObject([{ actor: 'Ada (PagerDuty)' }]);
  });

  test('is written once when another process has done and noted it, and this one remembers older things', async () => {
    const older = memory.state;
    const body = event('incident.acknowledged');
    await fromPagerduty(body);
    // Another process has a memory of its own of what it has seen, and has not read the incident back yet.
    await app.close();
    app = await startInbound(memory);
    memory.incidents.all = () => [older];
    await later(5);
    expect(await fromPagerduty(body)).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(memory.audited).toHaveLength(1);
  });

  test('is not written for what somebody else did', async () => {
    memory.change({ ...acknowledged, by: 'Bob' }, Date.now());
    expect(await fromPagerduty(event('incident.acknowledged'))).toMatchObject({ outcome: 'unchanged' });
    expect(memory.audited).toEqual([]);
  });

  test('tells two notes of one person apart', async () => {
    await fromPagerduty(event('incident.annotated', { content: 'First.' }));
    memory.auditTrouble = NO_STORE;
    const second = event('incident.annotated', { content: 'Second.' });
    expect(await fromPagerduty(second)).toMatchObject({ status: 503 });
    memory.auditTrouble = null;
    expect(await fromPagerduty(second)).toMatchObject({ outcome: 'unchanged' });
    expect(memory.audited.map(({ action }) => action)).toEqual(['incident.comment', 'incident.comment']);
  });
});
