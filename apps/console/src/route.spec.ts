import { expect, test } from '@jest/globals';
import { sloHref } from './links.js';
import { routeOf } from './route.js';

test.each([
  ['', { page: 'overview' }],
  ['#slo-ranker', { page: 'overview' }],
  ['#/slos/ranker', { page: 'slo', name: 'ranker' }],
  ['#/slos/', { page: 'overview' }],
  ['#/slos/a/b', { page: 'overview' }],
  ['#/slos/%E0%A4%A', { page: 'overview' }],
])('%p shows %o', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

test('the link to an SLO leads to it, whatever its name', () => {
  for (const name of ['ranker-availability', 'a b/c#d', 'größe']) {
    expect(routeOf(sloHref(name))).toEqual({ page: 'slo', name });
  }
});
