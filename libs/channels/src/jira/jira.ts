import type { Channel, ChannelOptions, ChannelType, SecretReader } from '../channel.js';
import { destinationKey } from '../destination-key.js';
import { redactor } from '../redact.js';
import { referenceOf } from '../secret-reference.js';
import { ticketChannel } from '../ticket/ticket-channel.js';
import { JiraDesk } from './jira-desk.js';
import { jiraSpec, type JiraSpec } from './jira-spec.js';

/** Jira publishes no fixed limit for each account, and answers 429 with a time to wait; tickets are in no hurry. */
const LIMIT = { perSecond: 2, burst: 10 };

/**
 * Jira issues: one per incident, with its history as comments. Named transitions close it at the end and open it again
 * when the incident is, unless a person has declined it.
 */
export const jira: ChannelType<typeof jiraSpec> = {
  type: 'jira',
  specSchema: jiraSpec,
  updates: () => true,
  acknowledges: true,
  idempotent: false,
  reports: false,
  secretsOf: (spec) => [
    ...referenceOf(spec.userEnv, spec.userFile),
    ...referenceOf(spec.tokenEnv, spec.tokenFile),
  ],
  open: openJira,
};

function openJira(spec: JiraSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const read = (env?: string, file?: string): string =>
    referenceOf(env, file).map(readSecret).join('').trim();
  const user = read(spec.userEnv, spec.userFile);
  const token = read(spec.tokenEnv, spec.tokenFile);
  const credentials = Buffer.from(`${user}:${token}`).toString('base64');
  return ticketChannel(
    new JiraDesk(spec, `Basic ${credentials}`, redactor([token, credentials, user])),
    { type: 'jira', destination: destinationKey('jira', spec.url, user), limit: LIMIT },
    options,
  );
}
