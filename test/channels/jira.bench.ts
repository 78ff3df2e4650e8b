import { jiraService, type JiraService, type JiraServiceOptions } from '../../examples/stand-ins/src/jira.js';
import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';
import { START } from './notification.js';

export const JIRA_USER = 'tidewatch-bot@example.com';
export const JIRA_TOKEN = 'ATATT3xFfGF0aBcDeFgHiJkLmNoPq';

/** A bench whose issues can be changed as people do it, and whose clock can be set. */
export interface JiraBench extends HttpBench {
  readonly jira: JiraService;
  /** ms */
  clock: number;
}

/** Jira, and a receiver that opens issues in its project. */
export async function startJira(
  more: Readonly<Record<string, unknown>> = {},
  options: JiraServiceOptions = {},
): Promise<JiraBench> {
  let clock = START + 720_000;
  const jira = jiraService({ user: JIRA_USER, token: JIRA_TOKEN, now: () => clock, ...options });
  const bench = await startHttpBench({
    kind: 'jira',
    service: jira,
    spec: (url) => ({
      type: 'jira',
      url,
      userEnv: 'JIRA_USER',
      tokenEnv: 'JIRA_TOKEN',
      project: 'OPS',
      issueType: 'Bug',
      labels: ['ml'],
      priority: { page: 'Highest', ticket: 'Medium' },
      resolveTransition: 'Done',
      reopenTransition: 'Reopen',
      wontFixResolution: "Won't Do",
      ...more,
    }),
    secrets: () => ({ JIRA_USER, JIRA_TOKEN }),
    secretTexts: [JIRA_USER, JIRA_TOKEN, Buffer.from(`${JIRA_USER}:${JIRA_TOKEN}`).toString('base64')],
  });
  return Object.defineProperty({ ...bench, jira, clock }, 'clock', {
    get: () => clock,
    set: (time: number) => {
      clock = time;
    },
  });
}

/** Jira issues for the contract suite. */
export const jiraSubject: ContractSubject = {
  type: 'jira',
  updates: true,
  acknowledges: true,
  keepsOpenState: true,
  http: true,
  largestBody: null,
  start: () => startJira(),
};
