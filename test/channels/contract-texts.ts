import { expect, test } from '@jest/globals';
import type { Report } from '../../libs/channels/src/report.js';
import type { ContractRun } from './contract-run.js';
import {
  acknowledgeOf,
  CONSOLE_URL,
  everywhere,
  FIRST_STEP,
  notification,
  resolveOf,
  RUNBOOK,
  START,
  SUMMARY,
  updateOf,
} from './notification.js';

/** What rules, clients and people may put into names, sentences and numbers. */
const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['mentions', '<!channel> <!here> <@U012AB3CD> @everyone @here @octocat [~admin] <at>ada</at>'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;"\'`'],
  [
    'links',
    '[x](javascript:alert(1)) <javascript:alert(1)|x> [a|javascript:alert(1)] ![i](http://e.example/i.png)',
  ],
  ['line breaks that end a header', 'x\r\nBcc: eve@example.com\r\n\r\n<b>hi</b>\r\n.\r\nQUIT\r\n'],
  ['terminal control', '\u001b[2J\u001b]0;title\u0007\u0000\u0008\u009b31m'],
  ['reordered text', '\u202egnihton si siht\u2066\u2069\u200f'],
  ['half characters', '\ud83d \udd25 \ud83d'],
  ['emoji at every cut', '🔥'.repeat(3_000)],
  ['a hundred thousand characters', 'a'.repeat(100_000)],
  ['a hundred thousand entities', '&<>'.repeat(33_334)],
  ['markup of every kind', '```\n# h1\n- [ ] x\n{code}\n|a|b|\n*b* _i_ ~s~ {{x}} ${x} <%= x %>\n---\n'],
  ['nothing at all', ''],
];
/** No channel lets these through: terminals, browsers and people obey them. */
const OBEYED =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

/** What a message says, and what texts from outside cannot do to it. */
export function describeTexts(current: () => ContractRun): void {
  test('a message says what is wrong, where, what to do first, and where to look', async () => {
    const run = current();
    await run.succeed(notification());
    const text = run.text();
    for (const part of ['ranker-api', 'eu-1', SUMMARY, FIRST_STEP, RUNBOOK, CONSOLE_URL]) {
      expect(text).toContain(part);
    }
    expect(run.bench.problems()).toEqual([]);
  });

  test('a drill says so', async () => {
    const run = current();
    await run.succeed(notification({ incident: { marker: 'drill' } }));
    expect(run.text()).toMatch(/drill/i);
  });

  test.each(HOSTILE)('from outside, %s: text stays text', async (_name, text) => {
    const run = current();
    const channel = run.open();
    const first = everywhere(text);
    let ref = await run.succeed(first, channel);
    expect(run.bench.objects()).toHaveLength(1);
    if (run.subject.updates) {
      ref = await run.succeed(updateOf(first, ref), channel);
    }
    if (run.subject.acknowledges) {
      const acknowledged = acknowledgeOf(first, ref);
      ref = await run.succeed(
        { ...acknowledged, intent: { ...acknowledged.intent, by: text, text } },
        channel,
      );
    }
    await run.succeed(resolveOf(first, ref), channel);
    expect(run.bench.problems()).toEqual([]);
    expect(
      run.bench
        .objects()
        .flatMap(({ texts }) => texts)
        .filter((each) => OBEYED.test(each)),
    ).toEqual([]);
    expectSize(run);
  });

  test.each(HOSTILE)('in a report, %s: text stays text', async (_name, text) => {
    const run = current();
    const channel = run.open();
    if (channel.report !== undefined) {
      expect(await channel.report(reportOf(text))).toMatchObject({ outcome: 'delivered' });
      expect(run.bench.problems()).toEqual([]);
      expectSize(run);
    }
  });
}

function expectSize(run: ContractRun): void {
  const limit = run.subject.largestBody;
  if (limit !== null) {
    expect(run.bench.largestBody?.() ?? 0).toBeLessThanOrEqual(limit);
  }
}

function reportOf(text: string): Report {
  const row = [text, text, text];
  return {
    id: 'digest:weekly:2026-11-22',
    title: `Week 47 ${text}`,
    summary: `One page ${text}`,
    sections: Array.from({ length: 12 }, (_, index) => ({
      heading: `Section ${index} ${text}`,
      paragraphs: [text, 'Nothing burned.'],
      table: { columns: ['name', 'before', 'after'], rows: Array.from({ length: 60 }, () => row) },
    })),
    console: CONSOLE_URL,
    attemptAt: START,
  };
}
