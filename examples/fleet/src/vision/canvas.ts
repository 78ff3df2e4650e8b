import type { Shape } from './shapes.js';

const { max, min } = Math;

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** A picture being drawn: rows from the top, three numbers a pixel, not yet rounded. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * What is drawn does not depend on the size of the picture: its height is 1, its width `width / height`, and (0, 0) is the top left
 * corner.
 */
export type Paint = (x: number, y: number) => Colour;

/** A black canvas. */
export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Float32Array(3 * width * height) };
}

/** Colours every pixel by its place. */
export function fill(canvas: Canvas, paint: Paint): void {
  eachPixel(canvas, (at, x, y) => canvas.data.set(paint(x, y), at));
}

/** Paints a shape over what is there. Pixels on its edge are mixed, so that edges have no steps. */
export function paintShape(canvas: Canvas, shape: Shape, colour: Colour): void {
  const { data, height } = canvas;
  eachPixel(canvas, (at, x, y) => {
    const covered = min(1, max(0, 0.5 - shape(x, y) * height));
    if (covered > 0) {
      for (let channel = 0; channel < 3; channel += 1) {
        data[at + channel] = (1 - covered) * (data[at + channel] ?? 0) + covered * (colour[channel] ?? 0);
      }
    }
  });
}

/** Multiplies every pixel by a factor for each channel, which may depend on the place. */
export function light(canvas: Canvas, factors: Paint): void {
  const { data } = canvas;
  eachPixel(canvas, (at, x, y) => {
    const factor = factors(x, y);
    for (let channel = 0; channel < 3; channel += 1) {
      data[at + channel] = (data[at + channel] ?? 0) * (factor[channel] ?? 0);
    }
  });
}

function eachPixel({ width, height }: Canvas, visit: (at: number, x: number, y: number) => void): void {
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      visit(3 * (row * width + column), (column + 0.5) / height, (row + 0.5) / height);
    }
  }
}
