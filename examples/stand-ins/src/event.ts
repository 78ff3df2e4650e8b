/**
 * What the real service would have made of a request. `opened` a new object, `repeated` an opening of one that is open,
 * `updated` or `commented` or `acknowledged` or `resolved` or `reopened` one, `dropped` the request because there is no
 * such object, `posted` a message that is no object, `noted` something that notifies nobody, `read`, `refused` a request
 * that breaks the documented rules, `failed` as the stand-in was told to.
 */
export type StandInEffect =
  | 'opened'
  | 'repeated'
  | 'updated'
  | 'commented'
  | 'acknowledged'
  | 'resolved'
  | 'reopened'
  | 'dropped'
  | 'posted'
  | 'noted'
  | 'read'
  | 'refused'
  | 'failed';

/** One request that a stand-in received, and what the real service would have made of it. Holds no secret. */
export interface StandInEvent {
  /** Which service is stood in for, such as `pagerduty`. */
  readonly kind: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly effect: StandInEffect;
  /** In the words of the service, such as `trigger`, `resolve`, `message`; empty when unreadable. */
  readonly action: string;
  /** PagerDuty's severity; empty for a resolve and for services that have none. */
  readonly severity: string;
  /** What a person would read first (of a resolve: at what it closes). */
  readonly summary: string;
  /** Names the object; empty where the service knows none. */
  readonly dedupKey: string;
  /** What is wrong with a refused request. */
  readonly problems: readonly string[];
  /** The request's body; secrets are masked. */
  readonly payload: unknown;
}

const NOTES: Partial<Record<StandInEffect, string>> = {
  repeated: ' (nothing new)',
  dropped: ' (nothing is open)',
};

/** One event as one line for a person: `[PagerDuty] OPENED critical  ranker-api: …`. */
export function describeEvent(event: StandInEvent): string {
  const name = `[${titleOf(event.kind)}]`;
  if (event.effect === 'refused') {
    return oneLine(`${name} REFUSED ${event.status}  ${event.problems.join('; ')}`);
  }
  if (event.effect === 'failed') {
    return `${name} FAILED ${event.status}  as told`;
  }
  // What is no object of the service's is told in its own words.
  const isAside = event.effect === 'noted' || event.effect === 'read';
  const head = `${(isAside ? event.action : event.effect).toUpperCase()} ${event.severity}`.trim();
  return oneLine(`${name} ${head}  ${event.summary}${NOTES[event.effect] ?? ''}`);
}

/** The kind as the service writes itself. */
export function titleOf(kind: string): string {
  const titles: Record<string, string> = { pagerduty: 'PagerDuty', github: 'GitHub', 'slack-api': 'Slack' };
  return titles[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** A terminal obeys control characters, so none from a request may reach it. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
