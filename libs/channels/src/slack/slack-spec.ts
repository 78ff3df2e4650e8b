import { z } from 'zod';
import { addressProblem } from '../address.js';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, referenceOf, secretFile, type SecretReference } from '../secret-reference.js';

const API = 'https://slack.com/api';

const fields = z.strictObject({
  type: z.literal('slack'),
  ...receiverFields,
  /** The address of an incoming webhook. It is a credential, so it is only ever named. */
  urlEnv: environmentName.optional(),
  urlFile: secretFile.optional(),
  /** The token of a bot, `xoxb-…`. */
  tokenEnv: environmentName.optional(),
  tokenFile: secretFile.optional(),
  /** Where the bot posts. A name would do for posting, but not for changing what was posted. */
  channel: z
    .string({ error: 'must be the id of a channel such as C0123456789' })
    .regex(
      /^[CGD][A-Z0-9]{7,20}$/,
      'must be the id of a channel such as C0123456789 (shown at the end of its details), not its name',
    )
    .optional(),
  /** Verifies what the buttons send. Without it there are no buttons. */
  signingSecretEnv: environmentName.optional(),
  signingSecretFile: secretFile.optional(),
  /** Base address of the Web API. Only a stand-in or a proxy has another one. */
  api: z
    .string({ error: 'must be a URL' })
    .superRefine((text, context) => {
      const problem = addressProblem(text);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem });
      }
    })
    .optional(),
});

const BOT_FIELDS = ['channel', 'signingSecretEnv', 'signingSecretFile', 'api'] as const;

/** `spec` of a Slack receiver: an incoming webhook (`urlEnv` or `urlFile`), or a bot (`tokenEnv` or `tokenFile`). */
export const slackSpec = fields.superRefine((spec, context) => {
  const problem = (message: string, field?: keyof typeof spec): void => {
    context.addIssue({ code: 'custom', message, path: field === undefined ? [] : [field] });
  };
  const has = (...names: (keyof typeof spec)[]): number =>
    names.filter((name) => spec[name] !== undefined).length;
  const webhook = has('urlEnv', 'urlFile');
  const bot = has('tokenEnv', 'tokenFile');
  if (webhook === 0 && bot === 0) {
    problem(
      'must have urlEnv or urlFile for an incoming webhook, or tokenEnv or tokenFile and channel for a bot',
    );
    return;
  }
  if (webhook > 0 && bot > 0) {
    problem('must be an incoming webhook (urlEnv, urlFile) or a bot (tokenEnv, tokenFile), not both');
    return;
  }
  if (webhook > 1 || bot > 1) {
    problem(`must have exactly one of ${webhook > 1 ? 'urlEnv, urlFile' : 'tokenEnv, tokenFile'}`);
  }
  if (has('signingSecretEnv', 'signingSecretFile') > 1) {
    problem('must have at most one of signingSecretEnv, signingSecretFile');
  }
  if (bot > 0 && spec.channel === undefined) {
    problem('must be the id of the channel in which the bot posts, such as C0123456789', 'channel');
  }
  for (const field of webhook > 0 ? BOT_FIELDS.filter((name) => spec[name] !== undefined) : []) {
    problem('belongs to a bot (tokenEnv or tokenFile); an incoming webhook has no use for it', field);
  }
});

/** A Slack receiver as its document describes it. */
export type SlackSpec = z.infer<typeof slackSpec>;

/** The bot's part of a {@link SlackSpec}; `undefined` for an incoming webhook. */
export function botOf(spec: SlackSpec): { readonly channel: string; readonly api: string } | undefined {
  return spec.tokenEnv === undefined && spec.tokenFile === undefined
    ? undefined
    : { channel: spec.channel ?? '', api: (spec.api ?? API).replace(/\/+$/, '') };
}

/** The credential with which messages are sent: the address of the webhook or the token of the bot. */
export function credentialOf(spec: SlackSpec): SecretReference[] {
  return [...referenceOf(spec.urlEnv, spec.urlFile), ...referenceOf(spec.tokenEnv, spec.tokenFile)];
}

/** The secret with which Slack signs what the buttons send; empty when there are none. */
export function signingSecretOf(spec: SlackSpec): SecretReference[] {
  return referenceOf(spec.signingSecretEnv, spec.signingSecretFile);
}
