import { describe, expect, test } from '@jest/globals';
import { findRoute, routingSchema, type RouteLabels } from './routing.js';

const document = (routes: unknown): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Routing',
  spec: { routes },
});
const labels: RouteLabels = {
  severity: 'page',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  owner: 'sre',
  kind: 'SLO',
};

describe('routingSchema', () => {
  test('a document becomes routes with their wait in milliseconds', () => {
    const routes = [
      { match: { severity: 'page' }, receiver: 'sre-pager' },
      { match: { severity: 'ticket', service: 'ranker-api' }, receiver: 'ml-tickets', groupWait: '5m' },
    ];
    expect(routingSchema.parse(document(routes))).toEqual({
      routes: [
        { match: { severity: 'page' }, receiver: 'sre-pager', groupWaitMs: 0 },
        {
          match: { severity: 'ticket', service: 'ranker-api' },
          receiver: 'ml-tickets',
          groupWaitMs: 300_000,
        },
      ],
    });
  });

  test.each<[name: string, routes: unknown, path: string, message: RegExp]>([
    ['no routes', [], 'spec.routes', /at least one route/],
    [
      'a severity that does not exist',
      [{ match: { severity: 'warning' }, receiver: 'x' }],
      'spec.routes.0.match.severity',
      /page or ticket/,
    ],
    [
      'a label that routes do not know',
      [{ match: { team: 'a' }, receiver: 'x' }],
      'spec.routes.0.match',
      /team/,
    ],
    ['an unknown key', [{ match: {}, receiver: 'x', continue: true }], 'spec.routes.0', /continue/],
    ['a missing receiver', [{ match: {} }], 'spec.routes.0.receiver', /name of a Receiver/],
    [
      'a wait without a unit',
      [{ match: {}, receiver: 'x', groupWait: '5' }],
      'spec.routes.0.groupWait',
      /duration such as 5m/,
    ],
    [
      'a wait as a number',
      [{ match: {}, receiver: 'x', groupWait: 5 }],
      'spec.routes.0.groupWait',
      /duration such as 5m/,
    ],
  ])('%s is refused where it stands', (_name, routes, path, message) => {
    const result = routingSchema.safeParse(document(routes));
    const issues = result.error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });
});

describe('findRoute', () => {
  const route = (match: Partial<RouteLabels>, receiver: string) => ({ match, receiver, groupWaitMs: 0 });

  test.each<[name: string, routes: ReturnType<typeof route>[], receiver: string | undefined]>([
    ['the first match wins', [route({ severity: 'page' }, 'a'), route({}, 'b')], 'a'],
    ['every label has to match', [route({ severity: 'page', region: 'us-1' }, 'a'), route({}, 'b')], 'b'],
    [
      'a label compares whole and case-sensitive',
      [route({ service: 'ranker' }, 'a'), route({ service: 'Ranker-api' }, 'b')],
      undefined,
    ],
    ['no route, no receiver', [], undefined],
  ])('%s', (_name, routes, receiver) => {
    expect(findRoute({ routes }, labels)?.receiver).toBe(receiver);
  });
});
