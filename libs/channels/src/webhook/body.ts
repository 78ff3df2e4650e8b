import type { IntentAction, IntentReason } from '@tidewatch/alerts';
import type { Notification } from '../channel.js';
import { composeMessage, MOST_FACTS, MOST_MEMBERS, type Message } from '../message.js';
import { boundedText, oneLine } from '../message/message-text.js';
import { LARGEST_BODY } from './largest-body.js';

/** What a generic webhook receives. Times are RFC 3339 in UTC. New fields may come; `version` changes when one goes. */
export interface WebhookBody {
  readonly version: '1';
  /** What to do with the object that stands for the incident: open it, change it, mark it as taken on, close it. */
  readonly action: IntentAction;
  /** Why the message is sent, such as `opened`, `escalated`, `commented`. */
  readonly reason: IntentReason;
  readonly severity: 'page' | 'ticket';
  /** Names the object that a trigger opens and a resolve closes, 64 hex digits. */
  readonly dedupKey: string;
  /** Who caused it, for an acknowledgement, comment or manual resolve; empty otherwise. */
  readonly by: string;
  /** What that person said; empty otherwise. */
  readonly text: string;
  readonly incident: {
    readonly id: string;
    readonly generation: number;
    /** Number of the change that this message is about; rises with every change. */
    readonly sequence: number;
    readonly status: 'pending' | 'open' | 'resolved';
    readonly severity: 'page' | 'ticket';
    readonly summary: string;
    /** Whether it was made to try the way to people and nothing is wrong. */
    readonly drill: boolean;
    readonly project: string;
    readonly service: string;
    readonly region: string;
    readonly model: string;
    readonly deploymentId: string;
    readonly openedAt: string;
    readonly updatedAt: string;
    readonly resolvedAt: string | null;
    /** Who has taken it on, and who works on it; empty for nobody. */
    readonly acknowledgedBy: string;
    readonly assignee: string;
    /** Most severe and oldest first, at most 10; those that have cleared only in a resolve. */
    readonly members: readonly {
      readonly name: string;
      readonly severity: string;
      readonly summary: string;
      /** At most 10, by name. */
      readonly facts: Readonly<Record<string, string>>;
    }[];
    readonly membersLeftOut: number;
  };
  /** Service, region, model, version, deployment and owner, those that are known, as people read them. */
  readonly place: Readonly<Record<string, string>>;
  /** The latest deployments, one line each, newest first, at most 3. */
  readonly deployments: readonly string[];
  /** One line; empty in a resolve. */
  readonly firstAction: string;
  /** What to try on the way back, for drift; empty for none. */
  readonly canaryPlan: string;
  /** Which samples to look at or retrain on; empty for none. */
  readonly sampleSet: string;
  /** Absolute URLs, or empty. */
  readonly links: {
    readonly runbook: string;
    readonly console: string;
    readonly grafana: string;
    readonly traces: string;
  };
}

/** How much a body says. */
interface Extent {
  readonly members: number;
  readonly facts: number;
  /** Characters of each sentence. */
  readonly sentence: number;
  /** Whether addresses beyond runbook and console are there. */
  readonly allLinks: boolean;
}

/** Numbers go first, because the sentences name those that decided. */
const EXTENTS: readonly Extent[] = [
  { members: MOST_MEMBERS, facts: MOST_FACTS, sentence: 900, allLinks: true },
  { members: MOST_MEMBERS, facts: 0, sentence: 900, allLinks: true },
  { members: 2, facts: 0, sentence: 900, allLinks: true },
];
/** What always fits. */
const SMALLEST: Extent = { members: 1, facts: 0, sentence: 300, allLinks: false };

/** Writes a notification as the body documented by {@link WebhookBody}, of at most 20 KB. */
export function webhookBody(notification: Notification): WebhookBody {
  const message = composeMessage(notification);
  for (const extent of EXTENTS) {
    const body = bodyWith(notification, message, extent);
    if (Buffer.byteLength(JSON.stringify(body)) <= LARGEST_BODY) {
      return body;
    }
  }
  return bodyWith(notification, message, SMALLEST);
}

function bodyWith(notification: Notification, message: Message, extent: Extent): WebhookBody {
  const { intent } = notification;
  const text = (value: string): string => boundedText(value, extent.sentence);
  const { runbook, console, grafana, traces } = message;
  return {
    version: '1',
    action: intent.action,
    reason: intent.reason,
    severity: intent.severity,
    dedupKey: intent.dedupKey,
    by: oneLine(intent.by, LONGEST_NAME),
    text: text(intent.text),
    incident: {
      ...incidentPart(notification),
      summary: text(message.summary),
      members: message.members.slice(0, extent.members).map(({ name, severity, summary, facts }) => ({
        name,
        severity,
        summary: text(summary),
        facts: Object.fromEntries(facts.slice(0, extent.facts)),
      })),
      membersLeftOut: message.membersLeftOut + Math.max(0, message.members.length - extent.members),
    },
    place: Object.fromEntries(message.place),
    deployments: message.deployments,
    firstAction: text(message.firstAction),
    canaryPlan: text(message.canaryPlan),
    sampleSet: text(message.sampleSet),
    links: extent.allLinks
      ? { runbook, console, grafana, traces }
      : { runbook, console, grafana: '', traces: '' },
  };
}

const LONGEST_NAME = 200;

function incidentPart({
  incident,
  intent,
}: Notification): Omit<WebhookBody['incident'], 'summary' | 'members' | 'membersLeftOut'> {
  const { key } = incident;
  const name = (value: string): string => oneLine(value, LONGEST_NAME);
  return {
    id: incident.id,
    generation: incident.generation,
    sequence: intent.sequence,
    status: incident.status,
    severity: incident.severity,
    drill: incident.marker === 'drill',
    project: name(key.project),
    service: name(key.service),
    region: name(key.region),
    model: name(key.model),
    deploymentId: name(incident.deploymentId),
    openedAt: new Date(incident.openedAt).toISOString(),
    updatedAt: new Date(incident.updatedAt).toISOString(),
    resolvedAt: incident.resolvedAt === null ? null : new Date(incident.resolvedAt).toISOString(),
    acknowledgedBy: name(incident.acknowledged?.by ?? ''),
    assignee: name(incident.assignee),
  };
}
