import type { Notification } from '../channel.js';
import { composeMessage, MOST_FACTS, MOST_MEMBERS } from '../message.js';
import { plainText, truncate } from '../text-limit.js';

/** What a generic webhook receives. Times are RFC 3339 in UTC. New fields may come; `version` changes when one goes. */
export interface WebhookBody {
  readonly version: '1';
  readonly action: 'trigger' | 'resolve';
  readonly severity: 'page' | 'ticket';
  /** Names the object that a trigger opens and a resolve closes, 64 hex digits. */
  readonly dedupKey: string;
  readonly incident: {
    readonly id: string;
    readonly generation: number;
    /** Number of the change that this message is about; rises with every change. */
    readonly sequence: number;
    readonly status: 'pending' | 'open' | 'resolved';
    readonly severity: 'page' | 'ticket';
    readonly summary: string;
    readonly project: string;
    readonly service: string;
    readonly region: string;
    readonly model: string;
    readonly deploymentId: string;
    readonly openedAt: string;
    readonly updatedAt: string;
    readonly resolvedAt: string | null;
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
  /** Absolute URLs, or empty. */
  readonly links: { readonly runbook: string; readonly console: string };
}

/** Standard Webhooks asks for bodies of at most 20 KB; when the numbers do not fit, the sentences still do. */
const LARGEST_BODY = 20_000;

/** Writes a notification as the body documented by {@link WebhookBody}. */
export function webhookBody(notification: Notification): WebhookBody {
  const full = bodyWith(notification, MOST_MEMBERS, MOST_FACTS);
  if (sizeOf(full) <= LARGEST_BODY) {
    return full;
  }
  const withoutFacts = bodyWith(notification, MOST_MEMBERS, 0);
  return sizeOf(withoutFacts) <= LARGEST_BODY ? withoutFacts : bodyWith(notification, 2, 0);
}

function bodyWith(notification: Notification, mostMembers: number, mostFacts: number): WebhookBody {
  const { intent, incident } = notification;
  const message = composeMessage(notification);
  const members = message.members.slice(0, mostMembers);
  return {
    version: '1',
    action: intent.action,
    severity: intent.severity,
    dedupKey: intent.dedupKey,
    incident: {
      id: incident.id,
      generation: incident.generation,
      sequence: intent.sequence,
      status: incident.status,
      severity: incident.severity,
      summary: message.summary,
      project: nameText(incident.key.project),
      service: nameText(incident.key.service),
      region: nameText(incident.key.region),
      model: nameText(incident.key.model),
      deploymentId: nameText(incident.deploymentId),
      openedAt: new Date(incident.openedAt).toISOString(),
      updatedAt: new Date(incident.updatedAt).toISOString(),
      resolvedAt: incident.resolvedAt === null ? null : new Date(incident.resolvedAt).toISOString(),
      members: members.map((member) => ({
        ...member,
        facts: Object.fromEntries(member.facts.slice(0, mostFacts)),
      })),
      membersLeftOut: message.membersLeftOut + message.members.length - members.length,
    },
    links: { runbook: message.runbook, console: message.console },
  };
}

function nameText(text: string): string {
  return truncate(plainText(text), 256);
}

function sizeOf(body: WebhookBody): number {
  return Buffer.byteLength(JSON.stringify(body));
}
