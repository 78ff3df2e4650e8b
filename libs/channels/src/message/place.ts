import type { IncidentState, MemberState } from '@tidewatch/alerts';
import type { DeploymentNote } from '../channel.js';
import { wentLive } from '../went-live.js';
import { LONGEST_FACT, oneLine, roughLength } from './message-text.js';

const MOST_DEPLOYMENTS = 3;
/** Times this close to the opening are the same moment to people. */
const SAME_MOMENT_MS = 30_000;

/** Where, in one line: `ranker-api, eu-1, model ranker`. */
export function subjectOf({ key }: IncidentState): string {
  const parts = [key.service, key.region, key.model === '' ? '' : `model ${key.model}`].filter(
    (part) => part !== '',
  );
  return oneLine(parts.length === 0 ? `project ${key.project}` : parts.join(', '), LONGEST_FACT);
}

/** Service, region, model, version, deployment and owner by name; those that are known. */
export function placeOf(
  incident: IncidentState,
  leader: MemberState | undefined,
  deployments: readonly DeploymentNote[],
): [name: string, value: string][] {
  const { service, region, model } = incident.key;
  const live = liveAtOpening(incident, deployments);
  const places: [string, string][] = [
    ['Service', service],
    ['Region', region],
    ['Model', model],
    ['Version', leader?.facts['Version'] ?? live?.modelVersion ?? ''],
    ['Deployment', incident.deploymentId === '' ? (live?.deploymentId ?? '') : incident.deploymentId],
    ['Owner', leader?.owner ?? ''],
  ];
  return places
    .map(([name, value]): [string, string] => [name, oneLine(value, LONGEST_FACT)])
    .filter(([, value]) => value !== '');
}

/** The deployment that the incident names, or else the newest that had brought a version into traffic by then. */
function liveAtOpening(
  incident: IncidentState,
  deployments: readonly DeploymentNote[],
): DeploymentNote | undefined {
  return incident.deploymentId === ''
    ? deployments.find((deployment) => deployment.at <= incident.openedAt && wentLive(deployment))
    : deployments.find(({ deploymentId }) => deploymentId === incident.deploymentId);
}

/** One line for each of the latest deployments: `12 min before: ranker 1.4.2 deployed (d-81)`. */
export function deploymentLines(incident: IncidentState, deployments: readonly DeploymentNote[]): string[] {
  return deployments
    .slice(0, MOST_DEPLOYMENTS)
    .map((deployment) => oneLine(deploymentLine(incident, deployment), LONGEST_FACT));
}

function deploymentLine({ key, openedAt }: IncidentState, deployment: DeploymentNote): string {
  const { at, deploymentId, kind, model, modelVersion, region, service } = deployment;
  const what = [model === '' ? service : model, modelVersion].filter((part) => part !== '').join(' ');
  const where = region === '' || region === key.region ? '' : ` in ${region}`;
  const id = deploymentId === '' ? '' : ` (${deploymentId})`;
  return `${momentText(at - openedAt)}: ${what} ${KIND_WORDS[kind] ?? kind}${where}${id}`;
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  deploy: 'deployed',
  rollback: 'rolled back',
  traffic: 'got another share of the traffic',
  config: 'got another configuration',
  load_failed: 'failed to load',
};

function momentText(offset: number): string {
  if (Math.abs(offset) < SAME_MOMENT_MS) {
    return 'at that moment';
  }
  return `${roughLength(offset)} ${offset < 0 ? 'before' : 'after'}`;
}
