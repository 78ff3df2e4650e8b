import { afterEach, describe, expect, test } from '@jest/globals';
import type { JiraServiceOptions } from '../../examples/stand-ins/src/jira.js';
import { jiraSpec } from '../../libs/channels/src/jira/jira-spec.js';
import { channelContract } from './channel-contract.js';
import { describeTickets, TicketRun, type TicketBench } from './github-jira-tickets.js';
import { jiraSubject, startJira, type JiraBench } from './jira.bench.js';
import { notification, resolveOf, START } from './notification.js';

channelContract(jiraSubject);

const jiraOf = (bench: TicketBench): JiraBench => bench as JiraBench;

describeTickets({
  name: 'Jira',
  start: () => startJira(),
  closeByHand: (bench, how) => jiraOf(bench).jira.closeByHand('OPS-1', how === 'done' ? 'Done' : "Won't Do"),
  closedAs: (bench) => jiraOf(bench).jira.issues[0]?.resolution ?? null,
  remove: (bench) => jiraOf(bench).jira.remove('OPS-1'),
});

let run: TicketRun;
const runs: TicketRun[] = [];
afterEach(async () => {
  await Promise.all(runs.splice(0).map((each) => each.close()));
});

async function start(
  more: Readonly<Record<string, unknown>> = {},
  options: JiraServiceOptions = {},
): Promise<JiraBench> {
  const bench = await startJira(more, options);
  run = new TicketRun(bench);
  runs.push(run);
  return bench;
}

describe('an issue in Jira', () => {
  test('carries labels, a priority by severity, and the facts', async () => {
    const { jira } = await start();
    const told = notification();
    expect(JSON.parse(await run.tell(told))).toEqual({ issue: 'OPS-1', closedAt: null });
    expect(jira.issues[0]).toMatchObject({
      labels: ['tidewatch', `tidewatch-${told.intent.dedupKey.slice(0, 16)}`, 'ml'],
      priority: 'Highest',
      summary: expect.stringMatching(/^\[PAGE\] ranker-api, eu-1, model ranker: availability burns/),
    });
    expect(run.bench.objects()[0]?.texts[1]).toContain('burn over 1h');
    const ticket = notification({ intent: { severity: 'ticket', dedupKey: 'b'.repeat(64), id: 'other' } });
    await run.tell(ticket);
    expect(jira.issues[1]?.priority).toBe('Medium');
  });

  test.each<[Record<string, unknown>, string]>([
    [{ resolveTransition: 'Done' }, 'closed'],
    [{ resolveTransition: 'close issue' }, 'closed'],
    [{ resolveTransition: undefined }, 'open'],
  ])('is closed by the transition or status of that name: %j', async (more, state) => {
    await start(more);
    const first = notification();
    await run.tell(resolveOf(first, await run.tell(first)));
    expect(run.states()).toEqual([state]);
    expect(run.comments()).toEqual([1]);
  });

  test('that has no such transition is rejected with those that there are', async () => {
    await start({ resolveTransition: 'Fixed' });
    const first = notification();
    const ref = await run.tell(first);
    expect(await run.channel().deliver(resolveOf(first, ref))).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/no transition "Fixed" for OPS-1.*only "Close Issue"/),
    });
  });

  test('without a way back has a successor', async () => {
    await start({ reopenTransition: undefined });
    const first = notification();
    const ref = await run.tell(resolveOf(first, await run.tell(first)));
    const again = notification({
      incident: { ...first.incident, sequence: 9 },
      intent: { reason: 'reopened' },
      ref,
    });
    await run.tell({ ...again, attemptAt: START + 1_800_000 });
    expect(run.states()).toEqual(['closed', 'open']);
  });

  test('that the search does not know yet is not opened a second time', async () => {
    let clock = START + 720_000;
    const begun = Date.now();
    const bench = await start({}, { searchLagMs: 1_000, now: () => clock + (Date.now() - begun) });
    bench.fail('reset', { times: 1, afterEffect: true });
    const channel = run.channel();
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'retry' });
    await run.tell(notification({ uncertain: true }), channel);
    expect(run.states()).toEqual(['open']);
    clock += 1;
  });

  test('is found although the name of the resolution is hostile', async () => {
    await start({ wontFixResolution: 'Won\'t "Do" \\ OR project != "X' });
    const first = notification();
    await run.tell(first);
    await run.tell({ ...first, uncertain: true });
    expect(run.states()).toEqual(['open']);
    expect(run.bench.problems()).toEqual([]);
  });
});

describe('what Jira refuses', () => {
  test('says which field, and what to check', async () => {
    const bench = await start();
    bench.fail({
      status: 400,
      body: JSON.stringify({ errorMessages: [], errors: { priority: 'Priority name "P1" is not valid' } }),
    });
    expect(await run.channel().deliver(notification())).toMatchObject({
      outcome: 'rejected',
      reason:
        'Jira refused the message (400): priority: Priority name "P1" is not valid. Check project, issueType, priority and labels of the receiver, and which fields the project requires.',
    });
  });

  test('an end whose issue cannot be seen is rejected: the account may have lost its access', async () => {
    const bench = await start();
    const first = notification();
    const ref = await run.tell(first);
    bench.fail({ status: 404 });
    expect(await run.channel().deliver(resolveOf(first, ref))).toMatchObject({ outcome: 'rejected' });
  });

  test.each([
    [{ status: 200, body: '<html>Sign in</html>' }, { uncertain: true }],
    [{ status: 201, body: '{"key": "../../x"}' }, {}],
  ])('an answer that is not of Jira is tried again: %j', async (answer, parts) => {
    const bench = await start();
    bench.fail(answer);
    expect(await run.channel().deliver(notification(parts))).toMatchObject({ outcome: 'retry' });
  });
});

describe('the document of a Jira receiver', () => {
  const good = {
    ...{ type: 'jira', url: 'https://acme.atlassian.net', userEnv: 'USER', tokenEnv: 'TOKEN' },
    ...{ project: 'OPS', issueType: 'Bug' },
  };

  test('reads the same after it was stored', () => {
    const spec = jiraSpec.parse(good);
    expect(spec).toMatchObject({ reopenWithin: '7d', labels: [] });
    expect(jiraSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ project: 'Operations' }, 'must be the key of a project such as OPS'],
    [{ project: 'OPS" OR project = "X' }, 'must be the key of a project such as OPS'],
    [{ issueType: '' }, 'must be the name of an issue type'],
    [{ userEnv: undefined }, 'must have exactly one of userEnv, userFile'],
    [{ tokenFile: '/run/t' }, 'must have exactly one of tokenEnv, tokenFile'],
    [{ priority: { high: 'P1' } }, 'Unrecognized key'],
    [{ labels: ['two words'] }, 'must be a label'],
    [{ url: 'acme.atlassian.net' }, 'must be a URL'],
  ])('%j: %s', (change, problem) => {
    const read = jiraSpec.safeParse({ ...good, ...change });
    expect(read.error?.issues.map(({ message }) => message).join('\n') ?? '').toContain(problem);
  });
});
