import type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  DeploymentNote,
  Notification,
  SecretReader,
} from '../channel.js';
import { destinationKey } from '../destination-key.js';
import { referenceOf } from '../secret-reference.js';
import { durationMs } from '../ticket/spec-fields.js';
import { actionBody, actionRunId, type ActionBody } from './action-body.js';
import type { ActionAnswer, ActionGate } from './action-gate.js';
import { openActionSender, type ActionSender } from './action-sender.js';
import { actionSpec, type ActionSpec } from './action-spec.js';
import { actionPlace } from './action-target.js';

/** Actions are few and heavy. */
const LIMIT = { perSecond: 1, burst: 5 };

/**
 * A receiver that does something about an incident: rolls back, trains, promotes, scales. It is asked at most once for
 * each incident, when the incident opens (or becomes a page, for those that only pages ask); updates and ends ask for
 * nothing. Whether and when the request goes out is for the gate to say.
 */
export const action: ChannelType<typeof actionSpec> = {
  type: 'action',
  specSchema: actionSpec,
  updates: () => false,
  acknowledges: false,
  idempotent: true,
  reports: false,
  secretsOf: (spec) => [
    ...referenceOf(spec.urlEnv, spec.urlFile),
    ...referenceOf(spec.secretEnv, spec.secretFile),
  ],
  open: openAction,
};

function openAction(spec: ActionSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const sender = openActionSender(spec, readSecret, options);
  return {
    type: 'action',
    destination: destinationKey('action', sender.url),
    limit: LIMIT,
    async deliver(notification) {
      if (!asks(notification, spec)) {
        return {
          outcome: 'delivered',
          httpStatus: 0,
          ...(notification.ref !== null && { ref: notification.ref }),
        };
      }
      return ask(notification, { spec, sender, options });
    },
  };
}

function asks({ intent }: Notification, { on }: ActionSpec): boolean {
  const opens = intent.action === 'trigger' || (intent.action === 'update' && intent.reason === 'escalated');
  return opens && (on === 'ticket' || intent.severity === 'page');
}

interface Way {
  readonly spec: ActionSpec;
  readonly sender: ActionSender;
  readonly options: ChannelOptions;
}

async function ask(notification: Notification, { spec, sender, options }: Way): Promise<DeliveryResult> {
  const { actionGate } = options;
  if (actionGate === undefined) {
    const reason = 'The action was not asked for: nothing in this process decides about actions.';
    return { outcome: 'rejected', reason, httpStatus: 0 };
  }
  let deployments: readonly DeploymentNote[];
  try {
    deployments = await actionGate.liveDeployments(actionPlace(notification.incident));
  } catch {
    const reason = 'The action could not be asked for: the deployments cannot be read.';
    return { outcome: 'retry', afterMs: null, reason, httpStatus: 0 };
  }
  const body = actionBody(notification, spec, deployments);
  return typeof body === 'string'
    ? { outcome: 'rejected', reason: body, httpStatus: 0 }
    : decideAndRun(notification, body, { spec, sender, actionGate });
}

async function decideAndRun(
  notification: Notification,
  body: ActionBody,
  { spec, sender, actionGate }: Omit<Way, 'options'> & { readonly actionGate: ActionGate },
): Promise<DeliveryResult> {
  const { intent, incident, attemptAt } = notification;
  const run = { project: incident.key.project, runId: actionRunId(notification) };
  let answer: ActionAnswer;
  try {
    answer = await actionGate.ask({
      ...run,
      receiver: intent.receiver,
      incidentId: incident.id,
      needsApproval: spec.approval === 'required',
      cooldownMs: durationMs(spec.cooldown),
      body,
      askedAt: attemptAt,
    });
  } catch {
    return undecided();
  }
  const ref = JSON.stringify({ run: answer.runId });
  if (answer.decision !== 'run') {
    return { outcome: 'delivered', httpStatus: 0, ref };
  }
  const result = await sender.send(body, attemptAt);
  try {
    await actionGate.finished(run, result, attemptAt);
  } catch {
    // Asked again, the gate lets the same run through once more, and its receiver knows it by its id.
    return undecided();
  }
  return result.outcome === 'delivered' ? { ...result, ref } : result;
}

function undecided(): DeliveryResult {
  const reason = 'The action could not be decided or noted: the store cannot be written.';
  return { outcome: 'retry', afterMs: null, reason, httpStatus: 0 };
}
