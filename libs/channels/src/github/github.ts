import type { Channel, ChannelOptions, ChannelType, RateLimit, SecretReader } from '../channel.js';
import { destinationKey } from '../destination-key.js';
import { redactor } from '../redact.js';
import { referenceOf } from '../secret-reference.js';
import { ticketChannel } from '../ticket/ticket-channel.js';
import { GithubDesk } from './github-desk.js';
import { githubSpec, type GithubSpec } from './github-spec.js';

/**
 * GitHub takes 80 requests that make content in a minute, and 500 in an hour, for each account. A token is taken per
 * message, and an end or a reopening makes two such requests: a change of the issue and a comment. This makes at most 68
 * in a minute and 460 in an hour; the rest is left for what else uses the account.
 */
const LIMIT: RateLimit = { perSecond: 200 / 3_600, burst: 30 };

/**
 * GitHub issues: one per incident, with its history as comments. It is closed at the end and opened again when the incident
 * is, unless a person has closed it as not planned or as a duplicate: then it only gets a comment.
 */
export const github: ChannelType<typeof githubSpec> = {
  type: 'github',
  specSchema: githubSpec,
  updates: () => true,
  acknowledges: true,
  idempotent: false,
  reports: false,
  secretsOf: (spec) => referenceOf(spec.tokenEnv, spec.tokenFile),
  open: openGithub,
};

function openGithub(spec: GithubSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const token = referenceOf(spec.tokenEnv, spec.tokenFile).map(readSecret).join('').trim();
  return ticketChannel(
    new GithubDesk(spec, token, redactor([token])),
    { type: 'github', destination: destinationKey('github', spec.api, token), limit: LIMIT },
    options,
  );
}
