import { describe, expect, test } from '@jest/globals';
import { byChange, describeProjection, placing } from './projection.js';
import type { ProjectedPoint } from './projection-view.js';
import { sampleProjection } from './sample-views.js';

const cloud = (count: number, centre: number): ProjectedPoint[] =>
  Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI;
    return [centre + Math.cos(angle), Math.sin(angle)];
  });

describe('placing', () => {
  const view = sampleProjection({ reference: cloud(100, 0), current: cloud(100, 3), clusters: [] });

  test('everything is inside, larger values lie to the right and above', () => {
    const place = placing(view, 600, 300);
    const placed = [...view.reference, ...view.current].map(place);
    expect(placed.filter(({ outside }) => outside)).toEqual([]);
    expect(Math.min(...placed.map(({ x }) => x))).toBeGreaterThanOrEqual(16);
    expect(Math.max(...placed.map(({ x }) => x))).toBeLessThanOrEqual(584);
    expect(place([3, 0]).x).toBeGreaterThan(place([0, 0]).x);
    expect(place([0, 1]).y).toBeLessThan(place([0, 0]).y);
  });

  test('a distance is as long in both directions, whatever the shape of the drawing', () => {
    for (const [width, height] of [
      [600, 300],
      [300, 600],
    ] as const) {
      const place = placing(view, width, height);
      const origin = place([0, 0]);
      expect(place([1, 0]).x - origin.x).toBeCloseTo(origin.y - place([0, 1]).y, 9);
    }
  });

  test('one far vector is drawn at the edge and leaves the others their room', () => {
    const far = { ...view, current: [...view.current, [5_000, -5_000] as const] };
    const place = placing(far, 600, 300);
    expect(place([5_000, -5_000])).toEqual({ x: 596, y: 296, outside: true });
    expect(place([3, 0]).x - place([0, 0]).x).toBeGreaterThan(150);
  });

  test('the centres of clusters lie inside even where no vector is drawn', () => {
    const clusters = [{ cluster: 1, x: 40, y: 0, share: 0, referenceShare: 0 }];
    expect(placing({ ...view, clusters }, 600, 300)([40, 0]).outside).toBe(false);
  });

  test.each([
    ['a single vector', [[2, 2]] as ProjectedPoint[]],
    [
      'vectors that are all equal',
      [
        [2, 2],
        [2, 2],
      ] as ProjectedPoint[],
    ],
    ['none', [] as ProjectedPoint[]],
  ])('%s needs no extent', (_name, current) => {
    const place = placing({ reference: [], current, clusters: [] }, 600, 300);
    const { x, y } = place(current[0] ?? [0, 0]);
    expect([x, y]).toEqual([300, 150]);
  });
});

test('clusters come by the change of their share', () => {
  expect(byChange(sampleProjection().clusters).map(({ cluster }) => cluster)).toEqual([4, 1]);
});

test('the drawing is described in words', () => {
  expect(describeProjection(sampleProjection())).toBe(
    "3 vectors of the window over 3 of the baseline, on two axes that hold 41 % and 8.0 % of the baseline's variance. Of the clusters, 4 changed most: from 8.2 % of the baseline to 23 % of the window.",
  );
  expect(describeProjection(sampleProjection({ clusters: [] }))).not.toMatch(/cluster/);
});
