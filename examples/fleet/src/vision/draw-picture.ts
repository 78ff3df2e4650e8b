import { createRandom } from '../traffic/random.js';
import type { Random } from '../traffic/random.js';
import { createCanvas, fill, light, paintShape } from './canvas.js';
import type { Canvas, Colour } from './canvas.js';
import { exposeImage } from './expose-image.js';
import type { Exposure } from './expose-image.js';
import type { Light, Scene } from './scene.js';
import { box, disc, stroke, turned, union, without } from './shapes.js';
import type { Shape } from './shapes.js';

const { exp } = Math;

/** A picture of eight bits a channel, RGB, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * How each light looks to a camera. With less of it the picture is darker and warmer, the shutter stays open longer, so that what
 * moves along the belt smears, the lens is opened wider, so that less is in focus, and the sensor's noise is amplified.
 */
const EXPOSURES: Readonly<Record<Light, Exposure & { readonly tint: Colour }>> = {
  windows: { tint: [1, 1, 1.03], motionPixels: 1, focusPixels: 1, noise: 1.5 },
  dusk: { tint: [0.4, 0.34, 0.25], motionPixels: 7, focusPixels: 3, noise: 3 },
  lamp: { tint: [0.44, 0.33, 0.2], motionPixels: 5, focusPixels: 3, noise: 3 },
};

const GRIPPER: Colour = [212, 176, 40];

/** Draws the picture of a scene: the same scene is the same picture. */
export function drawPicture(scene: Scene): Picture {
  const random = createRandom(scene.seed);
  const { width, height } = scene.camera;
  const canvas = createCanvas(width, height);
  paintHall(canvas, scene, random);
  paintPart(canvas, scene, random);
  paintPersonAndGripper(canvas, scene);
  illuminate(canvas, scene.light, random);
  return { width, height, data: exposeImage(canvas, EXPOSURES[scene.light], random) };
}

/** The floor behind, brighter towards the windows, and the belt with its slats. */
function paintHall(canvas: Canvas, { camera }: Scene, random: Random): void {
  const floor: Colour = camera.hall === 'packing' ? [150, 128, 104] : [168, 174, 182];
  const slats = random.uniform();
  const [top, bottom] = [0.22, 0.82];
  fill(canvas, (x, y) => {
    const onBelt = y > top && y < bottom;
    const shade = onBelt ? ((9 * x + slats) % 1 < 0.5 ? 1.12 : 0.88) : 1.15 - 0.4 * y;
    const [red, green, blue] = onBelt ? camera.belt : floor;
    return [shade * red, shade * green, shade * blue];
  });
  for (const edge of [top, bottom]) {
    paintShape(canvas, box(0.7, edge, 1, 0.018), [205, 208, 210]);
  }
}

function paintPart(canvas: Canvas, { camera, part, place, angle, defect }: Scene, random: Random): void {
  const [x, y] = [(place[0] * camera.width) / camera.height, place[1]];
  const shape = partShape(part, x, y);
  if (shape === null) {
    return;
  }
  const level = 190 + 25 * random.uniform();
  const colour: Colour = part === 'carton' ? [level, 0.8 * level, 0.58 * level] : [level, level, level + 6];
  paintShape(canvas, turned(shape, [x, y + 0.03], angle), [24, 24, 26]);
  paintShape(canvas, turned(shape, [x, y], angle), colour);
  if (defect === 'scratch') {
    const scratch = stroke([x - 0.12, y - 0.06], [x + 0.1, y + 0.07], 0.02);
    paintShape(canvas, turned(scratch, [x, y], angle), [70, 60, 58]);
  } else if (defect === 'dent') {
    paintShape(canvas, turned(disc(x + 0.1, y + 0.02, 0.05), [x, y], angle), [96, 96, 100]);
  }
}

/** The outline of a part at (x, y); null for none. */
function partShape(part: Scene['part'], x: number, y: number): Shape | null {
  switch (part) {
    case 'none':
      return null;
    case 'plate':
      return without(box(x, y, 0.26, 0.15), union(disc(x - 0.17, y, 0.035), disc(x + 0.17, y, 0.035)));
    case 'ring':
      return without(disc(x, y, 0.19), disc(x, y, 0.09));
    case 'bracket':
      return union(box(x - 0.13, y, 0.05, 0.18), box(x + 0.02, y + 0.13, 0.2, 0.05));
    case 'carton':
      return union(box(x, y, 0.24, 0.07), box(x, y + 0.1, 0.22, 0.06));
  }
}

function paintPersonAndGripper(canvas: Canvas, { camera, person, hidden }: Scene): void {
  const aspect = camera.width / camera.height;
  if (person !== null) {
    const [left, top, right, bottom] = person;
    const [middle, tall] = [(aspect * (left + right)) / 2, bottom - top];
    paintShape(canvas, box(middle, bottom - 0.22 * tall, 0.5 * tall, 0.22 * tall), [40, 62, 118]);
    paintShape(canvas, disc(middle, top + 0.3 * tall, 0.27 * tall), [206, 160, 132]);
  }
  if (hidden > 0) {
    // A bar from above, 0.6 high: as wide as it must be to hide that share of the picture.
    paintShape(canvas, box(0.6 * aspect, 0.3, (hidden * aspect) / 0.6 / 2, 0.3), GRIPPER);
  }
}

/** Daylight comes from everywhere and varies with the clouds; the lamp makes a pool of light. */
function illuminate(canvas: Canvas, kind: Light, random: Random): void {
  const level = random.logNormal(1, 0.08);
  const tint = EXPOSURES[kind].tint.map((factor) => factor * level);
  const [red = 1, green = 1, blue = 1] = tint;
  light(canvas, (x, y) => {
    const pool = kind === 'lamp' ? 0.3 + 1.1 * exp(-4 * ((x - 0.65) ** 2 + (y - 0.45) ** 2)) : 1;
    return [red * pool, green * pool, blue * pool];
  });
}
