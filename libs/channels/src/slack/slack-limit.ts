import type { RateLimit } from '../channel.js';

/** Slack takes about one message a second in a channel, and short bursts. */
export const SLACK_LIMIT: RateLimit = { perSecond: 1, burst: 3 };
