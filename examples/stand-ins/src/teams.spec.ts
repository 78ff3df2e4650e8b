import { afterEach, describe, expect, test } from '@jest/globals';
import { describeEvent } from './event.js';
import { startStandIn, type StandIn } from './stand-in.js';

const running: StandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

async function start(): Promise<StandIn> {
  const standIn = await startStandIn({ kind: 'teams', port: 0 });
  running.push(standIn);
  return standIn;
}

async function post({ url }: StandIn, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}?sig=abc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const run = (text: string): unknown => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] });
const card = { type: 'AdaptiveCard', version: '1.4', fallbackText: 'PAGE down', body: [run('PAGE down')] };
const messageOf = (content: unknown, part: Record<string, unknown> = {}): unknown => ({
  type: 'message',
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  ...part,
});
const link = { type: 'Action.OpenUrl', title: 'Runbook', url: 'https://example.com' };

describe('the Teams stand-in', () => {
  test('posts a card', async () => {
    const standIn = await start();
    expect(await post(standIn, messageOf({ ...card, actions: [link] }))).toEqual({ status: 202, text: '' });
    expect(standIn.events.map(describeEvent)).toEqual(['[Teams] POSTED  PAGE down']);
    expect(standIn.objects()).toEqual([
      { key: 'card-1', state: 'open', texts: ['PAGE down', 'Runbook', 'https://example.com'] },
    ]);
    expect(standIn.events[0]?.problems).toEqual([]);
  });

  test.each<[name: string, body: unknown]>([
    ['text alone', { text: 'PAGE down' }],
    ['a MessageCard', { '@type': 'MessageCard', text: 'a' }],
    ['two cards', messageOf(card, { attachments: [1, 2] })],
    ['an unknown version', messageOf({ ...card, version: '1.6' })],
    ['an unknown element', messageOf({ ...card, body: [{ type: 'Marquee', text: 'a' }] })],
    ['an unknown key', messageOf({ ...card, colour: 'red' })],
    ['an empty text', messageOf({ ...card, body: [run('')] })],
    ['an empty body', messageOf({ ...card, body: [] })],
    ['seven buttons', messageOf({ ...card, actions: Array(7).fill(link) })],
    [
      'a button that runs something',
      messageOf({ ...card, actions: [{ type: 'Action.Submit', title: 'a' }] }),
    ],
    [
      'a picture without https',
      messageOf({ ...card, body: [{ type: 'Image', url: 'http://example.com/a.png' }] }),
    ],
  ])('%s is refused', async (_name, body) => {
    const standIn = await start();
    expect(await post(standIn, body)).toMatchObject({ status: 400 });
    expect(standIn.events[0]).toMatchObject({ effect: 'refused' });
    expect(standIn.objects()).toEqual([]);
  });

  test('28 KB are taken, and one byte more is not', async () => {
    const standIn = await start();
    const room = 28 * 1_024 - JSON.stringify(messageOf({ ...card, body: [run('')] })).length;
    expect(await post(standIn, messageOf({ ...card, body: [run('a'.repeat(room))] }))).toMatchObject({
      status: 202,
    });
    expect(await post(standIn, messageOf({ ...card, body: [run('a'.repeat(room + 1))] }))).toMatchObject({
      status: 413,
    });
  });

  test('a link where Markdown is read is taken, and reported', async () => {
    const standIn = await start();
    const facts = [{ title: 'service', value: '[login](https://evil.example.com)' }];
    await post(standIn, messageOf({ ...card, body: [{ type: 'FactSet', facts }] }));
    await post(standIn, messageOf({ ...card, body: [run(facts[0]!.value)] }));
    expect(standIn.events.map(({ problems }) => problems.length)).toEqual([1, 0]);
  });
});
