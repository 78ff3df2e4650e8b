import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';

/** An incoming webhook of Slack, and a receiver that posts there. */
export function startSlackWebhook(): Promise<HttpBench> {
  return startHttpBench({
    kind: 'slack',
    spec: () => ({ type: 'slack', urlEnv: 'SLACK_URL' }),
    secrets: (url) => ({ SLACK_URL: url }),
  });
}

/** A Slack incoming webhook for the contract suite. */
export const slackWebhookSubject: ContractSubject = {
  type: 'slack',
  updates: false,
  acknowledges: false,
  keepsOpenState: false,
  http: true,
  largestBody: null,
  start: startSlackWebhook,
};
