import { describe, expect, test } from '@jest/globals';
import type { SloDefinition } from '@tidewatch/slo';
import { CountCollector } from './slo-counts.js';

const slo = (members: number) =>
  ({ members: Array.from({ length: members }, () => ({})) }) as unknown as SloDefinition;
const counted = (collector: CountCollector, fromBad = false) =>
  Object.fromEntries(
    [...collector.counts(() => fromBad)].map(([group, members]) => [
      group,
      members.map((slices) => slices.map(({ start, good, total }) => [start, good, total])),
    ]),
  );

describe('collected events', () => {
  test('come by group and member, slices ascending, those without events left out', () => {
    const collector = new CountCollector(slo(2));
    collector.add('', 0, 20, 'total', 3);
    collector.add('', 0, 10, 'total', 2);
    collector.add('', 0, 10, 'good', 1);
    collector.add('', 0, 30, 'good', 0);
    collector.add('a', 1, 10, 'total', 5);
    expect(counted(collector)).toEqual({
      '': [
        [
          [10, 1, 2],
          [20, 0, 3],
        ],
        [],
      ],
      a: [[], [[10, 0, 5]]],
    });
  });

  test('are added up as fractions and rounded once', () => {
    const collector = new CountCollector(slo(1));
    for (let index = 0; index < 10; index++) {
      collector.add('', 0, 0, 'total', 0.3);
      collector.add('', 0, 0, 'good', 0.1);
    }
    expect(counted(collector)).toEqual({ '': [[[0, 1, 3]]] });
  });

  test('good ones are what is not bad, less than nothing where bad ones came first; a total never is', () => {
    const collector = new CountCollector(slo(1));
    collector.add('', 0, 0, 'total', 10);
    collector.add('', 0, 0, 'bad', 3);
    collector.add('', 0, 10, 'total', 10);
    collector.add('', 0, 20, 'total', 4);
    collector.add('', 0, 20, 'bad', 9);
    collector.add('', 0, 30, 'total', -4);
    expect(counted(collector, true)).toEqual({
      '': [
        [
          [0, 7, 10],
          [10, 10, 10],
          [20, -5, 4],
        ],
      ],
    });
  });

  test('that contradict each other stay so: more good ones than all are reported, and not hidden', () => {
    const collector = new CountCollector(slo(1));
    collector.add('', 0, 0, 'total', 10);
    collector.add('', 0, 0, 'good', 11);
    collector.add('', 0, 10, 'good', 1);
    expect(counted(collector)).toEqual({
      '': [
        [
          [0, 11, 10],
          [10, 1, 0],
        ],
      ],
    });
  });

  test('of a member that the SLO does not have are dropped', () => {
    const collector = new CountCollector(slo(1));
    collector.add('', 1, 0, 'total', 10);
    expect(counted(collector)).toEqual({ '': [[]] });
  });
});
