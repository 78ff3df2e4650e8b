import { formatDuration } from '@tidewatch/core';
import type { ReceiverTraits } from '../intent.js';
import type { AlertLabels } from '../labels.js';
import { failingMatchers, labelValue } from '../matcher/compile-matchers.js';
import type { Matcher } from '../matcher/matcher.js';
import type { RouteMatch, Routing } from './route.js';
import { treeOf, type RouteNode } from './routing-tree.js';

/** Who is told, and why in words. */
export interface ExplainedRouting {
  readonly matches: readonly RouteMatch[];
  /** One line for every route that was looked at and every receiver that was chosen or passed over, in order. */
  readonly decisions: readonly string[];
}

/** What holds where no route on the way says otherwise: a page speaks at once, a ticket gathers first. */
const DEFAULTS = {
  page: { groupWaitMs: 0, updateWaitMs: 10_000, repeatMs: 14_400_000 },
  ticket: { groupWaitMs: 300_000, updateWaitMs: 300_000, repeatMs: 0 },
} as const;

/**
 * Whom the labels lead to, each receiver once, by the first route that reaches it.
 *
 * Routes are tried in order; the first that matches is taken, and those after it only when it says `continue`. Routes
 * inside a route come before it: it is taken itself when none of them matches. One that has nobody to tell then, as one
 * without receivers or one to an owner that has none, counts as not matching.
 *
 * @param receivers all that exist, by name
 */
export function matchRoutes(
  routing: Routing,
  labels: AlertLabels,
  receivers: ReadonlyMap<string, ReceiverTraits>,
): RouteMatch[] {
  const walk: Walk = { labels, receivers, matches: [], decisions: null };
  tryRoutes(treeOf(routing), [], walk);
  return walk.matches;
}

/** {@link matchRoutes}, with every decision in words. */
export function explainRouting(
  routing: Routing,
  labels: AlertLabels,
  receivers: ReadonlyMap<string, ReceiverTraits>,
): ExplainedRouting {
  const decisions: string[] = [];
  const walk: Walk = { labels, receivers, matches: [], decisions };
  tryRoutes(treeOf(routing), [], walk);
  if (walk.matches.length === 0) {
    decisions.push('nobody is told');
  }
  return { matches: walk.matches, decisions };
}

interface Walk {
  readonly labels: AlertLabels;
  readonly receivers: ReadonlyMap<string, ReceiverTraits>;
  readonly matches: RouteMatch[];
  /** `null` when nobody asks for them: they cost more than the matching. */
  readonly decisions: string[] | null;
}

/** Whether one of `nodes` was taken. */
function tryRoutes(nodes: readonly RouteNode[], above: readonly string[], walk: Walk): boolean {
  let taken = false;
  for (const node of nodes) {
    if (!node.matches(walk.labels)) {
      walk.decisions?.push(`${node.path}: does not match, ${unmet(node, walk.labels)}`);
    } else if (tryRoute(node, above, walk)) {
      taken = true;
      if (!node.route.continue) {
        break;
      }
      walk.decisions?.push(`${node.path}: says continue, the routes after it are tried too`);
    }
  }
  return taken;
}

/** Whether `node`, whose conditions hold, or one inside it is taken. */
function tryRoute(node: RouteNode, above: readonly string[], walk: Walk): boolean {
  const way = [...above];
  note(`matches ${node.text}`, { node, way, walk });
  if (node.children.length > 0) {
    if (tryRoutes(node.children, way, walk)) {
      return true;
    }
    if (!node.toOwner && node.receivers === null) {
      walk.decisions?.push(
        `${node.path}: none of its routes is taken and it names no receiver, so it is passed over`,
      );
      return false;
    }
    note('none of its routes is taken, so it is taken itself', { node, way, walk });
  }
  return node.toOwner ? tellOwner(node, way, walk) : tellNamed(node, way, walk);
}

function tellOwner(node: RouteNode, way: string[], walk: Walk): boolean {
  const owner = labelValue(walk.labels, 'owner');
  const owned = owner === '' ? [] : [...walk.receivers.values()].filter((each) => each.owner === owner);
  if (owned.length === 0) {
    walk.decisions?.push(
      `${node.path}: goes to the owner, and ${owner === '' ? 'the rule has none' : `${owner} has no receiver`}, so it is passed over`,
    );
    return false;
  }
  for (const receiver of owned) {
    tell(receiver, ` as a receiver of the owner ${owner}`, { node, way, walk });
  }
  return true;
}

function tellNamed(node: RouteNode, way: string[], walk: Walk): boolean {
  for (const name of node.receivers ?? []) {
    const receiver = walk.receivers.get(name);
    if (receiver === undefined) {
      note(`${name} is not told, there is no such receiver`, { node, way, walk });
    } else {
      tell(receiver, '', { node, way, walk });
    }
  }
  return true;
}

/** A route that was reached and the lines that led to it. */
interface Reached {
  readonly node: RouteNode;
  readonly way: string[];
  readonly walk: Walk;
}

/** Says it to whoever asks for the decisions, and to the receivers that this route goes on to tell. */
function note(text: string, { node, way, walk }: Reached): void {
  const line = `${node.path}: ${text}`;
  way.push(line);
  walk.decisions?.push(line);
}

function tell({ name, enabled }: ReceiverTraits, why: string, reached: Reached): void {
  const { node, way, walk } = reached;
  const first = walk.matches.find((match) => match.receiver === name);
  if (!enabled) {
    note(`${name} is not told, it is disabled`, reached);
    return;
  }
  if (first !== undefined) {
    note(`${name} is told already, by ${first.path}`, reached);
    return;
  }
  const severity = labelValue(walk.labels, 'severity') === 'page' ? 'page' : 'ticket';
  const { groupWaitMs, updateWaitMs, repeatMs } = DEFAULTS[severity];
  const waits = {
    groupWaitMs: node.groupWaitMs ?? groupWaitMs,
    updateWaitMs: node.updateWaitMs ?? updateWaitMs,
    repeatMs: node.repeatMs ?? repeatMs,
  };
  const line = `${node.path}: tells ${name}${why}, ${waitsText(waits)}`;
  walk.decisions?.push(line);
  walk.matches.push({
    receiver: name,
    path: node.path,
    ...waits,
    escalations: node.escalations,
    explanation: [...way, line],
  });
}

/** Such as `at once, changes after 10s, again every 4h`. */
export function waitsText({
  groupWaitMs,
  updateWaitMs,
  repeatMs,
}: Pick<RouteMatch, 'groupWaitMs' | 'updateWaitMs' | 'repeatMs'>): string {
  const first = groupWaitMs === 0 ? 'at once' : `after ${formatDuration(groupWaitMs)}`;
  const changes = updateWaitMs === 0 ? 'changes at once' : `changes after ${formatDuration(updateWaitMs)}`;
  const again = repeatMs === 0 ? 'once only' : `again every ${formatDuration(repeatMs)}`;
  return `${first}, ${changes}, ${again}`;
}

/** Such as `severity is ticket and must be page`. */
function unmet({ route }: RouteNode, labels: AlertLabels): string {
  return failingMatchers(route.matchers, labels)
    .map((matcher) => {
      const value = labelValue(labels, matcher.label);
      return `${matcher.label} is ${value === '' ? 'absent' : shown(value)} and ${demand(matcher)}`;
    })
    .join('; ');
}

function demand({ op, value }: Matcher): string {
  switch (op) {
    case 'equals':
      return `must be ${value === '' ? 'absent' : shown(value)}`;
    case 'not':
      return value === '' ? 'must be there' : 'must not be';
    case 'matches':
      return `must match ${JSON.stringify(value)}`;
    case 'not-matches':
      return `must not match ${JSON.stringify(value)}`;
  }
}

/** A value as it is when it is one word, else in quotes. */
function shown(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
}
