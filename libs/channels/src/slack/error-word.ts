import type { DeliveryResult } from '../channel.js';

/** Trouble at Slack's side, or too many messages: the same request may succeed later. */
const LATER = new Set([
  'ratelimited',
  'rate_limited',
  'fatal_error',
  'internal_error',
  'rollup_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** A message that can be changed no more: deleted, somebody else's, or too old for the workspace's rules. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'msg_deleted']);

const NEW_TOKEN = 'Install the app in the workspace again and store its new bot token.';
const FAULT = 'This is a fault of Tidewatch; please report it.';

/** What a person has to do about an error, by the word that Slack answers. */
const ADVICE: Readonly<Record<string, string>> = {
  channel_not_found: 'Check the id of the channel, and invite the bot if the channel is private.',
  not_in_channel: 'Invite the bot to the channel, or give the app the scope chat:write.public.',
  is_archived: 'The channel is archived: restore it or name another one.',
  channel_is_archived: 'The channel is archived: restore it or name another one.',
  invalid_auth: NEW_TOKEN,
  not_authed: NEW_TOKEN,
  invalid_token: NEW_TOKEN,
  token_revoked: NEW_TOKEN,
  token_expired: NEW_TOKEN,
  account_inactive: NEW_TOKEN,
  not_allowed_token_type: 'Use the bot token of the app, which starts with xoxb-.',
  missing_scope: 'Give the app the scope chat:write and install it in the workspace again.',
  no_permission: 'Ask an administrator of the workspace to let the app post in the channel.',
  restricted_action: 'Ask an administrator of the workspace to let the app post in the channel.',
  action_prohibited: 'Ask an administrator of the workspace to let the app post in the channel.',
  access_denied: 'Ask an administrator of the workspace to let the app post in the channel.',
  team_access_not_granted: 'Ask an administrator of the organisation to approve the app for the workspace.',
  no_service: 'The webhook was removed: add a new one and store its address.',
  no_team: 'The webhook was removed: add a new one and store its address.',
  user_not_found: 'The webhook was removed: add a new one and store its address.',
  msg_too_long: FAULT,
  msg_blocks_too_long: FAULT,
  invalid_blocks: FAULT,
  invalid_payload: FAULT,
  no_text: FAULT,
};

/** Words of Slack are short; anything else in their place is noise that may repeat the request. */
export function wordIn(text: string): string {
  const word = text.trim();
  return /^[a-z_]{1,64}$/.test(word) ? word : '';
}

/** Whether the message that was to be changed cannot be changed any more. */
export function isGone(word: string): boolean {
  return GONE.has(word);
}

/** What a person has to do, as a sentence with a space before it; empty for words that explain themselves. */
export function adviceFor(word: string): string {
  return ADVICE[word] === undefined ? '' : ` ${ADVICE[word]}`;
}

/**
 * What `ok: false` of the Web API means: Slack says it with status 200.
 *
 * @param word the error; empty for one that could not be read
 * @param afterMs what `Retry-After` asked for
 */
export function failureOf(word: string, httpStatus: number, afterMs: number | null): DeliveryResult {
  if (word === '' || LATER.has(word)) {
    const reason = `Slack could not take the message${word === '' ? '' : `: ${word}`}.`;
    return { outcome: 'retry', afterMs, reason, httpStatus };
  }
  return { outcome: 'rejected', reason: `Slack refused the message: ${word}.${adviceFor(word)}`, httpStatus };
}
