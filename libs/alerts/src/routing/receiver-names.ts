import type { Route, Routing } from './route.js';

/** A receiver that a routing names, and where. */
export interface NamedReceiver {
  readonly name: string;
  /** Such as `routes[0].routes[1].receiver` or `routes[0].escalate[2].receivers[1]`. */
  readonly path: string;
}

/** Every receiver that a routing names, those of escalations included, in the order of the table. */
export function receiverNamesOf(routing: Pick<Routing, 'routes'>): NamedReceiver[] {
  return namesOf(routing.routes, 'routes');
}

function namesOf(routes: readonly Route[], path: string): NamedReceiver[] {
  return routes.flatMap((route, index) => {
    const here = `${path}[${index}]`;
    return [
      ...placed(route.receivers ?? [], here),
      ...(route.escalations ?? []).flatMap(({ receivers }, step) =>
        placed(receivers, `${here}.escalate[${step}]`),
      ),
      ...namesOf(route.routes, `${here}.routes`),
    ];
  });
}

function placed(names: readonly string[], path: string): NamedReceiver[] {
  return names.length === 1
    ? names.map((name) => ({ name, path: `${path}.receiver` }))
    : names.map((name, index) => ({ name, path: `${path}.receivers[${index}]` }));
}
