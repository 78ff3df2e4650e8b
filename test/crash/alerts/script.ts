import type { Severity, Signal } from '@tidewatch/alerts';
import { pageSignal } from '../../harness/alerting-parts.js';

/** One rule that fires or not. */
interface ScriptMember {
  readonly service: string;
  readonly severity: Severity;
}

const MEMBERS = {
  'shop/burn': { service: 'shop', severity: 'page' },
  'ranker/first': { service: 'ranker', severity: 'ticket' },
  'ranker/second': { service: 'ranker', severity: 'ticket' },
  'ranker/burn': { service: 'ranker', severity: 'page' },
  'search/burn': { service: 'search', severity: 'page' },
  'spell/burn': { service: 'spell', severity: 'page' },
  'feed/drift': { service: 'feed', severity: 'ticket' },
  'likes/drift': { service: 'likes', severity: 'ticket' },
} as const satisfies Readonly<Record<string, ScriptMember>>;

type MemberName = keyof typeof MEMBERS;

/** How the world is for a while. Every round says all of it, as evaluation does: what fires, and what is well. */
export interface Round {
  readonly firing: readonly MemberName[];
  /** Services whose incident somebody takes on in this round, unless it is taken on already. */
  readonly acknowledge: readonly string[];
  /** Whether everybody is told of it before the next one begins; else the next one comes at once. */
  readonly settles: boolean;
}

const round = (
  settles: boolean,
  firing: readonly MemberName[],
  acknowledge: readonly string[] = [],
): Round => ({
  firing,
  acknowledge,
  settles,
});

/**
 * What happens. `search` flaps and `spell` is over before anybody may have heard of it; `shop` is taken on, ends, comes
 * back and ends; `ranker` grows, becomes a page, falls back to a ticket and ends; `feed` is a ticket from beginning to
 * end; `likes` ends and comes back.
 */
export const SCRIPT: readonly Round[] = [
  round(false, ['shop/burn', 'ranker/first', 'search/burn', 'spell/burn', 'feed/drift', 'likes/drift']),
  round(false, ['shop/burn', 'ranker/first', 'feed/drift', 'likes/drift']),
  round(true, ['shop/burn', 'ranker/first', 'search/burn', 'feed/drift', 'likes/drift']),
  round(
    true,
    ['shop/burn', 'ranker/first', 'ranker/second', 'search/burn', 'feed/drift', 'likes/drift'],
    ['shop', 'feed'],
  ),
  round(true, ['shop/burn', 'ranker/first', 'ranker/second', 'ranker/burn', 'search/burn', 'feed/drift']),
  round(true, ['ranker/first', 'search/burn', 'feed/drift', 'likes/drift']),
  round(true, ['shop/burn', 'search/burn', 'likes/drift'], ['search']),
  round(true, ['search/burn', 'likes/drift']),
];

/** The signals of one round, at `at` (ms). */
export function signalsOf({ firing }: Round, at: number): Signal[] {
  return Object.entries<ScriptMember>(MEMBERS).map(([name, { service, severity }]) =>
    pageSignal(service, at, {
      member: `SLO/${name}`,
      rule: name,
      severity,
      condition: firing.some((each) => each === name) ? 'firing' : 'ok',
      summary: summaryOf(name),
      labels: {},
    }),
  );
}

/** The sentence by which a member is recognised at a receiver. */
export function summaryOf(member: string): string {
  return `${member.replace('/', ' has a problem named ')}`;
}

/** What one receiver has to know in the end of the incident of one service. */
export interface Expected {
  readonly service: string;
  readonly receiver: string;
  /** How often it is told of an opening: at least and at most. What is over in an instant need not be told. */
  readonly openings: readonly [least: number, most: number];
  readonly ends: 'open' | 'acknowledged' | 'closed';
  /** Whether it hears that somebody has taken it on. */
  readonly acknowledged: boolean;
  /** Members that it hears of. */
  readonly members: readonly MemberName[];
}

const RANKER = ['ranker/first', 'ranker/second', 'ranker/burn'] as const;

/** What everybody has to know when {@link SCRIPT} is over, whatever happened to the process. */
export const EXPECTED: readonly Expected[] = [
  ...['pager-shop', 'hook'].map((receiver): Expected => ({
    service: 'shop',
    receiver,
    openings: [2, 2],
    ends: 'closed',
    acknowledged: true,
    members: ['shop/burn'],
  })),
  ...['pager-ranker', 'hook'].map((receiver): Expected => ({
    service: 'ranker',
    receiver,
    // Its page ends while tickets go on: that is closed, and what is left is told anew.
    openings: [2, 2],
    ends: 'closed',
    acknowledged: false,
    members: RANKER,
  })),
  ...['pager-search', 'hook'].map((receiver): Expected => ({
    service: 'search',
    receiver,
    openings: [1, 2],
    ends: 'acknowledged',
    acknowledged: true,
    members: ['search/burn'],
  })),
  ...['pager-search', 'hook'].map((receiver): Expected => ({
    service: 'spell',
    receiver,
    openings: [0, 1],
    ends: 'closed',
    acknowledged: false,
    members: [],
  })),
  ...['slack-feed', 'issues'].map((receiver): Expected => ({
    service: 'feed',
    receiver,
    openings: [1, 1],
    ends: 'closed',
    acknowledged: true,
    members: ['feed/drift'],
  })),
  {
    service: 'likes',
    receiver: 'slack-likes',
    openings: [2, 2],
    ends: 'open',
    acknowledged: false,
    members: ['likes/drift'],
  },
];
