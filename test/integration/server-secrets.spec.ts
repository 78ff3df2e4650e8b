import { createServer, type AddressInfo, type Server } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeliveryLogEntry } from '../../apps/server/src/query/notifications.controller.js';
import { askApi } from '../harness/ask-api.js';
import { openRawRows } from '../harness/raw-rows.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';
import { startWebhookReceiver, type HookAnswer, type WebhookReceiver } from '../harness/webhook-receiver.js';

/** Long, and found nowhere else. */
const secret = (name: string): string => `${name}-Zq7/Xw+9=${[...name].reverse().join('')}-kept-quiet`;
const SIGNING = Buffer.from('signing-secret-of-the-webhook-0123').toString('base64');
const ACTION_SIGNING = Buffer.from('signing-secret-of-an-action-45678').toString('base64');

/** What must never be seen, by what it is. Names of paths are what makes an address a credential. */
const SECRETS = {
  hookPath: 'hook-path-T0K3N4hook',
  signing: SIGNING,
  pagerdutyKey: 'c0ffee11c0ffee22c0ffee33c0ffee44',
  pagerdutyWebhook: secret('pagerduty-webhook'),
  slackPath: 'slack-path-T0K3N4slack',
  slackToken: 'xoxb-1234567890-kept-quiet-bot',
  slackSigning: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  teamsPath: 'teams-sig-T0K3N4teams',
  githubToken: 'github_pat_11KEPT0QUIET0token',
  jiraUser: 'jira-robot@kept-quiet.example',
  jiraToken: secret('jira'),
  mailUser: 'mail-robot@kept-quiet.example',
  mailPassword: secret('mail'),
  actionPath: 'action-path-T0K3N4act',
  actionSigning: ACTION_SIGNING,
  beatPath: 'beat-path-T0K3N4beat',
} as const;

const NAMES = ['webhook', 'pagerduty', 'slack', 'bot', 'teams', 'github', 'jira', 'email', 'action'];

const rules = (url: string, mailPort: number): string => `
${[
  'webhook, urlEnv: HOOK_URL, secretEnv: HOOK_SECRET',
  `pagerduty, routingKeyEnv: PD_KEY, webhookSecretEnv: PD_WEBHOOK, url: "${url}/pagerduty"`,
  'slack, urlEnv: SLACK_URL',
  `slack, tokenEnv: SLACK_TOKEN, signingSecretEnv: SLACK_SIGNING, channel: C0123456789, api: "${url}/slack"`,
  'teams, urlEnv: TEAMS_URL',
  `github, tokenEnv: GITHUB_PAT, repository: acme/ranker, api: "${url}/github"`,
  `jira, userEnv: JIRA_USER, tokenEnv: JIRA_TOKEN, project: OPS, issueType: Bug, url: "${url}/jira"`,
  `email, host: 127.0.0.1, port: ${mailPort}, security: none, userEnv: MAIL_USER, passwordEnv: MAIL_PASSWORD, from: a@example.com, to: [b@example.com]`,
  'action, do: scale, urlEnv: ACTION_URL, secretEnv: ACTION_SECRET, approval: none, dryRun: false, cooldown: 0s',
]
  .map(
    (spec, index) => `apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ${NAMES[index]}}
spec: {type: ${spec}}
---
`,
  )
  .join('')}
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{receivers: [${NAMES.join(', ')}]}]}
---
apiVersion: tidewatch.dev/v1
kind: Heartbeat
metadata: {name: switch}
spec: {urlEnv: BEAT_URL, every: 10s}
`;

let hooks: WebhookReceiver;
let mail: Server;
let server: TestServer;
let mailLines = '';
const logged: string[] = [];

/** Answers with all that it was asked, where services put what went wrong, and as plain text. */
const echo =
  (status: number, form: 'json' | 'text'): HookAnswer =>
  ({ path, headers, text }, response) => {
    const all = `refused: ${path} ${JSON.stringify(headers)} ${text}`;
    const json = {
      ...{ ok: false, error: all, message: all, detail: all, status: all, warning: all },
      errors: [all, { message: all, field: all, code: all }],
      ...{ errorMessages: [all], response_metadata: { messages: [all] } },
    };
    response.writeHead(status, {
      'content-type': form === 'json' ? 'application/json' : 'text/plain',
      'x-echo': path,
    });
    response.end(form === 'json' ? JSON.stringify(json) : all);
  };

/** A mail server that repeats what it refuses. */
async function startMail(): Promise<Server> {
  const started = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 mail.example ESMTP\r\n');
    socket.on('data', (chunk: Buffer) => {
      const line = chunk.toString().trim();
      mailLines += `${line}\n`;
      socket.write(
        /^EHLO/i.test(line)
          ? '250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n'
          : `535 5.7.8 refused: ${line}\r\n`,
      );
    });
  });
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return started;
}

beforeAll(async () => {
  hooks = await startWebhookReceiver();
  mail = await startMail();
  server = await startTestServer({
    rules: { 'who.yaml': rules(hooks.url, (mail.address() as AddressInfo).port) },
    environment: {
      ...{ HOOK_URL: `${hooks.url}/in/${SECRETS.hookPath}`, HOOK_SECRET: `whsec_${SIGNING}` },
      ...{ PD_KEY: SECRETS.pagerdutyKey, PD_WEBHOOK: SECRETS.pagerdutyWebhook },
      SLACK_URL: `${hooks.url}/services/T000/${SECRETS.slackPath}`,
      ...{ SLACK_TOKEN: SECRETS.slackToken, SLACK_SIGNING: SECRETS.slackSigning },
      TEAMS_URL: `${hooks.url}/workflows/run?sp=%2Ftriggers&sig=${SECRETS.teamsPath}`,
      GITHUB_PAT: SECRETS.githubToken,
      ...{ JIRA_USER: SECRETS.jiraUser, JIRA_TOKEN: SECRETS.jiraToken },
      ...{ MAIL_USER: SECRETS.mailUser, MAIL_PASSWORD: SECRETS.mailPassword },
      ...{ ACTION_URL: `${hooks.url}/act/${SECRETS.actionPath}`, ACTION_SECRET: `whsec_${ACTION_SIGNING}` },
      BEAT_URL: `${hooks.url}/beat/${SECRETS.beatPath}`,
      // For what the rules come to name after a reload.
      ...{ WRONG_SIGNING: secret('wrong-signing'), WRONG_URL: `ftp://example.com/${secret('wrong-url')}` },
    },
    onLog: (line) => logged.push(line),
  });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await Promise.all([hooks.close(), new Promise((resolve) => mail.close(resolve))]);
  removeFolders();
});

const ask = <T = unknown>(path: string, body?: unknown) => askApi<T>(server.api, path, { body });

/** Every form in which a secret travels. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

/** Credentials that are sent together are one text in base64. */
const PAIRS = {
  jiraBasic: `${SECRETS.jiraUser}:${SECRETS.jiraToken}`,
  mailPlain: `\u0000${SECRETS.mailUser}\u0000${SECRETS.mailPassword}`,
};

/** The secrets that a text holds. */
function secretsIn(text: string): string[] {
  return Object.entries({ ...SECRETS, ...PAIRS })
    .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

const log = async (): Promise<DeliveryLogEntry[]> =>
  (await ask<{ items: DeliveryLogEntry[] }>('notifications?limit=1000')).json.items;

/** Pages everybody, and waits until everybody has been tried. */
async function pageEverybody(service: string): Promise<string> {
  const { json } = await ask<{ incidentId: string }>('drills', { severity: 'page', service, keep: '10m' });
  await eventually('an attempt at every receiver', async () => {
    const tried = (await log()).filter(({ incidentId }) => incidentId === json.incidentId);
    return NAMES.every((name) =>
      tried.some(({ receiver, outcome }) => receiver === name && outcome !== 'started'),
    );
  });
  return json.incidentId;
}

describe('a receiver that repeats all that it was sent', () => {
  const ids: string[] = [];

  test.each<[string, number, 'json' | 'text']>([
    ['a refusal in JSON', 400, 'json'],
    ['a refusal in plain text', 400, 'text'],
    ['an error of a service that answers 200', 200, 'json'],
    ['a redirection', 302, 'text'],
  ])(
    '%s',
    async (_what, status, form) => {
      hooks.otherwise(echo(status, form));
      ids.push(await pageEverybody(`echo-${status}-${form}`));
      const open = ids.at(-1);
      await ask(`incidents/${open}/comment`, { text: 'tried' });
      await ask(`incidents/${open}/resolve`, {});
    },
    40_000,
  );

  test('has been sent the secrets, so that this test could find them', () => {
    const sent = hooks.calls
      .map(({ path, headers, text }) => `${path} ${JSON.stringify(headers)} ${text}`)
      .join('\n');
    const mailed = [...mailLines.matchAll(/[A-Za-z0-9+/=]{16,}/g)].map(([word]) =>
      Buffer.from(word, 'base64').toString(),
    );
    // Keys that sign are never sent.
    expect(secretsIn(`${sent}\n${mailed.join('\n')}`).sort()).toEqual(
      expect.arrayContaining([
        'actionPath',
        'beatPath',
        'githubToken',
        'hookPath',
        'jiraBasic',
        'mailPassword',
        'pagerdutyKey',
        'slackPath',
        'slackToken',
        'teamsPath',
      ]),
    );
  });

  test('does not get one of them into an answer of the API', async () => {
    const paths = [
      ...['incidents', 'notifications?limit=1000', 'delivery', 'audit?limit=1000', 'actions', 'status'],
      ...['suppressions', 'silences', ...ids.map((id) => `incidents/${id}`)],
    ];
    for (const path of paths) {
      const { status, json } = await ask(path);
      expect([path, status, secretsIn(JSON.stringify(json))]).toEqual([path, 200, []]);
    }
    const { json } = await ask('routes/test', { labels: { severity: 'page' } });
    expect(JSON.stringify(json)).toContain('webhook');
    expect(secretsIn(JSON.stringify(json))).toEqual([]);
    const metrics = await (await fetch(`${server.api}/metrics`)).text();
    expect(metrics).toContain('tidewatch_notifications_total');
    expect(secretsIn(metrics)).toEqual([]);
    // What went wrong is said all the same.
    const rejected = (await log()).filter(({ outcome }) => outcome === 'rejected');
    expect(new Set(rejected.map(({ receiver }) => receiver)).size).toBeGreaterThan(5);
    expect(rejected.every(({ reason }) => reason.length > 10)).toBe(true);
  });

  test('does not get one of them into a table', async () => {
    const raw = openRawRows(server.dataDir);
    try {
      for (const table of [
        'incident_events',
        'notification_events',
        'audit_log',
        'action_runs',
        'silences',
      ]) {
        const rows = await raw.query(`SELECT * FROM ${table}`);
        expect([table, rows.length > 0 || table === 'silences']).toEqual([table, true]);
        expect([table, secretsIn(JSON.stringify(rows))]).toEqual([table, []]);
      }
    } finally {
      raw.close();
    }
  });

  test('does not get one of them into the log of the process', () => {
    expect(logged.join('')).toContain('"msg":"notification"');
    expect(secretsIn(logged.join(''))).toEqual([]);
  });
});

describe('rules that name a secret that cannot be used', () => {
  test.each<[string, string, RegExp]>([
    [
      'a signing secret of another form',
      '{type: webhook, urlEnv: HOOK_URL, secretEnv: WRONG_SIGNING}',
      /WRONG_SIGNING/,
    ],
    ['an address of another scheme', '{type: teams, urlEnv: WRONG_URL}', /WRONG_URL/],
    ['a secret that is not there', '{type: slack, urlEnv: NOT_SET}', /NOT_SET/],
    ['an address as a key', '{type: pagerduty, routingKeyEnv: WRONG_URL}', /WRONG_URL|null/],
  ])('%s: the refusal names the variable alone', (_what, spec, text) => {
    const document = `apiVersion: tidewatch.dev/v1\nkind: Receiver\nmetadata: {name: wrong}\nspec: ${spec}\n`;
    writeFileSync(join(server.rulesDir, 'wrong.yaml'), document);
    const problem = String(server.server.reloadRules());
    expect(problem).toMatch(text);
    for (const wrong of ['wrong-signing', 'wrong-url']) {
      expect([problem, ...logged].some((line) => line.includes(secret(wrong)))).toBe(false);
    }
    expect(secretsIn(problem + logged.join(''))).toEqual([]);
  });
});
