import { dedupKey, incidentId } from '@tidewatch/alerts';
import { startStandIn, type ServiceObject, type StandIn } from '../../../examples/stand-ins/src/index.js';
import { SLACK_CHANNELS } from './victim-rules.js';
import type { ServiceAddresses } from './victim-task.js';

/** What a receiver has seen and holds of the incident of one service. */
export interface Seen {
  /** How often something was opened there, in the eyes of the people who look at it. */
  readonly openings: number;
  /** How the newest object stands; `null` when there was never one. */
  readonly state: ServiceObject['state'] | null;
  readonly acknowledged: boolean;
  /** Everything that could be read there. */
  readonly texts: string;
  /** What it was told more than once although it had taken it. */
  readonly repeated: readonly string[];
  /** What came in the wrong order. */
  readonly disorder: readonly string[];
}

/** The services that are told, in this process: they live on when the victim dies. */
export interface ReceivingEnd {
  readonly addresses: ServiceAddresses;
  seen(service: string, receiver: string): Seen;
  /** Requests that broke the documented rules of a service. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** Starts one stand-in for each kind of service. */
export async function openReceivingEnd(): Promise<ReceivingEnd> {
  const [pagerduty, webhook, slack, github] = await Promise.all([
    startStandIn({ kind: 'pagerduty', port: 0 }),
    startStandIn({ kind: 'webhook', port: 0 }),
    startStandIn({ kind: 'slack-api', port: 0 }),
    startStandIn({ kind: 'github', port: 0 }),
  ]);
  const all = [pagerduty, webhook, slack, github];
  return {
    addresses: { pagerduty: pagerduty.url, webhook: webhook.url, slack: slack.url, github: github.url },
    seen(service, receiver) {
      const key = keyOf(service, receiver);
      if (receiver === 'issues') {
        return seenAtGithub(github);
      }
      const channel = (SLACK_CHANNELS as Readonly<Record<string, string>>)[receiver];
      if (channel !== undefined) {
        return seenInSlack(slack, channel);
      }
      return receiver === 'hook' ? seenAtWebhook(webhook, key) : seenAtPager(pagerduty, key);
    },
    problems: () => all.flatMap(({ events }) => events.flatMap(({ problems }) => problems)),
    close: async () => {
      await Promise.all(all.map((each) => each.close()));
    },
  };
}

/** Every incident of the script is the first of its service: what comes back is opened again. */
function keyOf(service: string, receiver: string): string {
  return dedupKey(incidentId({ project: 'default', service, region: '', model: '' }, 1), receiver);
}

function seenAtPager(pager: StandIn, key: string): Seen {
  const events = pager.events.filter(({ dedupKey: of }) => of === key);
  const objects = pager.objects().filter((object) => object.key.startsWith(`${key}#`));
  return {
    openings: events.filter(({ effect }) => effect === 'opened').length,
    state: objects.at(-1)?.state ?? null,
    acknowledged: events.some(({ effect }) => effect === 'acknowledged'),
    texts: textsOf(objects),
    // A repetition is recognised: nobody hears of it.
    repeated: [],
    disorder: events.flatMap(({ effect, action }, index) => {
      const before = events[index - 1];
      const isRepeatedEnd = action === 'resolve' && before?.action === 'resolve';
      return effect === 'dropped' && before !== undefined && !isRepeatedEnd
        ? [`${action} came after ${before.action} and met nothing`]
        : [];
    }),
  };
}

function seenAtWebhook(hook: StandIn, key: string): Seen {
  const events = hook.events.filter(({ dedupKey: of, effect }) => of === key && effect !== 'repeated');
  const objects = hook.objects().filter((object) => object.key.startsWith(`${key}#`));
  const openings = events.filter(({ effect }) => effect === 'opened').length;
  const triggers = events.filter(({ action }) => action === 'trigger').length;
  const sequences = events.map(({ payload }) => (payload as HookPayload).incident.sequence);
  return {
    openings,
    state: objects.at(-1)?.state ?? null,
    acknowledged: events.some(({ effect }) => effect === 'acknowledged'),
    texts: textsOf(objects),
    repeated: triggers > openings ? [`${triggers} openings were sent for ${openings} objects`] : [],
    disorder: sequences.flatMap((sequence, index) => {
      const before = sequences[index - 1] ?? 0;
      return sequence <= before ? [`change ${sequence} came after change ${before}`] : [];
    }),
  };
}

interface HookPayload {
  readonly incident: { readonly sequence: number };
}

function seenInSlack(slack: StandIn, channel: string): Seen {
  const objects = slack.objects().filter(({ key }) => key.startsWith(`${channel}:`));
  const events = slack.events.filter(({ payload }) => (payload as SlackPayload | null)?.channel === channel);
  const replies = events.flatMap(({ effect, payload }) =>
    effect === 'commented' ? [(payload as SlackPayload).metadata?.event_payload.intent ?? ''] : [],
  );
  return {
    openings: objects.length,
    state: objects.at(-1)?.state ?? null,
    acknowledged: events.some(
      ({ effect, summary }) => effect === 'updated' && summary.startsWith('ACKNOWLEDGED'),
    ),
    texts: textsOf(objects),
    repeated: repetitionsIn(replies).map((intent) => `a thread says ${intent} more than once`),
    disorder: objects
      .slice(0, -1)
      .flatMap(({ key, state }) => (state === 'closed' ? [] : [`message ${key} was left ${state}`])),
  };
}

interface SlackPayload {
  readonly channel: string;
  readonly metadata?: { readonly event_payload: { readonly intent?: string } };
}

/** One incident alone leads to issues. */
function seenAtGithub(github: StandIn): Seen {
  const objects = github.objects();
  const comments = github.events.flatMap(({ effect, payload }) =>
    effect === 'commented' ? [JSON.stringify(payload)] : [],
  );
  return {
    openings: objects.length,
    state: objects.at(-1)?.state ?? null,
    acknowledged: textsOf(objects).includes('ACKNOWLEDGED'),
    texts: textsOf(objects),
    repeated: repetitionsIn(comments).map((comment) => `an issue says more than once: ${comment}`),
    disorder: [],
  };
}

function textsOf(objects: readonly ServiceObject[]): string {
  return objects.flatMap(({ texts }) => texts).join('\n');
}

function repetitionsIn(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
