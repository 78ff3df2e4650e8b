import type { Random } from '../traffic/random.js';
import { roundTo } from '../traffic/tabular-model.js';
import type { TrafficMood } from '../traffic/tabular-model.js';
import type { Colour } from './canvas.js';

/** One of the cameras above the belts. */
export interface Camera {
  readonly id: string;
  readonly hall: 'machining' | 'packing';
  readonly width: number;
  readonly height: number;
  readonly belt: Colour;
}

/** What lies on the belt: nothing, a plate with holes, a ring, a bracket, or in packing a carton. */
export type Part = 'none' | 'plate' | 'ring' | 'bracket' | 'carton';

/** What the detector looks for. */
export type Defect = 'none' | 'scratch' | 'dent';

/**
 * Where the light comes from: the windows in the roof by day, what is left of them in the evening, or the one lamp of the packing
 * hall, which has no windows.
 */
export type Light = 'windows' | 'dusk' | 'lamp';

/** Left, top, right and bottom as shares of width and height. */
export type ImageBox = readonly [number, number, number, number];

/** What a camera sees at one moment. It takes no time to draw one; the picture is made of it when it is sent. */
export interface Scene {
  readonly camera: Camera;
  readonly light: Light;
  readonly part: Part;
  readonly defect: Defect;
  /** Where the part is, as shares of width and height, and how it is turned, in radians. */
  readonly place: readonly [number, number];
  readonly angle: number;
  /** How much of the picture the gripper hides, 0 to 1. */
  readonly hidden: number;
  /** Where a person is to be seen, if there is one. */
  readonly person: ImageBox | null;
  /** Of everything else that is random in the picture. */
  readonly seed: number;
}

const machining = (id: string, belt: Colour): Camera => ({
  ...{ id, belt, hall: 'machining', width: 72, height: 54 },
});

const PACKING: Camera = { id: 'cam-4', hall: 'packing', width: 72, height: 54, belt: [120, 84, 52] };
const FIRST = machining('cam-1', [62, 66, 72]);
const SECOND = machining('cam-2', [44, 92, 84]);
/** An older one with fewer pixels. */
const THIRD: Camera = { ...machining('cam-3', [88, 82, 74]), width: 64, height: 48 };

/**
 * Which cameras the frames come from. In the evening the machines run down and packing goes on, so that its kind of picture, rare by
 * day, becomes the most frequent. The older camera keeps its share: the sizes of the images do not change.
 */
const CAMERAS: Readonly<Record<TrafficMood, readonly (readonly [Camera, number])[]>> = {
  day: [
    [FIRST, 37],
    [SECOND, 30],
    [THIRD, 25],
    [PACKING, 8],
  ],
  evening: [
    [FIRST, 18],
    [SECOND, 12],
    [THIRD, 25],
    [PACKING, 45],
  ],
};

const PARTS = [
  ['none', 15],
  ['plate', 35],
  ['ring', 30],
  ['bracket', 20],
] as const;
const DEFECTS = [
  ['none', 88],
  ['scratch', 7],
  ['dent', 5],
] as const;

/** Draws what one of the cameras sees. */
export function drawScene(random: Random, mood: TrafficMood): Scene {
  const camera = random.pick(CAMERAS[mood]);
  const packing = camera.hall === 'packing';
  const part = packing ? 'carton' : random.pick(PARTS);
  const left = 0.04 + 0.1 * random.uniform();
  return {
    camera,
    light: packing ? 'lamp' : mood === 'day' ? 'windows' : 'dusk',
    part,
    defect: part === 'none' ? 'none' : random.pick(DEFECTS),
    place: [0.35 + 0.4 * random.uniform(), 0.5 + 0.08 * random.normal()],
    angle: 0.35 * random.normal(),
    hidden: random.chance(0.15) ? roundTo(0.04 + 0.12 * random.uniform(), 3) : 0,
    person: packing ? [left, 0.02, left + 0.26, 0.42] : null,
    seed: Math.floor(random.uniform() * 2 ** 32),
  };
}
