import { describe, expect, test } from '@jest/globals';
import { receiverNamesOf } from './receiver-names.js';
import { mergeRoutings, routingSchema, type RoutingPart } from './routing-schema.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const document = (routes: unknown, more: object = {}): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Routing',
  spec: { routes, ...more },
});

const PLAIN = {
  matchers: [],
  receivers: ['x'],
  toOwner: false,
  continue: false,
  groupWaitMs: null,
  updateWaitMs: null,
  repeatMs: null,
  escalations: null,
  routes: [],
};

describe('what a document says', () => {
  test('the shortest table there is', () => {
    expect(routingSchema.parse(document([{ receiver: 'x' }]))).toEqual({ routes: [PLAIN], warmUpMs: null });
    expect(routingSchema.parse(document([{ match: {}, receiver: 'x' }])).routes).toEqual([PLAIN]);
  });

  test('everything that can be said', () => {
    const routes = [
      {
        match: { severity: 'page' },
        receivers: ['a', 'b', 'a'],
        continue: true,
        groupWait: '0s',
        updateWait: '10s',
        repeat: '4h',
        escalate: [
          { after: '15m', unless: 'acknowledged', receiver: 'boss' },
          { after: '4h', raise: 'page' },
          { after: '1d', receivers: ['a', 'b'], raise: 'page' },
        ],
        routes: [{ match: { model: { matches: 'rank.*' } }, escalate: [] }],
      },
      { to: 'owner' },
    ];
    expect(routingSchema.parse(document(routes, { warmUp: '20m' }))).toEqual({
      warmUpMs: 20 * MINUTE,
      routes: [
        {
          matchers: [{ label: 'severity', op: 'equals', value: 'page' }],
          receivers: ['a', 'b'],
          toOwner: false,
          continue: true,
          groupWaitMs: 0,
          updateWaitMs: 10_000,
          repeatMs: 4 * HOUR,
          escalations: [
            { afterMs: 15 * MINUTE, when: 'not-acknowledged', receivers: ['boss'], raise: false },
            { afterMs: 4 * HOUR, when: 'still-firing', receivers: [], raise: true },
            { afterMs: 24 * HOUR, when: 'still-firing', receivers: ['a', 'b'], raise: true },
          ],
          routes: [
            {
              ...PLAIN,
              matchers: [{ label: 'model', op: 'matches', value: 'rank.*' }],
              receivers: null,
              escalations: [],
            },
          ],
        },
        { ...PLAIN, receivers: null, toOwner: true },
      ],
    });
  });

  const part = (warmUpMs: number | null): RoutingPart => ({ routes: [PLAIN], warmUpMs });
  test.each([
    ['15 minutes when nobody says', [part(null), part(null)], 15 * MINUTE],
    ['what one says', [part(null), part(0)], 0],
    ['the longest of several', [part(5 * MINUTE), part(HOUR), part(0)], HOUR],
  ])('documents are one table; the warm-up is %s', (_what, parts, warmUpMs) => {
    expect(mergeRoutings(parts)).toEqual({ routes: parts.map(() => PLAIN), warmUpMs });
  });

  test('no documents are an empty table', () => {
    expect(mergeRoutings([])).toEqual({ routes: [], warmUpMs: 15 * MINUTE });
  });
});

describe('what is wrong is refused where it stands', () => {
  const step = (changes: object) => [
    { receiver: 'x', escalate: [{ after: '5m', receiver: 'y', ...changes }] },
  ];
  test.each<[name: string, routes: unknown, path: string, message: RegExp]>([
    ['no routes', [], 'spec.routes', /at least one route/],
    [
      'a severity that does not exist',
      [{ match: { severity: 'warning' }, receiver: 'x' }],
      'spec.routes.0.match.severity',
      /page or ticket/,
    ],
    [
      'a bad expression',
      [{ match: { team: { matches: '(' } }, receiver: 'x' }],
      'spec.routes.0.match.team.matches',
      /missing closing/,
    ],
    ['an unknown key', [{ receiver: 'x', group_wait: '5m' }], 'spec.routes.0', /group_wait/],
    [
      'a missing receiver',
      [{ match: {} }],
      'spec.routes.0.receiver',
      /name of a Receiver; neither this route nor one above/,
    ],
    ['a receiver without a name', [{ receiver: '' }], 'spec.routes.0.receiver', /name of a Receiver/],
    ['no receivers', [{ receivers: [] }], 'spec.routes.0.receivers', /at least one/],
    [
      'two ways to say who',
      [{ receiver: 'x', to: 'owner' }],
      'spec.routes.0.to',
      /must not stand beside "receiver"/,
    ],
    ['somebody else than the owner', [{ to: 'team' }], 'spec.routes.0.to', /must be owner/],
    [
      'a branch that tells nobody',
      [{ routes: [{ receiver: 'x' }, { routes: [{ match: { a: 'b' } }] }] }],
      'spec.routes.0.routes.1.routes.0.receiver',
      /name of a Receiver/,
    ],
    [
      'something inside a branch',
      [{ receiver: 'x', routes: [{ repeat: 'never' }] }],
      'spec.routes.0.routes.0.repeat',
      /duration such as 5m, and is "never"/,
    ],
    [
      'a wait without a unit',
      [{ receiver: 'x', groupWait: '5' }],
      'spec.routes.0.groupWait',
      /duration such as 5m, and is "5"/,
    ],
    [
      'a wait as a number',
      [{ receiver: 'x', updateWait: 5 }],
      'spec.routes.0.updateWait',
      /duration such as 5m/,
    ],
    [
      'a wait of months',
      [{ receiver: 'x', groupWait: '31d' }],
      'spec.routes.0.groupWait',
      /at most 30d, and is "31d"/,
    ],
    ['a step at once', step({ after: '0s' }), 'spec.routes.0.escalate.0.after', /longer than 0s/],
    [
      'a step that does nothing',
      [{ receiver: 'x', escalate: [{ after: '5m' }] }],
      'spec.routes.0.escalate.0',
      /receiver, receivers or raise: page/,
    ],
    [
      'a step with two lists',
      step({ receivers: ['z'] }),
      'spec.routes.0.escalate.0.receivers',
      /beside "receiver"/,
    ],
    ['a step that lowers', step({ raise: 'ticket' }), 'spec.routes.0.escalate.0.raise', /must be page/],
    [
      'an unknown condition of a step',
      step({ unless: 'cleared' }),
      'spec.routes.0.escalate.0.unless',
      /must be acknowledged, or left out/,
    ],
  ])('%s', (_name, routes, path, message) => {
    const issues = routingSchema.safeParse(document(routes)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });

  test('a warm-up that hides what the deployment broke', () => {
    const issues = routingSchema.safeParse(document([{ receiver: 'x' }], { warmUp: '2h' })).error?.issues;
    expect(issues?.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'spec.warmUp must be at most 1h, and is "2h"',
    ]);
  });
});

test('every receiver that is named is known with its place', () => {
  const { routes } = routingSchema.parse(
    document([
      {
        receiver: 'a',
        escalate: [
          { after: '1m', raise: 'page' },
          { after: '2m', receivers: ['b', 'c'] },
        ],
      },
      { to: 'owner', routes: [{ receivers: ['a', 'd'] }] },
    ]),
  );
  expect(receiverNamesOf({ routes })).toEqual([
    { name: 'a', path: 'routes[0].receiver' },
    { name: 'b', path: 'routes[0].escalate[1].receivers[0]' },
    { name: 'c', path: 'routes[0].escalate[1].receivers[1]' },
    { name: 'a', path: 'routes[1].routes[0].receivers[0]' },
    { name: 'd', path: 'routes[1].routes[0].receivers[1]' },
  ]);
});
