import type { ParsedMail } from 'mailparser';

const HEADERS = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'auto-submitted',
  'x-auto-response-suppress',
  'precedence',
  'list-id',
];
const ALLOWED = [
  ...HEADERS,
  'reply-to',
  'in-reply-to',
  'references',
  'content-transfer-encoding',
  'x-tidewatch-incident',
  'x-tidewatch-state',
  'x-priority',
  'x-msmail-priority',
  'importance',
];
const MESSAGE_ID = /^<[A-Za-z0-9.]+@[A-Za-z0-9.-]+>$/;
const LONGEST_LINE = 998;

/**
 * What is wrong with a mail by RFC 5322, RFC 2045 and RFC 3834, and with mails of Tidewatch in particular: a header that is
 * not expected has been injected.
 *
 * @param raw one character a byte
 */
export function mailProblems(raw: string, parsed: ParsedMail): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) {
      problems.push(problem);
    }
  };
  const names = parsed.headerLines.map(({ key }) => key);
  for (const name of HEADERS) {
    expect(names.filter((each) => each === name).length === 1, `${name} is not there once`);
  }
  for (const name of names) {
    expect(ALLOWED.includes(name), `unexpected header ${name}`);
  }
  expect(!/\r(?!\n)|(?<!\r)\n/.test(raw), 'a bare CR or LF');
  expect(
    raw.split('\r\n').every((line) => line.length <= LONGEST_LINE),
    'a line longer than 998 bytes',
  );
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  expect(/^[\t\r\n\x20-\x7e]*$/.test(head), 'a header with other than printable ASCII');
  for (const id of [parsed.messageId, parsed.inReplyTo, ...[parsed.references ?? []].flat()]) {
    expect(id === undefined || MESSAGE_ID.test(id), `${id} is no Message-ID`);
  }
  expect(parsed.headers.get('auto-submitted') === 'auto-generated', 'not marked as automatic');
  expect(!/[\u0000-\u001f\u007f]/.test(parsed.subject ?? ''), 'control characters in the subject');
  expect((parsed.text ?? '').trim() !== '', 'no text');
  const html = typeof parsed.html === 'string' ? parsed.html : '';
  expect(html.startsWith('<!DOCTYPE html>'), 'no HTML');
  expect(!/<(script|iframe|form|object|embed|link|style|base)\b/i.test(html), 'HTML that acts');
  expect(!/\son[a-z]+\s*=/i.test(tagsOf(html)), 'an event handler in HTML');
  expect(!/\shref="(?!https?:\/\/)/i.test(html), 'a link that is no web address');
  expect(!/<img[^>]+src="(?!data:|cid:)/i.test(html), 'a remote image');
  return problems;
}

/** The tags of a page, without the texts between them and in their attributes. */
function tagsOf(html: string): string {
  return [...html.matchAll(/<(?:"[^"]*"|[^">])*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).join('\n');
}
