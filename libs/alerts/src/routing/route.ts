import type { Matcher } from '../matcher/matcher.js';

/** What happens when an incident goes on for too long. */
export interface EscalationStep {
  /** Since the receiver of the route was first told, ms. */
  readonly afterMs: number;
  /** `not-acknowledged`: only while nobody has taken it on. `still-firing`: in any case. */
  readonly when: 'not-acknowledged' | 'still-firing';
  /** Who is told besides; may be empty. */
  readonly receivers: readonly string[];
  /** Whether the incident becomes a page. */
  readonly raise: boolean;
}

/** One branch of the routing tree. What is `null` is taken from the branch above, and at the top from the severity. */
export interface Route {
  /** All must hold; none matches everything. */
  readonly matchers: readonly Matcher[];
  readonly receivers: readonly string[] | null;
  /** Whether the receivers whose `metadata.owner` is the rule's owner are told. A rule whose owner has none does not match. */
  readonly toOwner: boolean;
  /** Whether the routes after this one are tried too. */
  readonly continue: boolean;
  /** How long the first message waits, ms. What resolves meanwhile is never sent. */
  readonly groupWaitMs: number | null;
  /** How long later messages wait for more to say, ms. */
  readonly updateWaitMs: number | null;
  /** After how long an incident that nobody acknowledged is told again, ms; 0 for never. */
  readonly repeatMs: number | null;
  readonly escalations: readonly EscalationStep[] | null;
  readonly routes: readonly Route[];
}

/** Who is told of what. */
export interface Routing {
  readonly routes: readonly Route[];
  /** How long drift and canary tickets wait after a deployment, ms. */
  readonly warmUpMs: number;
}

/** One receiver that a label set leads to. */
export interface RouteMatch {
  readonly receiver: string;
  /** Such as `routes[0].routes[1]`. */
  readonly path: string;
  readonly groupWaitMs: number;
  readonly updateWaitMs: number;
  /** 0 for never. */
  readonly repeatMs: number;
  readonly escalations: readonly EscalationStep[];
  /** Why, one line per decision on the way. */
  readonly explanation: readonly string[];
}
