import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { ReceiverTraits } from '../intent.js';
import type { AlertLabels } from '../labels.js';
import { failingMatchers } from '../matcher/compile-matchers.js';
import { explainRouting, matchRoutes } from './match-routes.js';
import type { Route, Routing } from './route.js';
import { mergeRoutings, routingSchema } from './routing-schema.js';

const RECEIVERS: ReadonlyMap<string, ReceiverTraits> = new Map(
  (
    [
      ['sre-pager', 'sre'],
      ['sre-chat', 'sre'],
      ['ml-tickets', 'ml'],
      ['catch-all', ''],
      ['boss', ''],
      ['old', 'retired'],
    ] as const
  ).map(([name, owner]) => [
    name,
    {
      name,
      owner,
      enabled: name !== 'old',
      updates: true,
      acknowledges: true,
      destination: '',
      fallback: null,
    },
  ]),
);

/** A routing as it is written, without its envelope. */
function routing(yaml: string): Routing {
  const routes = parse(yaml) as unknown;
  const document = { apiVersion: 'tidewatch.dev/v1', kind: 'Routing', spec: { routes } };
  return mergeRoutings([routingSchema.parse(document)]);
}

const PAGE = { severity: 'page', service: 'ranker-api', region: 'eu-1', model: 'ranker', owner: 'sre' };
const TICKET = { ...PAGE, severity: 'ticket', owner: 'ml' };

const told = (yaml: string, labels: AlertLabels): string[] =>
  matchRoutes(routing(yaml), labels, RECEIVERS).map(({ receiver, path }) => `${receiver} by ${path}`);

describe('who is told', () => {
  test.each<[name: string, yaml: string, labels: AlertLabels, expected: string[]]>([
    ['what no route matches is told to nobody', '[{match: {severity: page}, receiver: boss}]', TICKET, []],
    [
      'the first that matches wins',
      '[{match: {severity: page}, receiver: sre-pager}, {receiver: catch-all}]',
      PAGE,
      ['sre-pager by routes[0]'],
    ],
    [
      'every condition has to hold',
      '[{match: {severity: page, region: us-1}, receiver: sre-pager}, {receiver: catch-all}]',
      PAGE,
      ['catch-all by routes[1]'],
    ],
    [
      'an absent label is the empty text',
      '[{match: {team: {matches: ".+"}}, receiver: sre-pager}, {match: {team: ""}, receiver: catch-all}]',
      PAGE,
      ['catch-all by routes[1]'],
    ],
    [
      'continue goes on to the next',
      '[{receiver: sre-chat, continue: true}, {match: {severity: page}, receiver: sre-pager}, {receiver: boss}]',
      PAGE,
      ['sre-chat by routes[0]', 'sre-pager by routes[1]'],
    ],
    [
      'a route inside comes before the one around it',
      '[{receiver: catch-all, routes: [{match: {model: ranker}, receiver: ml-tickets}]}, {receiver: boss}]',
      TICKET,
      ['ml-tickets by routes[0].routes[0]'],
    ],
    [
      'the one around is taken itself when none inside matches',
      '[{receiver: catch-all, routes: [{match: {model: search}, receiver: ml-tickets}]}, {receiver: boss}]',
      TICKET,
      ['catch-all by routes[0]'],
    ],
    [
      'without a receiver of its own it is passed over then',
      '[{routes: [{match: {model: search}, receiver: ml-tickets}]}, {receiver: boss}]',
      TICKET,
      ['boss by routes[1]'],
    ],
    [
      'what is inside inherits who is told',
      '[{receiver: sre-pager, routes: [{match: {model: ranker}, repeat: 1h}]}]',
      PAGE,
      ['sre-pager by routes[0].routes[0]'],
    ],
    [
      'naming somebody inside replaces the owner above',
      '[{to: owner, routes: [{match: {severity: page}, receiver: boss}]}]',
      PAGE,
      ['boss by routes[0].routes[0]'],
    ],
    [
      'the owner is told at everything that is theirs',
      '[{to: owner}, {receiver: catch-all}]',
      PAGE,
      ['sre-pager by routes[0]', 'sre-chat by routes[0]'],
    ],
    [
      'an owner inherited from above',
      '[{to: owner, routes: [{match: {severity: ticket}}]}]',
      TICKET,
      ['ml-tickets by routes[0].routes[0]'],
    ],
    [
      'an owner without receivers is passed over',
      '[{to: owner}, {receiver: catch-all}]',
      { ...PAGE, owner: 'nobody' },
      ['catch-all by routes[1]'],
    ],
    [
      'no owner is not everybody without one',
      '[{to: owner}, {receiver: boss}]',
      { ...PAGE, owner: '' },
      ['boss by routes[1]'],
    ],
    [
      'an owner without receivers inside leads to the one around',
      '[{receiver: catch-all, routes: [{to: owner}]}]',
      { ...PAGE, owner: 'nobody' },
      ['catch-all by routes[0]'],
    ],
    [
      'a receiver that is reached twice is told by the first',
      '[{receiver: sre-chat, continue: true}, {to: owner}]',
      PAGE,
      ['sre-chat by routes[0]', 'sre-pager by routes[1]'],
    ],
    [
      'a disabled receiver keeps its place and is not told',
      '[{receivers: [old, boss]}, {receiver: catch-all}]',
      PAGE,
      ['boss by routes[0]'],
    ],
    [
      'a route to a disabled receiver alone is taken',
      '[{to: owner}, {receiver: catch-all}]',
      { ...PAGE, owner: 'retired' },
      [],
    ],
    [
      'continue inside goes on inside, and the route around decides about those after it',
      '[{receiver: boss, continue: true, routes: [{receiver: sre-chat, continue: true}, {match: {model: x}}]}, {receiver: catch-all}]',
      PAGE,
      ['sre-chat by routes[0].routes[0]', 'catch-all by routes[1]'],
    ],
  ])('%s', (_name, yaml, labels, expected) => {
    expect(told(yaml, labels)).toEqual(expected);
  });
});

describe('how they are told', () => {
  const waits = (yaml: string, labels: AlertLabels) =>
    matchRoutes(routing(yaml), labels, RECEIVERS).map((match) => [
      match.groupWaitMs / 1000,
      match.updateWaitMs / 1000,
      match.repeatMs / 1000,
      match.escalations.map(({ afterMs }) => afterMs / 1000),
    ]);
  test.each<[name: string, yaml: string, labels: AlertLabels, expected: unknown]>([
    ['a page speaks at once and again', '[{receiver: boss}]', PAGE, [[0, 10, 14_400, []]]],
    ['a ticket gathers first and speaks once', '[{receiver: boss}]', TICKET, [[300, 300, 0, []]]],
    [
      'what a route says is inherited, and said anew further in',
      '[{receiver: boss, groupWait: 1m, repeat: 2h, escalate: [{after: 5m, raise: page}], routes: [{match: {model: ranker}, groupWait: 0s, escalate: []}]}]',
      TICKET,
      [[0, 300, 7_200, []]],
    ],
    [
      'escalations come from above',
      '[{receiver: boss, escalate: [{after: 5m, receiver: catch-all}], routes: [{match: {model: ranker}}]}]',
      PAGE,
      [[0, 10, 14_400, [300]]],
    ],
  ])('%s', (_name, yaml, labels, expected) => {
    expect(waits(yaml, labels)).toEqual(expected);
  });
});

describe('every decision is said in words', () => {
  const TABLE = `
- {match: {severity: page, team: {matches: "ml-.*"}}, receiver: boss}
- match: {service: {matches: ".+"}}
  continue: true
  routes:
    - {match: {model: {not: ranker}}, receiver: ml-tickets}
    - {match: {model: {notMatches: "rank.*"}}, receiver: ml-tickets}
- match: {severity: ticket}
  receivers: [old, missing, ml-tickets]
  continue: true
  routes:
    - {match: {region: ""}, receiver: boss}
- {to: owner}
- {match: {tier: {not: ""}}, receiver: boss}
`;

  test('also about the routes that were passed over', () => {
    const table = routing(TABLE);
    const { matches, decisions } = explainRouting(table, TICKET, RECEIVERS);
    expect(decisions).toEqual([
      'routes[0]: does not match, severity is ticket and must be page; team is absent and must match "ml-.*"',
      'routes[1]: matches service=~".+"',
      'routes[1].routes[0]: does not match, model is ranker and must not be',
      'routes[1].routes[1]: does not match, model is ranker and must not match "rank.*"',
      'routes[1]: none of its routes is taken and it names no receiver, so it is passed over',
      'routes[2]: matches severity=ticket',
      'routes[2].routes[0]: does not match, region is eu-1 and must be absent',
      'routes[2]: none of its routes is taken, so it is taken itself',
      'routes[2]: old is not told, it is disabled',
      'routes[2]: missing is not told, there is no such receiver',
      'routes[2]: tells ml-tickets, after 5m, changes after 5m, once only',
      'routes[2]: says continue, the routes after it are tried too',
      'routes[3]: matches everything',
      'routes[3]: ml-tickets is told already, by routes[2]',
    ]);
    expect(matches.map(({ explanation }) => explanation)).toEqual([
      [
        'routes[2]: matches severity=ticket',
        'routes[2]: none of its routes is taken, so it is taken itself',
        'routes[2]: old is not told, it is disabled',
        'routes[2]: missing is not told, there is no such receiver',
        'routes[2]: tells ml-tickets, after 5m, changes after 5m, once only',
      ],
    ]);
    expect(matches).toEqual(matchRoutes(table, TICKET, RECEIVERS));
  });

  test.each<[AlertLabels, string[]]>([
    [
      { ...PAGE, owner: 'x y' },
      [
        'routes[3]: matches everything',
        'routes[3]: goes to the owner, and x y has no receiver, so it is passed over',
        'routes[4]: does not match, tier is absent and must be there',
        'nobody is told',
      ],
    ],
    [
      PAGE,
      [
        'routes[3]: matches everything',
        'routes[3]: tells sre-pager as a receiver of the owner sre, at once, changes after 10s, again every 4h',
        'routes[3]: tells sre-chat as a receiver of the owner sre, at once, changes after 10s, again every 4h',
      ],
    ],
  ])('down to nobody being told', (labels, last) => {
    const { decisions } = explainRouting(routing(TABLE), labels, RECEIVERS);
    expect(decisions.slice(-last.length)).toEqual(last);
  });
});

describe('whatever the table', () => {
  const matcher = fc.record({
    label: fc.constantFrom('severity', 'model', 'team'),
    op: fc.constantFrom('equals' as const, 'not' as const),
    value: fc.constantFrom('page', 'ticket', 'ranker', ''),
  });
  const { route } = fc.letrec<{ route: Route }>((tie) => ({
    route: fc.record({
      matchers: fc.array(matcher, { maxLength: 2 }),
      receivers: fc.option(fc.subarray([...RECEIVERS.keys(), 'missing'], { minLength: 1 }), { nil: null }),
      toOwner: fc.constant(false),
      continue: fc.boolean(),
      groupWaitMs: fc.constantFrom(null, 1_000),
      updateWaitMs: fc.constant(null),
      repeatMs: fc.constant(null),
      escalations: fc.constant(null),
      routes: fc.oneof({ maxDepth: 2 }, fc.constant([]), fc.array(tie('route'), { maxLength: 3 })),
    }),
  }));
  const labels = fc.record({
    severity: fc.constantFrom('page', 'ticket'),
    model: fc.constantFrom('ranker', ''),
  });

  test('nobody is told twice, nor by a route of which a condition fails, and explaining changes nothing', () => {
    fc.assert(
      fc.property(fc.array(route, { maxLength: 4 }), labels, (routes, set) => {
        const table = { routes, warmUpMs: 0 };
        const matches = matchRoutes(table, set, RECEIVERS);
        const { matches: explained, decisions } = explainRouting(table, set, RECEIVERS);
        expect(explained).toEqual(matches);
        expect(new Set(matches.map(({ receiver }) => receiver)).size).toBe(matches.length);
        for (const { receiver, path, explanation } of matches) {
          expect(RECEIVERS.get(receiver)?.enabled).toBe(true);
          let level: readonly Route[] = routes;
          for (const [, index] of path.matchAll(/\[(\d+)\]/g)) {
            const here = level[Number(index)];
            expect(failingMatchers(here?.matchers ?? [], set)).toEqual([]);
            level = here?.routes ?? [];
          }
          expect(explanation.every((line) => decisions.includes(line))).toBe(true);
          expect(explanation.at(-1)).toMatch(new RegExp(`tells ${receiver}[, ]`));
        }
        // Every route of the first level up to the one that ended the search has its line.
        expect(routes.length === 0 || decisions.some((line) => line.startsWith('routes[0]: '))).toBe(true);
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});

test('ten thousand label sets find their way through a long table in well under a second', () => {
  const lines = Array.from(
    { length: 100 },
    (_, index) => `- {match: {service: {matches: "svc-${index}-.*"}, severity: page}, receiver: boss}`,
  );
  const table = routing(
    `${lines.join('\n')}\n- {match: {severity: page}, receiver: sre-pager, routes: [{to: owner}]}`,
  );
  const sets = Array.from({ length: 10_000 }, (_, index) => ({ ...PAGE, service: `svc-x-${index}` }));
  const before = process.hrtime.bigint();
  const found = sets.reduce((sum, labels) => sum + matchRoutes(table, labels, RECEIVERS).length, 0);
  const tookMs = Number(process.hrtime.bigint() - before) / 1e6;
  expect(found).toBe(20_000);
  // Many times what it takes, for machines that do other things as well.
  expect(tookMs).toBeLessThan(3_000);
});
