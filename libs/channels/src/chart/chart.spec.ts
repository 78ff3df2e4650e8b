import { describe, expect, test } from '@jest/globals';
import type { SignalChart } from '@tidewatch/alerts';
import { timeTicks, valueAxis } from './axis-ticks.js';
import { CHART_HEIGHT, CHART_WIDTH, chartSvg } from './chart-svg.js';
import { renderPng } from './render-png.js';

/** 2026-11-22T00:00:00Z */
const START = 1_795_305_600_000;
const MINUTE = 60_000;

const chart = (part: Partial<SignalChart> = {}): SignalChart => ({
  title: 'ranker-availability: burn rate over 1h',
  unit: 'times the budget',
  points: Array.from({ length: 60 }, (_, i): [number, number] => [START + i * 6 * MINUTE, i / 3]),
  threshold: 14.4,
  ...part,
});

/** Tags of a document that closes what it opens, with their attributes and texts. */
function elementsOf(
  svg: string,
): { readonly name: string; readonly attributes: string; readonly text: string }[] {
  const open: string[] = [];
  const found: { name: string; attributes: string; text: string }[] = [];
  for (const [, closing, name = '', attributes = '', empty, text = ''] of svg.matchAll(
    /<(\/?)(\w+)((?:\s+[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)\s*(\/?)>([^<]*)/g,
  )) {
    if (closing === '/') {
      expect(open.pop()).toBe(name);
      continue;
    }
    found.push({ name, attributes, text: text.trim() });
    if (empty !== '/') {
      open.push(name);
    }
  }
  expect(open).toEqual([]);
  expect(found.length).toBe((svg.match(/<\w/g) ?? []).length);
  return found;
}

const textsOf = (svg: string | null): string[] =>
  elementsOf(svg ?? '')
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);

describe('a chart', () => {
  test('has a title with its unit, round numbers, times, a line and its limit', () => {
    const svg = chartSvg(chart())!;
    expect(textsOf(svg)).toEqual([
      'ranker-availability: burn rate over 1h, times the budget',
      ...['0', '5', '10', '15', '20'],
      ...['00:00 UTC', '01:00', '02:00', '03:00', '04:00', '05:00'],
      'limit 14.4',
    ]);
    const [line] = elementsOf(svg).filter(({ name }) => name === 'polyline');
    expect(line?.attributes.match(/[\d.]+,[\d.]+/g)).toHaveLength(60);
  });

  test.each<[string, Partial<SignalChart>]>([
    [
      'values that are not numbers',
      { points: [...chart().points, [START, NaN], [NaN, 1], [START, Infinity]] },
    ],
    ['a constant', { points: chart().points.map(([at]) => [at, 5]), threshold: null }],
    ['nothing but zeros', { points: chart().points.map(([at]) => [at, 0]), threshold: null }],
    ['negative values', { points: chart().points.map(([at, value]) => [at, -value]) }],
    ['tiny values', { points: chart().points.map(([at, value]) => [at, value * 1e-9]), threshold: 1e-8 }],
    ['huge values', { points: chart().points.map(([at, value]) => [at, value * 1e14]), threshold: NaN }],
    ['a limit far above', { threshold: 1e6 }],
    [
      'a month',
      {
        points: [
          [START - 30 * 86_400_000, 1],
          [START, 2],
        ],
      },
    ],
    [
      'one millisecond',
      {
        points: [
          [START, 1],
          [START + 1, 2],
        ],
      },
    ],
  ])('of %s stays within its frame', (_, part) => {
    const svg = chartSvg(chart(part))!;
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    for (const { attributes } of elementsOf(svg).filter(({ name }) => name !== 'svg')) {
      for (const [, axis = '', value] of attributes.matchAll(/ ([xy])[12]?="(-?[\d.]+)"/g)) {
        expect(Number(value)).toBeGreaterThanOrEqual(0);
        expect(Number(value)).toBeLessThanOrEqual(axis === 'x' ? CHART_WIDTH : CHART_HEIGHT);
      }
    }
  });

  test('of fewer than two moments is none', () => {
    expect(chartSvg(chart({ points: [] }))).toBeNull();
    expect(chartSvg(chart({ points: [[START, 1]] }))).toBeNull();
    expect(
      chartSvg(
        chart({
          points: [
            [START, 1],
            [START, 2],
          ],
        }),
      ),
    ).toBeNull();
  });

  test('shows hostile text as text', async () => {
    const title = `</text><script>alert(1)</script>&amp;"'\u0000\ud800\uffff${'x'.repeat(900)}`;
    const svg = chartSvg(chart({ title, unit: '<b>' }))!;
    expect(elementsOf(svg).map(({ name }) => name)).not.toContain('script');
    expect(svg).not.toContain('\u0000');
    expect((await renderPng(svg)).length).toBeGreaterThan(1_000);
  });

  test('becomes a PNG of twice its size', async () => {
    const png = Buffer.from(await renderPng(chartSvg(chart())!));
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect(png.readUInt32BE(16)).toBe(2 * CHART_WIDTH);
    expect(png.readUInt32BE(20)).toBe(2 * CHART_HEIGHT);
    expect(png.length).toBeLessThan(60_000);
  });
});

describe('axes', () => {
  test.each([
    [0, 1, [0, 0.5, 1]],
    [0, 7, [0, 2, 4, 6, 8]],
    [-3, 3, [-4, -2, 0, 2, 4]],
    [5, 5, [4, 6]],
    [0, 0, [0, 0.5]],
    [0, 0.3, [0, 0.1, 0.2, 0.3]],
  ])('from %d to %d', (low, high, ticks) => {
    const axis = valueAxis(low, high);
    expect(axis.low).toBeLessThanOrEqual(low);
    expect(axis.high).toBeGreaterThanOrEqual(high);
    expect(axis.ticks.length).toBeLessThanOrEqual(6);
    expect(axis.ticks).toEqual(expect.arrayContaining(ticks));
  });

  test('times are round and few', () => {
    for (const span of [MINUTE, 17 * MINUTE, 180 * MINUTE, 1_440 * MINUTE, 90 * 1_440 * MINUTE]) {
      const ticks = timeTicks(START + 1, START + span);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks.every((at) => at % MINUTE === 0 && at >= START && at <= START + span)).toBe(true);
    }
  });
});
