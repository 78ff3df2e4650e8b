/** Which service is stood in for. */
export type StandInKind = 'pagerduty' | 'slack';

/** One request that a stand-in received, and what the real service would have made of it. Holds no secret. */
export interface StandInEvent {
  readonly kind: StandInKind;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** HTTP status of the answer. */
  readonly status: number;
  /**
   * PagerDuty: `opened` a new alert, `repeated` for an open one, `acknowledged`, `resolved`, or `dropped` because no
   * alert with that key is open. Slack: `posted`. Both: `refused` for a request that breaks the documented rules, and
   * `failed` for one that the stand-in was told to fail.
   */
  readonly effect:
    'opened' | 'repeated' | 'acknowledged' | 'resolved' | 'dropped' | 'posted' | 'refused' | 'failed';
  /** `trigger`, `acknowledge`, `resolve` or `message`; empty when unreadable. */
  readonly action: string;
  /** PagerDuty's severity; empty for a resolve and for Slack. */
  readonly severity: string;
  /** The alert's summary (of a resolve: that of the alert it closes) or the message's text. */
  readonly summary: string;
  readonly dedupKey: string;
  /** What is wrong with a refused request. */
  readonly problems: readonly string[];
  /** The request's body; a routing key is masked. */
  readonly payload: unknown;
}

/** What a service makes of one body: the answer to send and the event to report. */
export interface Judgement {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly event: Omit<StandInEvent, 'kind' | 'at' | 'status'>;
}

/** Takes one request body, already parsed; remembers what it has to between requests. */
export type Service = (payload: unknown) => Judgement;

/** One event as one line for a person: `[PagerDuty] TRIGGER critical  ranker-api: …`. */
export function describeEvent(event: StandInEvent): string {
  const name = event.kind === 'pagerduty' ? '[PagerDuty]' : '[Slack]';
  if (event.effect === 'refused') {
    return oneLine(`${name} REFUSED ${event.status}  ${event.problems.join('; ')}`);
  }
  if (event.effect === 'failed') {
    return `${name} FAILED ${event.status}  as told`;
  }
  if (event.kind === 'slack') {
    return oneLine(`${name} ${event.summary}`);
  }
  const notes = { repeated: ' (alert already open)', dropped: ' (no open alert)' } as Record<string, string>;
  const head = `${event.action.toUpperCase()} ${event.severity}`.trim();
  return oneLine(`${name} ${head}  ${event.summary}${notes[event.effect] ?? ''}`);
}

/** A terminal obeys control characters, so none from a request may reach it. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
