import { describe, expect, test } from '@jest/globals';
import { countValues } from '../grid/count-values.js';
import { gridFromCategories, gridFromQuantiles } from '../grid/make-grid.js';
import { eventOf } from './drift-event.js';
import { explainSegments } from './explain-segments.js';

const event = (rows: number, inEvent: number, referenceShare: number) => ({
  event: { kind: 'below', threshold: 1 } as const,
  rows,
  inEvent,
  referenceShare,
});

describe('the segments that explain an effect', () => {
  test('the smallest that carries nearly all of it is named; a pair only where it is smaller than its halves', () => {
    // 1,000 samples of which 300 moved, all of them in shops, whatever the device.
    const scanned = [
      { segment: 'channel=shop', rows: 400, inEvent: 340 },
      { segment: 'channel=web', rows: 600, inEvent: 60 },
      { segment: 'device=phone', rows: 500, inEvent: 200 },
      { segment: 'device=desk', rows: 500, inEvent: 200 },
      { segment: 'channel=shop,device=phone', rows: 200, inEvent: 170 },
    ];
    const found = explainSegments(event(1_000, 400, 0.1), scanned, 1e-3);
    expect(found.smallest).toEqual({ segment: 'channel=shop', rows: 400, weight: 0.4, explained: 1 });
    expect(found.top.map(({ segment }) => segment)).toEqual(['channel=shop', 'channel=shop,device=phone']);
  });

  test('a pair is named where only the pair moved', () => {
    const scanned = [
      { segment: 'a=1', rows: 500, inEvent: 250 },
      { segment: 'b=1', rows: 500, inEvent: 250 },
      { segment: 'a=1,b=1', rows: 250, inEvent: 225 },
    ];
    expect(explainSegments(event(1_000, 300, 0.1), scanned, 1e-3).smallest?.segment).toBe('a=1,b=1');
  });

  test('an effect that is everywhere has no segment, and noise is not blamed', () => {
    const everywhere = [
      { segment: 'a=1', rows: 900, inEvent: 452 },
      { segment: 'a=2', rows: 100, inEvent: 48 },
    ];
    expect(explainSegments(event(1_000, 500, 0.1), everywhere, 1e-3)).toEqual({ smallest: null, top: [] });
    expect(explainSegments(event(1_000, 100, 0.1), everywhere, 1e-3)).toEqual({ smallest: null, top: [] });
    expect(explainSegments(event(0, 0, 0.1), [], 1e-3)).toEqual({ smallest: null, top: [] });
  });

  test('an event that became rarer is explained by where it is rare now', () => {
    const scanned = [
      { segment: 'a=1', rows: 500, inEvent: 10 },
      { segment: 'a=2', rows: 500, inEvent: 250 },
    ];
    expect(explainSegments(event(1_000, 260, 0.5), scanned, 1e-3).smallest?.segment).toBe('a=1');
  });
});

describe('the event behind an effect', () => {
  const grid = gridFromQuantiles([0, 1, 2, 3, 4]);
  const sides = {
    reference: countValues(grid, [0, 1, 2, 3, 4, null]),
    current: countValues(grid, [0, 0, 1, 3, null, null]),
  };

  test('is a threshold, turned to the side that grew', () => {
    expect(eventOf(grid, { kind: 'value', value: 2, moreBelow: true }, sides)).toEqual({
      event: { kind: 'below', threshold: 2 },
      referenceShare: 0.4,
      rows: 4,
      inEvent: 3,
    });
    expect(eventOf(grid, { kind: 'value', value: 2, moreBelow: false }, sides)).toMatchObject({
      event: { kind: 'at-or-above', threshold: 2 },
      inEvent: 1,
    });
  });

  test('is what has no value', () => {
    expect(eventOf(grid, { kind: 'missing', more: true }, sides)).toEqual({
      event: { kind: 'missing' },
      referenceShare: 1 / 6,
      rows: 6,
      inEvent: 2,
    });
  });

  test('is a category, or all that are new', () => {
    const words = gridFromCategories([
      ['a', 2],
      ['b', 1],
    ]);
    const both = {
      reference: countValues(words, ['a', 'a', 'b']),
      current: countValues(words, ['b', 'b', 'z', 'y']),
    };
    expect(eventOf(words, { kind: 'category', category: 'b', more: true }, both)).toMatchObject({
      rows: 4,
      inEvent: 2,
    });
    expect(eventOf(words, { kind: 'category', category: null, more: true }, both)).toEqual({
      event: { kind: 'unseen', categories: ['a', 'b'] },
      referenceShare: 0,
      rows: 4,
      inEvent: 2,
    });
    expect(eventOf(words, null, both)).toBeNull();
  });
});
