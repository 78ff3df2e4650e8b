import type { SignalChart } from '@tidewatch/alerts';
import { oneLine } from '../message/message-text.js';
import { timeTicks, valueAxis, type Axis } from './axis-ticks.js';

/** Size of a chart in pixels: as wide as a message on a telephone, and three of them on one screen. */
export const CHART_WIDTH = 600;
export const CHART_HEIGHT = 200;

const [LEFT, RIGHT, TOP, BOTTOM] = [56, 14, 30, 24];
const LONGEST_TITLE = 78;
const DAY_MS = 86_400_000;

/** Colours that stay apart in grey and for the colour-blind, on white whatever the theme of the reader. */
const INK = '#1f2933';
const FAINT = '#d5dbe1';
const LINE = '#1d5fa8';
const LIMIT = '#b3261e';
const FONT = 'DejaVu Sans, Verdana, Arial, sans-serif';

type Point = readonly [at: number, value: number];

/**
 * Draws a measure over time: a line, its axes, and the value from which the rule fires.
 *
 * @returns an SVG document of {@link CHART_WIDTH} by {@link CHART_HEIGHT}, or `null` with fewer than two usable points: there
 *   is nothing to see
 */
export function chartSvg(chart: SignalChart): string | null {
  const points = chart.points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last[0] <= first[0]) {
    return null;
  }
  const threshold = chart.threshold !== null && Number.isFinite(chart.threshold) ? chart.threshold : null;
  const values = [...points.map(([, value]) => value), ...(threshold === null ? [] : [threshold])];
  // Measures that cannot be negative begin at 0: a line that only looks steep wakes people for nothing.
  const axis = valueAxis(Math.min(0, ...values), Math.max(...values));
  const [from, to] = [first[0], last[0]];
  const x = (at: number): string =>
    (LEFT + ((at - from) / (to - from)) * (CHART_WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number): string =>
    (CHART_HEIGHT - BOTTOM - ((value - axis.low) / (axis.high - axis.low)) * plotHeight()).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART_WIDTH}" height="${CHART_HEIGHT}" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}" role="img">`,
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${CHART_WIDTH}" height="${CHART_HEIGHT}" fill="#ffffff"/>`,
    text(titleOf(chart), { x: '12', y: '19', size: 13, anchor: 'start', weight: 'bold' }),
    ...valueLines(axis, y),
    ...timeTicks(from, to).map((at, index) =>
      text(`${timeLabel(at, to - from)}${index === 0 ? ' UTC' : ''}`, {
        x: x(at),
        y: String(CHART_HEIGHT - 8),
        size: 11,
        anchor: 'middle',
      }),
    ),
    `<polyline fill="none" stroke="${LINE}" stroke-width="2" stroke-linejoin="round" points="${points.map((point) => pair(point, x, y)).join(' ')}"/>`,
    ...(threshold === null ? [] : thresholdLine(threshold, y(threshold))),
    '</svg>',
  ].join('\n');
}

function plotHeight(): number {
  return CHART_HEIGHT - TOP - BOTTOM;
}

function pair([at, value]: Point, x: (at: number) => string, y: (value: number) => string): string {
  return `${x(at)},${y(value)}`;
}

function titleOf({ title, unit }: SignalChart): string {
  const name = oneLine(title, LONGEST_TITLE);
  const measured = oneLine(unit, LONGEST_TITLE - name.length);
  return measured === '' ? name : `${name}, ${measured}`;
}

function valueLines({ ticks }: Axis, y: (value: number) => string): string[] {
  return ticks.flatMap((tick) => [
    `<line x1="${LEFT}" x2="${CHART_WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="${FAINT}"/>`,
    text(numberLabel(tick), {
      x: String(LEFT - 6),
      y: (Number(y(tick)) + 4).toFixed(1),
      size: 11,
      anchor: 'end',
    }),
  ]);
}

function thresholdLine(threshold: number, y: string): string[] {
  // Below the line where there is no room above it.
  const labelY = Number(y) < TOP + 14 ? Number(y) + 13 : Number(y) - 5;
  return [
    `<line x1="${LEFT}" x2="${CHART_WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="${LIMIT}" stroke-width="1.5" stroke-dasharray="6 4"/>`,
    text(`limit ${numberLabel(threshold)}`, {
      // Mostly what leads to an alarm is low on the left.
      x: String(LEFT + 4),
      y: labelY.toFixed(1),
      size: 11,
      anchor: 'start',
      fill: LIMIT,
    }),
  ];
}

interface TextStyle {
  readonly x: string;
  readonly y: string;
  readonly size: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly weight?: 'bold';
  readonly fill?: string;
}

function text(content: string, { x, y, size, anchor, weight, fill = INK }: TextStyle): string {
  const bold = weight === undefined ? '' : ` font-weight="${weight}"`;
  return `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}" text-anchor="${anchor}"${bold} fill="${fill}">${escaped(content)}</text>`;
}

/** `1.2M`, `30k`, `0.005`, `2e-7`: what fits left of the axis. */
function numberLabel(value: number): string {
  const size = Math.abs(value);
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ];
  const [scale, suffix] = units.find(([least]) => size >= least) ?? [1, ''];
  const scaled = value / (suffix === 'k' ? 1e3 : scale);
  return size >= 1e13 || (size > 0 && size < 1e-4)
    ? value.toExponential(1)
    : `${Number(scaled.toPrecision(4))}${suffix}`;
}

/** By the hour and minute, or by the day where a chart spans several. */
function timeLabel(at: number, span: number): string {
  const iso = new Date(at).toISOString();
  return span > 2 * DAY_MS ? iso.slice(5, 10) : iso.slice(11, 16);
}

/** For text and attributes alike. XML knows no way to write most control characters, so they are left out. */
function escaped(content: string): string {
  return content
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
