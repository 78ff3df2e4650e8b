import { compileMatchers, type LabelTest } from '../matcher/compile-matchers.js';
import { matchersText } from '../matcher/matchers-text.js';
import type { EscalationStep, Route, Routing } from './route.js';

/** A route with what it takes from those above it, ready to be asked ten thousand times. */
export interface RouteNode {
  readonly route: Route;
  /** Such as `routes[0].routes[1]`. */
  readonly path: string;
  readonly matches: LabelTest;
  /** Its conditions as text. */
  readonly text: string;
  readonly receivers: readonly string[] | null;
  readonly toOwner: boolean;
  readonly groupWaitMs: number | null;
  readonly updateWaitMs: number | null;
  readonly repeatMs: number | null;
  readonly escalations: readonly EscalationStep[];
  readonly children: readonly RouteNode[];
}

const known = new WeakMap<Routing, readonly RouteNode[]>();

/** The tree of a routing, made once for each. */
export function treeOf(routing: Routing): readonly RouteNode[] {
  let tree = known.get(routing);
  if (tree === undefined) {
    tree = nodesOf(routing.routes, null, 'routes');
    known.set(routing, tree);
  }
  return tree;
}

function nodesOf(routes: readonly Route[], above: RouteNode | null, path: string): RouteNode[] {
  return routes.map((route, index) => {
    // Naming somebody replaces whoever is named above, whichever way.
    const names = route.receivers !== null || route.toOwner;
    const node = {
      route,
      path: `${path}[${index}]`,
      matches: compileMatchers(route.matchers),
      text: matchersText(route.matchers),
      receivers: names ? route.receivers : (above?.receivers ?? null),
      toOwner: names ? route.toOwner : (above?.toOwner ?? false),
      groupWaitMs: route.groupWaitMs ?? above?.groupWaitMs ?? null,
      updateWaitMs: route.updateWaitMs ?? above?.updateWaitMs ?? null,
      repeatMs: route.repeatMs ?? above?.repeatMs ?? null,
      escalations: route.escalations ?? above?.escalations ?? [],
      children: [] as RouteNode[],
    };
    return { ...node, children: nodesOf(route.routes, node, `${node.path}.routes`) };
  });
}
