import { actionService } from './action.js';
import { githubService } from './github.js';
import { jiraService } from './jira.js';
import { pagerdutyService } from './pagerduty.js';
import type { Service } from './service.js';
import { slackApiService } from './slack-api.js';
import { slackWebhookService } from './slack.js';
import { teamsService } from './teams.js';
import { webhookService } from './webhook.js';

/** Every service that can be stood in for, by kind. A new one is a file and a line here. */
export const services = {
  action: () => actionService(),
  github: () => githubService(),
  jira: () => jiraService(),
  pagerduty: () => pagerdutyService(),
  slack: () => slackWebhookService(),
  'slack-api': () => slackApiService(),
  teams: () => teamsService(),
  webhook: () => webhookService(),
} satisfies Readonly<Record<string, () => Service>>;

/** Which service is stood in for. */
export type StandInKind = keyof typeof services;
