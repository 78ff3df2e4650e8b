import { describe, expect, test } from '@jest/globals';
import { slackActionIn } from './slack-action.js';

const ID = 'ab'.repeat(32);

/** A `block_actions` payload as Slack documents it, cut to what matters and some more. */
function interaction(part: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'block_actions',
    team: { id: 'T9TK3CUKW', domain: 'example' },
    user: { id: 'UA8RXUSPL', username: 'ada', team_id: 'T9TK3CUKW' },
    api_app_id: 'AABA1ABCD',
    container: { type: 'message', message_ts: '1548261231.000200', channel_id: 'CBR2V3XEX' },
    trigger_id: '12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3',
    response_url: 'https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209',
    actions: [
      {
        action_id: 'tidewatch_acknowledge',
        block_id: '=qXel',
        text: { type: 'plain_text', text: 'Acknowledge', emoji: true },
        value: ID,
        type: 'button',
        action_ts: '1548426417.840180',
      },
    ],
    ...part,
  };
}

const action = (id: string, value?: string): unknown => [{ action_id: id, value, type: 'button' }];
const form = (payload: unknown): string =>
  new URLSearchParams({
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  }).toString();

describe('slackActionIn', () => {
  test.each<[name: string, body: string, expected: unknown]>([
    ['an acknowledgement', form(interaction()), { kind: 'acknowledge', incidentId: ID, by: 'ada' }],
    [
      'a resolve',
      form(interaction({ actions: action('tidewatch_resolve', ID) })),
      { kind: 'resolve', incidentId: ID, by: 'ada' },
    ],
    [
      'a user without a name',
      form(interaction({ user: { id: 'UA8RXUSPL' } })),
      { kind: 'acknowledge', incidentId: ID, by: 'UA8RXUSPL' },
    ],
    ['a button of another app', form(interaction({ actions: action('approve', ID) })), null],
    ['a value that is no incident', form(interaction({ actions: action('tidewatch_resolve', 'x') })), null],
    ['no value', form(interaction({ actions: action('tidewatch_resolve') })), null],
    ['another interaction', form(interaction({ type: 'view_submission', actions: undefined })), null],
    ['a form without a payload', 'text=a', undefined],
    ['a payload that is no JSON', form('{'), undefined],
    ['a payload without a user', form({ type: 'block_actions' }), undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, body, expected) => {
    expect(slackActionIn(body)).toEqual(expected);
  });
});
