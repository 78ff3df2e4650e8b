import { describe, expect, test } from '@jest/globals';
import { ARRAYS_PER_STATEMENT, planCounting, VALUES_PER_STATEMENT } from './plan-counting.js';

const buckets = (...rows: number[]) => rows.map((count, index) => ({ start: index * 10, rows: count }));

describe('counting', () => {
  test('takes small buckets together', () => {
    const work = {
      range: { from: 0, to: 30 },
      buckets: buckets(5, 5, 5),
      variables: 10,
      segments: 2,
      segmentsPerSample: 1,
    };
    expect(planCounting(work)).toEqual([{ range: { from: 0, to: 30 }, parts: 1 }]);
  });

  test('covers the whole range, where there are no samples too', () => {
    expect(
      planCounting({
        range: { from: 0, to: 30 },
        buckets: [],
        variables: 10,
        segments: 1,
        segmentsPerSample: 1,
      }),
    ).toEqual([{ range: { from: 0, to: 30 }, parts: 1 }]);
  });

  test('ends a piece before it has too many values', () => {
    const rows = VALUES_PER_STATEMENT / 100;
    const work = {
      range: { from: 0, to: 40 },
      buckets: buckets(rows / 2, rows / 2, 1, rows),
      variables: 100,
      segments: 1,
      segmentsPerSample: 1,
    };
    expect(planCounting(work)).toEqual([
      { range: { from: 0, to: 20 }, parts: 1 },
      { range: { from: 20, to: 30 }, parts: 1 },
      { range: { from: 30, to: 40 }, parts: 1 },
    ]);
  });

  test('a value counts once for every segment that it lies in', () => {
    const rows = VALUES_PER_STATEMENT / 100;
    const work = {
      range: { from: 0, to: 20 },
      buckets: buckets(rows / 2, rows / 2),
      variables: 100,
      segments: 2,
    };
    expect(planCounting({ ...work, segmentsPerSample: 1 })).toHaveLength(1);
    expect(planCounting({ ...work, segmentsPerSample: 2 })).toHaveLength(2);
  });

  test('counts the variables of a bucket in parts that is too large by itself', () => {
    const large = {
      range: { from: 0, to: 20 },
      buckets: buckets(1, (3 * VALUES_PER_STATEMENT) / 200),
      variables: 200,
      segments: 1,
      segmentsPerSample: 1,
    };
    expect(planCounting(large).map(({ parts }) => parts)).toEqual([1, 3]);
    const wide = {
      range: { from: 0, to: 10 },
      buckets: buckets(1),
      variables: 1_000,
      segments: 101,
      segmentsPerSample: 1,
    };
    expect(planCounting(wide)).toEqual([
      { range: { from: 0, to: 10 }, parts: Math.ceil(101_000 / ARRAYS_PER_STATEMENT) },
    ]);
  });

  test('ends a piece before it makes too many arrays, however few samples there are', () => {
    const work = {
      range: { from: 0, to: 2_880 },
      buckets: buckets(...Array.from({ length: 288 }, () => 1)),
      variables: 200,
      segments: 11,
      segmentsPerSample: 1,
    };
    const pieces = planCounting(work);
    expect(pieces.length).toBe(32);
    expect(pieces.every(({ parts }) => parts === 1)).toBe(true);
    pieces.slice(1).forEach(({ range }, index) => expect(range.from).toBe(pieces[index]!.range.to));
  });
});
