import type { DeploymentNote } from '../channel.js';
import { LONGEST_FACT, oneLine } from '../message/message-text.js';
import { truncate } from '../text-limit.js';
import { LONGEST_SUMMARY } from './event.js';

/** The body of a request to `/v2/change/enqueue`: it shows on the timeline of the service and notifies nobody. */
export interface PagerdutyChange {
  readonly routing_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly timestamp: string;
    readonly custom_details: Readonly<Record<string, string>>;
  };
}

const KINDS: Readonly<Record<string, string>> = {
  deploy: 'deployed',
  rollback: 'rolled back',
  traffic: 'got another share of the traffic',
  config: 'got another configuration',
  load_failed: 'failed to load',
};

/** Writes a deployment as a change event. */
export function pagerdutyChange(note: DeploymentNote, routingKey: string): PagerdutyChange {
  const text = (value: string): string => oneLine(value, LONGEST_FACT);
  const what = [text(note.model === '' ? note.service : note.model), text(note.modelVersion)];
  const where = [
    note.model === '' || note.service === '' ? '' : `for ${text(note.service)}`,
    note.region === '' ? '' : `in ${text(note.region)}`,
  ];
  const summary = [...what, KINDS[note.kind] ?? text(note.kind), ...where].filter((part) => part !== '');
  const details = Object.entries({
    deployment: text(note.deploymentId),
    kind: text(note.kind),
    service: text(note.service),
    model: text(note.model),
    version: text(note.modelVersion),
    region: text(note.region),
  }).filter(([, value]) => value !== '');
  return {
    routing_key: routingKey,
    payload: {
      summary: truncate(summary.join(' '), LONGEST_SUMMARY) || 'A deployment',
      source: text(note.service) || text(note.model) || 'Tidewatch',
      timestamp: new Date(note.at).toISOString(),
      custom_details: Object.fromEntries(details),
    },
  };
}

/** Where change events go when alert events go to `url`. */
export function changeAddress(url: string): string {
  const address = new URL(url);
  const alerts = /\/v2\/enqueue\/?$/;
  address.pathname = alerts.test(address.pathname)
    ? address.pathname.replace(alerts, '/v2/change/enqueue')
    : '/v2/change/enqueue';
  return address.href;
}
