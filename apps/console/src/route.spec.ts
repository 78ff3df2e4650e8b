import { expect, test } from '@jest/globals';
import { incidentHref, sloHref } from './links.js';
import { routeOf } from './route.js';

test.each([
  ['', { page: 'overview' }],
  ['#slo-ranker', { page: 'overview' }],
  ['#/slos/ranker', { page: 'slo', name: 'ranker' }],
  ['#/slos/', { page: 'overview' }],
  ['#/slos/a/b', { page: 'overview' }],
  ['#/slos/%E0%A4%A', { page: 'overview' }],
  ['#/incidents/ab12', { page: 'incident', id: 'ab12' }],
  [`#incident-${'ab12'.repeat(16)}`, { page: 'incident', id: 'ab12'.repeat(16) }],
  ['#incidents-title', { page: 'overview' }],
])('%p shows %o', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

test('the link to an SLO or an incident leads to it, whatever its name', () => {
  for (const name of ['ranker-availability', 'a b/c#d', 'größe']) {
    expect(routeOf(sloHref(name))).toEqual({ page: 'slo', name });
    expect(routeOf(incidentHref(name))).toEqual({ page: 'incident', id: name });
  }
});
