import type { IncidentState } from '@tidewatch/alerts';
import { z } from 'zod';
import { plain, type SlackBlock, type SlackButton } from './block-kit.js';

const ACKNOWLEDGE = 'tidewatch_acknowledge';
const RESOLVE = 'tidewatch_resolve';

/** The buttons of an open incident. `value` names it; Slack sends it back when somebody presses one. */
export function buttonsFor(incident: IncidentState): SlackBlock {
  const acknowledge: SlackButton = {
    type: 'button',
    action_id: ACKNOWLEDGE,
    text: plain('Acknowledge'),
    value: incident.id,
    style: 'primary',
  };
  const resolve: SlackButton = {
    type: 'button',
    action_id: RESOLVE,
    text: plain('Resolve'),
    value: incident.id,
    confirm: {
      title: plain('Resolve the incident?'),
      text: plain('Rules that still fire are not heard until they have been ok, for an hour at most.'),
      confirm: plain('Resolve'),
      deny: plain('Cancel'),
    },
  };
  return { type: 'actions', elements: incident.acknowledged === null ? [acknowledge, resolve] : [resolve] };
}

/** What somebody asked for by pressing a button. */
export interface SlackAction {
  readonly kind: 'acknowledge' | 'resolve';
  readonly incidentId: string;
  /** Name of the user for people. */
  readonly by: string;
}

const interactionSchema = z.object({
  type: z.string(),
  user: z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).optional(),
});

/**
 * Reads the body of an interaction: `payload=` with the JSON of a `block_actions` payload, form-encoded.
 *
 * @returns what was asked for; `null` for an interaction that is none of ours; `undefined` for what is no interaction
 */
export function slackActionIn(body: string): SlackAction | null | undefined {
  const payload = new URLSearchParams(body).get('payload');
  if (payload === null) {
    return undefined;
  }
  const read = interactionSchema.safeParse(parsed(payload));
  if (!read.success) {
    return undefined;
  }
  const { type, user, actions = [] } = read.data;
  const action = actions.find(({ action_id: id }) => id === ACKNOWLEDGE || id === RESOLVE);
  if (type !== 'block_actions' || action?.value === undefined || !/^[0-9a-f]{64}$/.test(action.value)) {
    return null;
  }
  return {
    kind: action.action_id === ACKNOWLEDGE ? 'acknowledge' : 'resolve',
    incidentId: action.value,
    by: user.username ?? user.name ?? user.id,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
