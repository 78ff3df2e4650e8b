import { slackApiService, type SlackApiOptions } from '../../examples/stand-ins/src/slack-api.js';
import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';

export const SLACK_TOKEN = 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy';
export const SLACK_CHANNEL = 'C0123456789';
export const SIGNING_SECRET = '3f1e0c5f6a7b8c9d0e1f2a3b4c5d6e7f';

/** The keys of a bot's `spec`; more may be added. */
export function botSpec(url: string): Record<string, unknown> {
  return { type: 'slack', tokenEnv: 'SLACK_TOKEN', channel: SLACK_CHANNEL, api: url };
}

/** Slack's Web API, and a receiver that posts there as a bot. */
export function startSlackBot(
  options: SlackApiOptions = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<HttpBench> {
  return startHttpBench({
    kind: 'slack-api',
    service: slackApiService({ token: SLACK_TOKEN, channels: [SLACK_CHANNEL], ...options }),
    spec: (url) => ({ ...botSpec(url), ...more }),
    secrets: () => ({ SLACK_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET }),
  });
}

/** A Slack bot for the contract suite. */
export const slackBotSubject: ContractSubject = {
  type: 'slack',
  updates: true,
  acknowledges: false,
  keepsOpenState: true,
  http: true,
  largestBody: null,
  start: () => startSlackBot(),
};
