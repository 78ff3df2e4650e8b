import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { digestPeriod, digestSchema, type DigestRule } from '@tidewatch/alerts';
import type { Channel } from '@tidewatch/channels';
import type { IncidentEventRow } from '@tidewatch/store';
import { pino } from 'pino';
import type { DigestPreview } from '../../apps/server/src/query/digests.controller.js';
import { DigestSchedule, type DigestRuntime } from '../../apps/server/src/notify/digest/digest-schedule.js';
import { openEmailChannel } from '../channels/email-channel.js';
import { startSmtpStandIn, type SmtpStandIn } from '../channels/smtp-stand-in.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

function digestRule(name: string, receivers: readonly string[]): DigestRule {
  return digestSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Digest',
    metadata: { name },
    spec: { every: 'week', receivers },
  });
}

/** An incident of `SLO/availability` that opens an hour after the period begins. */
function opened(at: number): IncidentEventRow {
  const member = { kind: 'SLO', rule: 'availability', phase: 'firing', severity: 'page', suppressed: null };
  return {
    ...{ project: 'default', incidentId: 'a', sequence: 1, epoch: 1, at, kind: 'opened', status: 'open' },
    ...{ severity: 'page', service: 'ranker-api', region: '', model: '', generation: 1, summary: '' },
    ...{ member: '', actor: '', detail: '', intents: '[]' },
    state: JSON.stringify({ marker: '', resolvedBy: '', members: { 'SLO/availability/fast': member } }),
  };
}

describe('digests are sent', () => {
  let backend: OpenBackend;
  let mail: SmtpStandIn;
  let channel: Channel;
  let before = 0;
  let count = 0;
  const period = digestPeriod(digestRule('any', ['mail']), Date.now());

  beforeAll(async () => {
    backend = await (STORE_BACKENDS[0] as (typeof STORE_BACKENDS)[number]).open();
    mail = await startSmtpStandIn();
    channel = openEmailChannel(mail.port);
    await backend.store.incidents.append('default', [opened(period.from + HOUR)]);
  }, 60_000);
  afterAll(async () => {
    await channel.close?.();
    await mail.close();
    await backend.close();
  });
  beforeEach(() => {
    before = mail.mails.length;
    count += 1;
  });
  afterEach(() => expect(mail.problems).toEqual([]));

  /** A schedule as after a start, with one digest of a name that only this test uses. */
  function schedule(receivers: readonly string[] = ['mail']): DigestSchedule {
    const { destination, limit } = channel;
    const pager: Channel = {
      type: 'pagerduty',
      destination,
      limit,
      deliver: (note) => channel.deliver(note),
    };
    const runtime = {
      rules: () => ({ digests: [digestRule(`weekly-${count}`, receivers)], receivers: [] }),
      store: backend.store,
      logger: pino({ level: 'silent' }),
      config: { consoleUrl: 'https://tidewatch.example.com' },
      channels: () =>
        new Map<string, Channel>([
          ['mail', channel],
          ['pager', pager],
        ]),
    };
    return new DigestSchedule(runtime as unknown as DigestRuntime);
  }

  const sent = (): number => mail.mails.length - before;
  const actions = async (): Promise<string[]> =>
    (await backend.store.audit.list('default', { range: { from: 0, to: Date.now() + 400 * 24 * HOUR } }))
      .filter(({ objectId }) => objectId === `weekly-${count}/${new Date(period.from).toISOString()}`)
      .map(({ action }) => action)
      .reverse();

  test('once, with what happened, and never again after a restart', async () => {
    const running = schedule();
    await running.run(period.dueAt);
    await running.run(period.dueAt + MINUTE);
    await schedule().run(period.dueAt + 2 * MINUTE);
    expect(sent()).toBe(1);
    const { parsed } = mail.mails.at(-1) ?? {};
    expect(parsed?.subject).toMatch(/^\[Tidewatch\] Week of \d+ \w+ 20\d\d: weekly-1$/);
    expect(parsed?.text).toContain('1 incident, 1 page among them;');
    expect(String(parsed?.html)).toContain('SLO/availability');
    expect(parsed?.text).toContain('Console: https://tidewatch.example.com');
    expect(await actions()).toEqual(['digest.sending', 'digest.sent']);
  });

  test('late, when nobody ran at the time, but not later than a day', async () => {
    await schedule().run(period.dueAt + 24 * HOUR + 1);
    expect(sent()).toBe(0);
    await schedule().run(period.dueAt + 23 * HOUR);
    expect(sent()).toBe(1);
  });

  test('again every 15 minutes after a failure', async () => {
    const running = schedule();
    mail.fail({ status: 451 }, { times: 2 });
    await running.run(period.dueAt);
    await running.run(period.dueAt + 14 * MINUTE);
    expect(await actions()).toEqual(['digest.sending', 'digest.failed']);
    await running.run(period.dueAt + 16 * MINUTE);
    // A restart knows of the failures.
    await schedule().run(period.dueAt + 30 * MINUTE);
    expect(sent()).toBe(0);
    await schedule().run(period.dueAt + 33 * MINUTE);
    expect(sent()).toBe(1);
    expect(await actions()).toEqual([
      ...['digest.sending', 'digest.failed', 'digest.sending', 'digest.failed'],
      ...['digest.sending', 'digest.sent'],
    ]);
  });

  test('not again when the sending broke off, since it may have arrived', async () => {
    const objectId = `weekly-${count}/${new Date(period.from).toISOString()}`;
    await backend.store.audit.append('default', [
      {
        ...{ at: period.dueAt, actor: 'tidewatch', action: 'digest.sending', objectKind: 'digest', objectId },
        ...{ requestId: 'x', before: '', after: JSON.stringify({ receiver: 'mail', attempt: 1 }) },
      },
    ]);
    await schedule().run(period.dueAt + HOUR);
    expect(sent()).toBe(0);
  });

  test('to each receiver for itself', async () => {
    const running = schedule(['pager', 'gone', 'mail']);
    await running.run(period.dueAt);
    await running.run(period.dueAt + MINUTE);
    expect(sent()).toBe(1);
    expect((await actions()).sort()).toEqual([
      ...['digest.failed', 'digest.rejected', 'digest.sending', 'digest.sending', 'digest.sending'],
      'digest.sent',
    ]);
  });
});

describe('a digest can be looked at before it is sent', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      environment: { TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1' },
      rules: {
        'digest.yaml': `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: mail}
spec: {type: email, host: 127.0.0.1, port: 9, security: none, from: a@example.com, to: [b@example.com], enabled: false}
---
apiVersion: tidewatch.dev/v1
kind: Digest
metadata: {name: weekly}
spec: {every: week, receivers: [mail], at: "09:30", day: TU, timeZone: Europe/Berlin}
`,
      },
    });
    await server.server.store.incidents.append('default', [opened(Date.now() - 1_000)]);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  const preview = async (path: string): Promise<{ status: number; body: DigestPreview }> => {
    const response = await fetch(`${server.api}/api/v1/digests/${path}`);
    return { status: response.status, body: (await response.json()) as DigestPreview };
  };

  test('of the last week', async () => {
    const { status, body } = await preview('weekly/preview');
    expect(status).toBe(200);
    expect(body.period).toEqual(
      digestPeriod({ every: 'week', atMinute: 570, weekday: 2, timeZone: 'Europe/Berlin' }, body.now),
    );
    expect(body).toMatchObject({ name: 'weekly', receivers: ['mail'] });
    expect(body.summary).toMatch(/^0 incidents/);
    expect(body.sections.map(({ heading }) => heading)).toEqual([
      ...['Error budgets', 'Alerts', 'Noisiest rules', 'Deployments', 'Drift and quality', 'Cost'],
      'Delivery of messages',
    ]);
  });

  test('of the week that goes on', async () => {
    const { body } = await preview('weekly/preview?period=current');
    expect(body.period.to).toBeGreaterThan(body.now);
    expect(body.summary).toMatch(/^1 incident, 1 page among them;/);
  });

  test.each([
    ['unknown/preview', 404],
    ['weekly/preview?period=next', 400],
  ])('%s is %i', async (path, status) => {
    expect((await preview(path)).status).toBe(status);
  });
});
