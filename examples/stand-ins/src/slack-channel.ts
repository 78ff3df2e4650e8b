/** A message as it stands in a channel. */
export interface ChannelMessage {
  readonly ts: string;
  /** The message below which it stands as a reply; empty for one of its own. */
  readonly threadTs: string;
  /** Whether a reply is shown in the channel as well. */
  readonly isBroadcast: boolean;
  /** The token that posted it: only that one may change it. */
  readonly token: string;
  text: string;
  blocks: readonly unknown[];
  readonly metadata: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, unknown>>;
  } | null;
}

/** The messages of one channel, and how fast they come. */
export class SlackChannel {
  readonly messages: ChannelMessage[] = [];
  private readonly now: () => number;
  /** Messages a second, or `null` for no limit; bursts of three are let through. */
  private readonly perSecond: number | null;
  private tokens = 3;
  private countedAt: number;
  private lastTs = 0;

  constructor(now: () => number, perSecond: number | null) {
    this.now = now;
    this.perSecond = perSecond;
    this.countedAt = now();
  }

  /** Takes one message's worth of the limit; returns the seconds to wait when nothing is left, else 0. */
  take(): number {
    if (this.perSecond === null) {
      return 0;
    }
    const now = this.now();
    this.tokens = Math.min(3, this.tokens + ((now - this.countedAt) / 1_000) * this.perSecond);
    this.countedAt = now;
    if (this.tokens < 1) {
      return Math.max(1, Math.ceil((1 - this.tokens) / this.perSecond));
    }
    this.tokens -= 1;
    return 0;
  }

  /** The time of a new message: unique in the channel, which is how Slack names messages. */
  nextTs(): string {
    this.lastTs = Math.max(this.lastTs + 1, Math.round(this.now() * 1_000));
    return `${Math.floor(this.lastTs / 1_000_000)}.${String(this.lastTs % 1_000_000).padStart(6, '0')}`;
  }

  find(ts: string): ChannelMessage | undefined {
    return this.messages.find((message) => message.ts === ts);
  }

  /** What is seen in the channel itself, newest first. */
  history(): ChannelMessage[] {
    return this.messages.filter((message) => message.threadTs === '' || message.isBroadcast).reverse();
  }

  /** A message and the replies below it, oldest first. */
  thread(ts: string): ChannelMessage[] {
    return this.messages.filter((message) => message.ts === ts || message.threadTs === ts);
  }
}
