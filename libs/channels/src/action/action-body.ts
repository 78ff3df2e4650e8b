import type { IncidentState, MemberState } from '@tidewatch/alerts';
import type { DeploymentNote, Notification } from '../channel.js';
import { composeMessage } from '../message.js';
import { oneLine } from '../message/message-text.js';
import type { ActionKind, ActionSpec } from './action-spec.js';
import { actionPlace, currentDeployment, liveIn, rollbackTarget } from './action-target.js';

/** What the receiver of an action gets. Times are RFC 3339 in UTC. New fields may come; `version` changes when one goes. */
export interface ActionBody {
  readonly version: '1';
  /** The same for every attempt, and in the header `webhook-id`: do what it asks for once. */
  readonly id: string;
  readonly do: ActionKind;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Whether somebody tries the way to people with an incident that is none. `dryRun` is true then. */
  readonly drill: boolean;
  readonly incident: {
    readonly id: string;
    readonly severity: 'page' | 'ticket';
    readonly summary: string;
    readonly openedAt: string;
    /** Address of the incident in the console, or empty. */
    readonly url: string;
  };
  /** What to do it to; parts that are not known are empty. */
  readonly target: {
    readonly project: string;
    readonly service: string;
    readonly region: string;
    readonly model: string;
    readonly modelVersion: string;
    readonly deploymentId: string;
  };
  /** Of a rollback: the last deployment before the current one; `null` for others. */
  readonly rollbackTo: {
    readonly deploymentId: string;
    readonly modelVersion: string;
    readonly deployedAt: string;
  } | null;
  /** Of a promotion: the version, and how to try it; `null` for others. */
  readonly promote: {
    readonly candidate: string;
    /** Share of the traffic, 0 to 1. */
    readonly share: number;
    readonly hours: number;
    readonly stopRule: string;
  } | null;
  /** Of a retraining: the samples that drifted; `null` for others. */
  readonly retrain: { readonly sampleSet: string } | null;
  /** From the rule. */
  readonly parameters: Readonly<Record<string, string>>;
}

const LONGEST_NAME = 200;
const LONGEST_SENTENCE = 900;
/** What a drill asks for in place of a version that it does not have. */
const DRILL = 'drill';
const DRILL_SHARE = 0.05;

/** Names the run of an action for one incident: the start of what names the object at the receiver. */
export function actionRunId({ intent }: Notification): string {
  return intent.dedupKey.slice(0, 32);
}

/**
 * What is to be done, or one sentence that says why it cannot be said.
 *
 * @param deployments what is known to have gone live for the service or the model, newest first
 */
export function actionBody(
  notification: Notification,
  spec: ActionSpec,
  deployments: readonly DeploymentNote[],
): ActionBody | string {
  const { intent, incident } = notification;
  const message = composeMessage(notification);
  const drill = incident.marker === 'drill';
  const place = actionPlace(incident);
  const live = liveIn(place, deployments);
  const current = currentDeployment(notification, live);
  const rollbackTo = spec.do === 'rollback' ? rollbackOf(notification, current, live) : null;
  if (typeof rollbackTo === 'string') {
    return `The rollback was not asked for: ${rollbackTo}`;
  }
  const promote = spec.do === 'promote' ? promotionOf(incident) : null;
  if (spec.do === 'promote' && promote === null) {
    return 'The promotion was not asked for: no rule of the incident names a candidate version.';
  }
  return {
    version: '1',
    id: actionRunId(notification),
    do: spec.do,
    dryRun: spec.dryRun || drill,
    drill,
    incident: {
      id: incident.id,
      severity: intent.severity,
      summary: message.summary,
      openedAt: timeText(incident.openedAt),
      url: message.console,
    },
    target: {
      project: name(place.project),
      service: name(place.service),
      region: name(place.region),
      model: name(place.model),
      modelVersion: name(current?.modelVersion ?? ''),
      deploymentId: name(current?.deploymentId ?? incident.deploymentId),
    },
    rollbackTo,
    promote,
    retrain: spec.do === 'retrain' ? { sampleSet: oneLine(sampleSetOf(incident), LONGEST_SENTENCE) } : null,
    parameters: spec.parameters,
  };
}

/** Drills show that the request arrives, also where nothing was deployed: they are dry runs, and say that they are drills. */
function rollbackOf(
  notification: Notification,
  current: DeploymentNote | null,
  live: readonly DeploymentNote[],
): ActionBody['rollbackTo'] | string {
  const { marker, openedAt } = notification.incident;
  const before = rollbackTarget(notification, current, live);
  if (typeof before === 'string') {
    return marker === 'drill'
      ? { deploymentId: DRILL, modelVersion: DRILL, deployedAt: timeText(openedAt) }
      : before;
  }
  return {
    deploymentId: name(before.deploymentId),
    modelVersion: name(before.modelVersion),
    deployedAt: timeText(before.at),
  };
}

function promotionOf(incident: IncidentState): ActionBody['promote'] {
  const plan = firingMembers(incident)
    .map(({ evidence }) => evidence.canaryPlan)
    .find((each) => each !== null && each.candidate !== '');
  if (incident.marker === 'drill') {
    return { candidate: DRILL, share: DRILL_SHARE, hours: 1, stopRule: DRILL };
  }
  return plan === undefined || plan === null
    ? null
    : {
        candidate: name(plan.candidate),
        share: plan.share,
        hours: plan.hours,
        stopRule: oneLine(plan.stopRule, LONGEST_SENTENCE),
      };
}

function sampleSetOf(incident: IncidentState): string {
  return firingMembers(incident).find(({ evidence }) => evidence.sampleSet !== '')?.evidence.sampleSet ?? '';
}

/** Those that may speak. A member that is kept quiet must not move anything either. */
function firingMembers({ members }: IncidentState): MemberState[] {
  return Object.values(members).filter(({ phase, suppressed }) => phase === 'firing' && suppressed === null);
}

function name(text: string): string {
  return oneLine(text, LONGEST_NAME);
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}
