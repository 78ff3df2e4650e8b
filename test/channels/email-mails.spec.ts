import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel, DeliveryResult, Notification } from '../../libs/channels/src/channel.js';
import { AWKWARD } from '../harness/awkward-text.js';
import { openEmailChannel } from './email-channel.js';
import {
  acknowledgeOf,
  everywhere,
  notification,
  resolveOf,
  RUNBOOK,
  SUMMARY,
  updateOf,
} from './notification.js';
import { startSmtpStandIn, type ReceivedMail, type SmtpStandIn } from './smtp-stand-in.js';

let server: SmtpStandIn;
let channel: Channel;
let before = 0;

beforeAll(async () => {
  server = await startSmtpStandIn({
    refused: {
      'bob@gone.example.com': { status: 550, text: '5.1.1 no such user bob@gone.example.com' },
      'grey@example.com': { status: 451, text: '4.7.1 greylisted, come back later' },
    },
  });
  channel = openEmailChannel(server.port);
});
afterAll(async () => {
  await channel.close?.();
  await server.close();
});
beforeEach(() => {
  before = server.mails.length;
  server.problems.length = 0;
});
afterEach(() => expect(server.problems).toEqual([]));

const received = (): readonly ReceivedMail[] => server.mails.slice(before);

async function deliver(
  note: Notification,
  through = channel,
): Promise<{ result: DeliveryResult; ref: string }> {
  const result = await through.deliver(note);
  return { result, ref: result.outcome === 'delivered' ? (result.ref ?? '') : '' };
}

describe('the mails of an incident', () => {
  test('the opening says what is wrong, in text and in HTML, to everybody', async () => {
    const { result } = await deliver(notification());
    expect(result).toMatchObject({ outcome: 'delivered', httpStatus: 250 });
    const [mail] = received();
    expect(mail?.from).toBe('alerts@watch.example.com');
    expect(mail?.to).toEqual(['ada@example.com', 'bob@example.com']);
    expect(mail?.parsed.subject).toMatch(
      /^\[Tidewatch PAGE\] ranker-api, eu-1, model ranker: availability burns/,
    );
    expect(mail?.parsed.from?.text).toBe('"Tidewatch" <alerts@watch.example.com>');
    for (const part of [mail?.parsed.text, String(mail?.parsed.html)]) {
      expect(part).toContain('PAGE');
      expect(part?.replace(/\s+/g, ' ')).toContain(SUMMARY);
      expect(part).toContain('burn over 5m');
    }
    expect(mail?.parsed.text).toContain(RUNBOOK);
    expect(String(mail?.parsed.html)).toContain(`href="${RUNBOOK.replaceAll('&', '&amp;')}"`);
    expect(mail?.parsed.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mail?.raw).toMatch(/^List-Id: <bench\.tidewatch\.watch\.example\.com>\r$/im);
    expect(mail?.raw).toMatch(/^Importance: High\r$/im);
  });

  test('opening, escalation, reminder and end are one thread under one subject', async () => {
    const opened = notification({ incident: { severity: 'ticket' }, intent: { severity: 'ticket' } });
    const first = await deliver(opened);
    const escalated = notification({
      incident: { ...opened.incident, severity: 'page', sequence: 2 },
      intent: { reason: 'escalated', severity: 'page' },
      ref: first.ref,
    });
    const second = await deliver(escalated);
    const repeated = notification({
      incident: { ...escalated.incident, sequence: 3 },
      intent: { action: 'update', reason: 'repeated' },
      ref: second.ref,
    });
    const third = await deliver(repeated);
    await deliver(resolveOf(repeated.incident.sequence === 3 ? repeated : opened, third.ref));
    const mails = received().map(({ parsed }) => parsed);
    const ids = mails.map(({ messageId }) => messageId);
    const key = opened.intent.dedupKey;
    expect(ids).toEqual([0, 2, 3, 6].map((sequence) => `<${key}.${sequence}@watch.example.com>`));
    expect(mails.map(({ references }) => [references ?? []].flat())).toEqual([
      [],
      [ids[0]],
      [ids[0], ids[1]],
      [ids[0], ids[2]],
    ]);
    expect(mails.map(({ inReplyTo }) => inReplyTo)).toEqual([undefined, ids[0], ids[1], ids[2]]);
    const subject = mails[0]?.subject ?? '';
    expect(mails.map((mail) => mail.subject)).toEqual([subject, ...Array(3).fill(`Re: ${subject}`)]);
    expect(mails.map(({ headers }) => headers.get('x-tidewatch-state'))).toEqual([
      'TICKET',
      'PAGE',
      'PAGE',
      'RESOLVED',
    ]);
    expect(mails[1]?.text).toContain('PAGE');
    expect(mails[3]?.text).toContain('RESOLVED');
  });

  test('a repeated attempt has the same Message-ID', async () => {
    await deliver(notification());
    await deliver({ ...notification({ attemptAt: Date.now() }), uncertain: true });
    expect(new Set(received().map(({ parsed }) => parsed.messageId)).size).toBe(1);
  });

  test('a re-opening has an id of its own, so that no mailbox takes it for the opening', async () => {
    await deliver(notification());
    await deliver(notification({ incident: { sequence: 7 }, intent: { reason: 'reopened' } }));
    const [first, second] = received().map(({ parsed }) => parsed);
    expect(second?.messageId).toContain('.7@');
    expect(second?.inReplyTo).toBe(first?.messageId);
  });

  test('nobody gets a mail of an update, of an acknowledgement, or of an end without a beginning', async () => {
    const opened = notification();
    const { ref } = await deliver(opened);
    before = server.mails.length;
    expect((await deliver(updateOf(opened, ref))).ref).toBe(ref);
    expect((await deliver(acknowledgeOf(opened, ref))).ref).toBe(ref);
    expect((await deliver(resolveOf(opened, null))).result).toEqual({ outcome: 'delivered', httpStatus: 0 });
    expect(received()).toEqual([]);
  });

  test('an end is told when the opening may have arrived', async () => {
    const opened = notification();
    await deliver({ ...resolveOf(opened, null), uncertain: true });
    expect(received()[0]?.parsed.inReplyTo).toBe(`<${opened.intent.dedupKey}.0@watch.example.com>`);
  });

  test.each([
    null,
    'not JSON',
    '{}',
    '{"root":"<a@b>\\r\\nBcc: eve@evil.example","last":"x","subject":"","missed":[]}',
  ])('a ref that is no thread is as good as none: %j', async (ref) => {
    await deliver(notification({ ref }));
    expect(received()[0]?.parsed.messageId).toContain('.0@');
  });

  test('a chart is shown inside the HTML', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==',
      'base64',
    );
    await deliver(notification({ context: { chart: { alt: 'burn over <1h>', png, url: '' } } }));
    const [mail] = received();
    expect(mail?.parsed.attachments).toMatchObject([{ contentType: 'image/png', related: true }]);
    expect(mail?.parsed.attachments[0]?.content.equals(png)).toBe(true);
    expect(String(mail?.parsed.html)).toContain('alt="burn over &lt;1h&gt;"');
  });

  test('who the server does not take it for is named in the next mail, and the mail is delivered', async () => {
    const some = openEmailChannel(server.port, {
      spec: { to: ['bob@gone.example.com', 'ada@example.com', 'grey@example.com'] },
    });
    const opened = notification();
    const { result, ref } = await deliver(opened, some);
    expect(result).toMatchObject({ outcome: 'delivered', httpStatus: 250 });
    await deliver(resolveOf(opened, ref), some);
    await some.close?.();
    expect(received().map(({ to }) => to)).toEqual([['ada@example.com'], ['ada@example.com']]);
    expect(received()[1]?.parsed.text).toContain('not taken for b…@gone.example.com, g…@example.com');
  });

  test.each([
    [['bob@gone.example.com'], 'rejected', 550, '550 5.1.1'],
    [['grey@example.com'], 'retry', 451, '451 4.7.1'],
    [['bob@gone.example.com', 'grey@example.com'], 'retry', 451, '451 4.7.1'],
  ])('when it takes it for none of %j, that is %s', async (to, outcome, httpStatus, code) => {
    const none = openEmailChannel(server.port, { spec: { to } });
    const { result } = await deliver(notification(), none);
    await none.close?.();
    expect(result).toMatchObject({ outcome, httpStatus });
    expect(JSON.stringify(result)).toContain(code);
    expect(JSON.stringify(result)).not.toContain('greylisted');
  });
});

describe('text from outside stays text', () => {
  const HOSTILE = [
    'a\r\nBcc: eve@evil.example\r\n\r\n<p>body',
    'a\nX-Injected: 1',
    'a\u2028Bcc: eve@evil.example',
    '=?utf-8?B?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=',
    '=?utf-8?Q?=0D=0ABcc:_eve@evil.example?=',
    '\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n',
    '</title><script>alert(1)</script><img src=x onerror=alert(1)>',
    '" onmouseover="alert(1)" x="',
    'javascript:alert(1)',
    '\u202egnp.exe',
    'x'.repeat(5_000),
    ...AWKWARD,
  ];

  test.each(HOSTILE.map((text) => [text.slice(0, 60), text]))('%j', async (_name, text) => {
    const { result } = await deliver(everywhere(text, 20, 20));
    expect(result).toMatchObject({ outcome: 'delivered' });
    expect(received()).toHaveLength(1);
    const [mail] = received();
    expect(mail?.to).toEqual(['ada@example.com', 'bob@example.com']);
    expect(mail?.parsed.bcc).toBeUndefined();
    expect(mail?.parsed.subject?.length).toBeLessThanOrEqual(200);
    expect(mail?.raw.length).toBeLessThan(400_000);
  });

  test('an encoded word in a service name is shown as it is written', async () => {
    await deliver(everywhere('=?utf-8?Q?RESOLVED?=', 1, 1));
    expect(received()[0]?.parsed.subject).toContain('= ?utf-8?Q?RESOLVED? =');
  });
});

test('a report is one mail with its tables in both parts, the same for every attempt', async () => {
  const report = {
    id: 'weekly/2026-11-16',
    title: 'Week of 16 November\r\nBcc: eve@evil.example',
    summary: 'Two pages <b>and</b> one ticket.',
    sections: [
      { heading: 'Burn', paragraphs: ['All is well.'], table: null },
      {
        heading: 'Alerts',
        paragraphs: [],
        table: {
          columns: ['Rule', 'Incidents'],
          rows: [
            ['<i>availability</i>', '12'],
            ['latency', '3'],
          ],
        },
      },
    ],
    console: 'https://tidewatch.example.com/',
    attemptAt: Date.parse('2026-11-23T08:00:00Z'),
  };
  expect(await channel.report?.(report)).toEqual({ outcome: 'delivered', httpStatus: 250 });
  await channel.report?.({ ...report, attemptAt: report.attemptAt + 900_000 });
  const [first, second] = received().map(({ parsed }) => parsed);
  expect(second?.messageId).toBe(first?.messageId);
  expect(first?.subject).toBe('[Tidewatch] Week of 16 November Bcc: eve@evil.example');
  expect(first?.text).toContain(
    'Rule                 Incidents\n<i>availability</i>  12\nlatency              3',
  );
  expect(String(first?.html)).toContain('&lt;i&gt;availability&lt;/i&gt;');
  expect(String(first?.html)).toContain('Two pages &lt;b&gt;and&lt;/b&gt; one ticket.');
});
