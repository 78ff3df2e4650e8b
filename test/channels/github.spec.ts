import { afterEach, describe, expect, test } from '@jest/globals';
import { githubSpec } from '../../libs/channels/src/github/github-spec.js';
import { channelContract } from './channel-contract.js';
import { describeTickets, TicketRun, type TicketBench } from './github-jira-tickets.js';
import { GITHUB_TOKEN, githubSubject, startGithub, type GithubBench } from './github.bench.js';
import { everywhere, notification, resolveOf, START, updateOf } from './notification.js';

channelContract(githubSubject);

const githubOf = (bench: TicketBench): GithubBench => bench as GithubBench;

describeTickets({
  name: 'GitHub',
  start: () => startGithub(),
  closeByHand: (bench, how) =>
    githubOf(bench).github.closeByHand(1, how === 'done' ? 'completed' : 'not_planned'),
  closedAs: (bench) => githubOf(bench).github.issues[0]?.stateReason ?? null,
  remove: (bench) => githubOf(bench).github.remove(1),
});

let run: TicketRun;
const runs: TicketRun[] = [];
afterEach(async () => {
  await Promise.all(runs.splice(0).map((each) => each.close()));
});

async function start(more: Readonly<Record<string, unknown>> = {}): Promise<GithubBench> {
  const bench = await startGithub(more);
  run = new TicketRun(bench);
  runs.push(run);
  return bench;
}

describe('an issue on GitHub', () => {
  test('carries labels, assignees, the facts, and a marker that nobody sees', async () => {
    const { github } = await start();
    const told = notification();
    const ref = await run.tell(told);
    expect(JSON.parse(ref)).toEqual({ issue: '1', closedAt: null });
    const [issue] = github.issues;
    expect(issue).toMatchObject({ labels: ['tidewatch', 'ml'], assignees: ['ada'] });
    expect(issue?.title).toMatch(/^\[PAGE\] ranker-api, eu-1, model ranker: availability burns/);
    expect(issue?.body).toContain('| burn over 1h | 16.2 |');
    expect(issue?.body).toMatch(/^<!-- tidewatch:incident [0-9a-f]{64} -->\n/);
    const closed = JSON.parse(await run.tell(resolveOf(told, ref))) as { closedAt: number };
    expect(closed.closedAt).toBe(START + 720_000 + 900_000);
    expect(github.issues[0]).toMatchObject({ state: 'closed', stateReason: 'completed' });
  });

  test('shows the chart where there is an address for it', async () => {
    const { github } = await start();
    const chart = { alt: 'burn ![x](y)', png: new Uint8Array(), url: 'https://tw.example.com/c.png?a=1' };
    await run.tell(notification({ context: { chart } }));
    expect(github.issues[0]?.body).toContain('![burn \\!\\[x\\]\\(y\\)](<https://tw.example.com/c.png?a=1>)');
  });

  test.each([
    ['names', '@octocat @acme/sre ada@example.com', /@\w/],
    ['references', '#1 acme/ranker#2 GH-3', /#\d|GH-\d/],
    [
      'addresses',
      'https://github.com/acme/ranker/issues/1 www.example.com',
      /https:\/\/github\.com|www\.example/,
    ],
    ['links and pictures', '[a](https://e.example) ![b](https://e.example)', /(?<!\\)\]\(http/],
    ['HTML', '<script>x</script> <!-- --> <img src=x>', /(?<!\\)<(script|img|!-- --)/],
    ['a marker', '<!-- tidewatch:incident 0000 -->', /(?<!\\)<!-- tidewatch:incident 0000/],
  ])('%s in texts from outside mean nothing', async (_name, text, meaning) => {
    const { github } = await start();
    const first = everywhere(text, 3, 3);
    await run.tell(updateOf(first, await run.tell(first)));
    const [issue] = github.issues;
    // A title shows markup as it is, and so may hold it.
    const title = meaning.source.includes('<!\\\\') ? '' : issue!.title;
    for (const written of [title, issue!.body, issue!.comments[0]!.body]) {
      expect(written.replace(/\]\(<https:[^>]*>\)/g, '')).not.toMatch(meaning);
    }
  });

  test('stays open where the receiver says so', async () => {
    const { github } = await start({ closeOnResolve: false });
    const first = notification();
    await run.tell(resolveOf(first, await run.tell(first)));
    expect(github.issues[0]).toMatchObject({ state: 'open' });
    expect(run.comments()).toEqual([1]);
  });

  test('is found behind issues that are larger than what is read of an answer', async () => {
    const { github, ...bench } = await start();
    await run.tell(notification());
    const issues = github.issues as (typeof github.issues)[number][];
    const [own] = issues;
    for (let number = 2; number < 20; number += 1) {
      issues.push({ ...own!, number, body: 'x'.repeat(number % 3 === 0 ? 65_000 : 100), comments: [] });
    }
    own!.body = `${own!.body}\n${'é'.repeat(60_000)}`;
    await run.tell(notification({ uncertain: true }));
    expect(github.issues).toHaveLength(19);
    expect(bench.problems()).toEqual([]);
  });

  test('older issues that somebody has touched end the search', async () => {
    const { github } = await start();
    await run.tell(notification());
    const issues = github.issues as (typeof github.issues)[number][];
    const old = { ...issues[0]!, body: 'older', createdAt: START - 86_400_000 };
    issues.splice(0, 1, ...Array.from({ length: 60 }, (_, index) => ({ ...old, number: index + 1 })));
    const before = run.bench.requests();
    await run.tell(notification({ uncertain: true }));
    expect(run.bench.requests() - before).toBe(2);
  });
});

describe('the rate of messages', () => {
  test('keeps the limits of GitHub when each message makes two requests with content', async () => {
    const bench = await start();
    const first = notification();
    const closed = await run.tell(resolveOf(first, await run.tell(first)));
    await run.tell(notification({ intent: { reason: 'reopened', id: 'again' }, ref: closed }));
    // An opening, then an end and a reopening with a comment each: no message makes more.
    expect(bench.events().filter(({ effect }) => effect !== 'read')).toHaveLength(5);

    const { perSecond, burst } = run.channel().limit;
    expect(2 * (burst + 60 * perSecond)).toBeLessThan(80);
    expect(2 * (burst + 3_600 * perSecond)).toBeLessThan(500);
  });
});

describe('what GitHub refuses', () => {
  test.each<[string, number | null, number]>([
    ['with a time to wait', 30, 30_000],
    ['without one', null, 60_000],
  ])('too many requests (403, %s) is tried again', async (_name, retryAfterS, afterMs) => {
    const { github } = await start();
    github.limitNext(1, retryAfterS);
    expect(await run.channel().deliver(notification())).toMatchObject({
      outcome: 'retry',
      httpStatus: 403,
      afterMs,
      reason: expect.stringContaining('asks for fewer requests'),
    });
  });

  test.each([
    [401, 'The token is wrong or has expired'],
    [403, 'write access to issues'],
    [404, 'the token may not see it'],
    [410, 'issues are turned off'],
    [422, 'labels and assignees'],
  ])('%i is rejected and says what to check', async (status, hint) => {
    const bench = await start();
    bench.fail({ status, body: JSON.stringify({ message: `No: ${GITHUB_TOKEN}` }) });
    expect(await run.channel().deliver(notification())).toMatchObject({
      outcome: 'rejected',
      httpStatus: status,
      reason: expect.stringContaining(hint),
    });
  });

  test('an answer that is not GitHub is tried again', async () => {
    const bench = await start();
    bench.fail({ status: 200, body: '<html>Sign in</html>' });
    expect(await run.channel().deliver(notification({ uncertain: true }))).toMatchObject({
      outcome: 'retry',
    });
    bench.fail({ status: 201, body: '<html>Sign in</html>' });
    expect(await run.channel().deliver(notification())).toMatchObject({ outcome: 'retry' });
  });
});

describe('the document of a GitHub receiver', () => {
  const good = { type: 'github', tokenEnv: 'TOKEN', repository: 'acme/ranker' };

  test('has defaults, and reads the same after it was stored', () => {
    const spec = githubSpec.parse(good);
    expect(spec).toMatchObject({
      api: 'https://api.github.com',
      closeOnResolve: true,
      reopenWithin: '7d',
      labels: [],
    });
    expect(githubSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ repository: 'ranker' }, 'must be a repository as owner/name'],
    [{ repository: 'acme/../x' }, 'must be a repository as owner/name'],
    [{ repository: 'acme/..' }, 'must be a repository as owner/name'],
    [{ tokenFile: '/run/t' }, 'must have exactly one of tokenEnv, tokenFile'],
    [{ tokenEnv: undefined }, 'must have exactly one of tokenEnv, tokenFile'],
    [{ tokenEnv: 'ghp-secret' }, 'not the secret itself'],
    [{ labels: ['two words'] }, 'must be a label'],
    [{ labels: ['a,b'] }, 'must be a label'],
    [{ assignees: ['@ada'] }, 'must be the name of an account'],
    [{ reopenWithin: 'always' }, 'must be a duration such as 7d'],
    [{ api: 'ftp://github.example.com' }, 'must start with https:// or http://'],
    [{ title: 'x' }, 'Unrecognized key'],
  ])('%j: %s', (change, problem) => {
    const read = githubSpec.safeParse({ ...good, ...change });
    expect(read.error?.issues.map(({ message }) => message).join('\n') ?? '').toContain(problem);
  });
});
