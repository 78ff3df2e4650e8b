import { z } from 'zod';
import { checkedAddress } from '../address.js';
import type { Channel, ChannelOptions, ChannelType, DeliveryResult, SecretReader } from '../channel.js';
import { classifyFailure } from '../classify.js';
import { destinationKey } from '../destination-key.js';
import { postJson, type Answer } from '../post-json.js';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, exactlyOne, referenceOf, secretFile } from '../secret-reference.js';
import type { TeamsMessage } from './card.js';
import { incidentCard } from './incident-card.js';
import { reportCard } from './report-card.js';

/** `spec` of a Teams receiver. The address of a workflow carries its signature, so it is only ever named. */
const teamsSpec = z
  .strictObject({
    type: z.literal('teams'),
    ...receiverFields,
    urlEnv: environmentName.optional(),
    urlFile: secretFile.optional(),
  })
  .refine(...exactlyOne('urlEnv', 'urlFile'));

type TeamsSpec = z.infer<typeof teamsSpec>;

/**
 * Microsoft Teams through a workflow with the trigger "When a Teams webhook request is received". A card that is posted
 * cannot be changed: one when an incident opens or escalates, one when it resolves.
 */
export const teams: ChannelType<typeof teamsSpec> = {
  type: 'teams',
  specSchema: teamsSpec,
  updates: () => false,
  acknowledges: false,
  idempotent: false,
  reports: true,
  secretsOf: (spec) => referenceOf(spec.urlEnv, spec.urlFile),
  open: openTeams,
};

function openTeams(spec: TeamsSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const secret = referenceOf(spec.urlEnv, spec.urlFile).map(readSecret).join('').trim();
  const url = checkedAddress(secret, spec.urlEnv ?? spec.urlFile ?? '');
  const post = async (body: TeamsMessage): Promise<DeliveryResult> => {
    const answer = await postJson({ url, body }, options);
    // 202: the workflow has started. 200: it has been set up to answer itself.
    return answer.status === 202 || answer.status === 200
      ? { outcome: 'delivered', httpStatus: answer.status }
      : teamsFailure(answer);
  };
  return {
    type: 'teams',
    destination: destinationKey('teams', url),
    // Teams takes about four requests a second.
    limit: { perSecond: 2, burst: 4 },
    async deliver(notification) {
      return notification.intent.action === 'acknowledge'
        ? { outcome: 'delivered', httpStatus: 0 }
        : post(incidentCard(notification));
    },
    report: (report) => post(reportCard(report)),
  };
}

/** What a person has to do, by the code of the workflow's error. */
const ADVICE: Readonly<Record<string, string>> = {
  WorkflowTriggerIsNotEnabled: 'Turn the workflow on again.',
  WorkflowNotFound: 'The workflow was removed: create a new one and store its address.',
  DirectApiAuthorizationRequired:
    'The address lacks its signature, or has one that is not valid any more: copy it from the workflow again.',
  DirectApiRequestHasMoreThanOneAuthorization: 'Copy the address from the workflow again.',
  AuthorizationFailed: 'Let anyone trigger the workflow: its address is the secret.',
};

function teamsFailure(answer: Answer): DeliveryResult {
  const code = 'text' in answer ? errorCodeIn(answer.text) : '';
  const advice = ADVICE[code];
  const result = classifyFailure('Teams', answer, advice === undefined ? '' : code);
  return advice !== undefined && result.outcome === 'rejected'
    ? { ...result, reason: `${result.reason} ${advice}` }
    : result;
}

/** The code of `{"error": {"code": "WorkflowNotFound", "message": "…"}}`. The message is left: it may hold the address. */
function errorCodeIn(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: { code?: unknown } } | null;
    return typeof body?.error?.code === 'string' ? body.error.code : '';
  } catch {
    return '';
  }
}
