/** Width and height of an image. */
const SIDE = 64;
/** Painted at twice the size and averaged, so that edges are as smooth as those of a photo made smaller. */
const CANVAS = 2 * SIDE;

/**
 * An image of overlapping discs ("dead leaves"), whose contrast between neighbouring pixels falls off with scale as that of
 * photographs does (Lee, Mumford & Huang 2001, International Journal of Computer Vision 41): what the image encoder is scaled
 * on, without a single photo. Brightness, colourfulness, how busy it is and its noise vary from image to image.
 *
 * Made of uniform numbers, the four operations and square roots alone, so that it is the same to the last bit everywhere.
 *
 * @returns 3 x 64 x 64 (red, green, blue), 0 to 255
 */
export function deadLeaves(random: () => number): Float64Array {
  const between = (low: number, high: number): number => low + (high - low) * random();
  const canvas = new Float64Array(3 * CANVAS * CANVAS);
  const ground = [between(30, 225), between(30, 225), between(30, 225)];
  ground.forEach((value, channel) => canvas.fill(value, channel * CANVAS ** 2, (channel + 1) * CANVAS ** 2));
  const leaves = 10 + Math.floor(70 * random());
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    paintDisc(canvas, {
      x: CANVAS * random(),
      y: CANVAS * random(),
      // 1 / uniform: radii from 3 to 75 pixels, the more frequent the smaller.
      radius: 3 / between(0.04, 1),
      colour: ground.map((value) => 0.4 * value + 0.6 * between(0, 255)),
    });
  }
  const noise = between(0, 10);
  return halved(canvas).map((value) => Math.min(255, Math.max(0, value + noise * between(-1, 1))));
}

function paintDisc(
  canvas: Float64Array,
  disc: { readonly x: number; readonly y: number; readonly radius: number; readonly colour: number[] },
): void {
  const { x, y, radius, colour } = disc;
  const last = CANVAS - 1;
  for (
    let row = Math.max(0, Math.ceil(y - radius));
    row <= Math.min(last, Math.floor(y + radius));
    row += 1
  ) {
    const half = Math.sqrt(radius ** 2 - (row - y) ** 2);
    const from = Math.max(0, Math.ceil(x - half));
    const to = Math.min(last, Math.floor(x + half));
    colour.forEach((value, channel) => {
      const start = channel * CANVAS ** 2 + row * CANVAS;
      canvas.fill(value, start + from, start + Math.max(from, to + 1));
    });
  }
}

function halved(canvas: Float64Array): Float64Array {
  const small = new Float64Array(3 * SIDE * SIDE);
  for (let index = 0; index < small.length; index += 1) {
    const column = index % SIDE;
    const row = (index - column) / SIDE;
    const corner = 2 * row * CANVAS + 2 * column;
    small[index] =
      (canvas[corner]! + canvas[corner + 1]! + canvas[corner + CANVAS]! + canvas[corner + CANVAS + 1]!) / 4;
  }
  return small;
}
