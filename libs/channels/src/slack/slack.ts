import type { Channel, ChannelOptions, ChannelType, SecretReader } from '../channel.js';
import { slackBot } from './slack-bot.js';
import { botOf, credentialOf, signingSecretOf, slackSpec, type SlackSpec } from './slack-spec.js';
import { slackWebhook } from './slack-webhook.js';

/**
 * Slack. A bot keeps one message per incident up to date and writes its history into the thread; an incoming webhook
 * posts a message when an incident opens or escalates and one when it resolves.
 */
export const slack: ChannelType<typeof slackSpec> = {
  type: 'slack',
  specSchema: slackSpec,
  updates: (spec) => botOf(spec) !== undefined,
  // An acknowledgement changes the bot's message like any other news; a webhook is not told of it.
  acknowledges: false,
  // Slack posts what it is told to post; the bot looks for itself before it posts again.
  idempotent: false,
  reports: true,
  secretsOf: (spec) => [...credentialOf(spec), ...signingSecretOf(spec)],
  open: openSlack,
};

function openSlack(spec: SlackSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const credential = credentialOf(spec).map(readSecret).join('');
  const bot = botOf(spec);
  if (bot === undefined) {
    return slackWebhook(credential, spec.urlEnv ?? spec.urlFile ?? '', options);
  }
  const place = spec.tokenEnv ?? spec.tokenFile ?? '';
  return slackBot({ ...bot, token: credential, place, buttons: signingSecretOf(spec).length > 0 }, options);
}
