import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../traffic/random.js';
import type { TrafficMood } from '../traffic/tabular-model.js';
import { inspectScene } from './inspect-scene.js';
import { drawScene } from './scene.js';
import type { Scene } from './scene.js';

const DRAWS = 10_000;

function scenes(mood: TrafficMood): Scene[] {
  const random = createRandom(3);
  return Array.from({ length: DRAWS }, () => drawScene(random, mood));
}

const SCENES = { day: scenes('day'), evening: scenes('evening') };
const share = (mood: TrafficMood, holds: (scene: Scene) => boolean): number =>
  SCENES[mood].filter(holds).length / DRAWS;

describe('drawScene', () => {
  test('draws the same for the same seed', () => {
    expect(drawScene(createRandom(5), 'day')).toEqual(drawScene(createRandom(5), 'day'));
    expect(drawScene(createRandom(5), 'day')).not.toEqual(drawScene(createRandom(6), 'day'));
  });

  // 5 standard errors of a share of 10,000 draws are at most 0.025.
  test.each<[string, (scene: Scene) => boolean, number, number]>([
    ['packing is rare by day and frequent in the evening', (each) => each.light === 'lamp', 0.08, 0.45],
    ['the camera with fewer pixels keeps its share', (each) => each.camera.width === 64, 0.25, 0.25],
    ['as much is hidden', (each) => each.hidden > 0, 0.15, 0.15],
    [
      'there are as many defects on parts',
      (each) => each.part !== 'none' && each.defect === 'none',
      0.759,
      0.809,
    ],
    ['daylight goes', (each) => each.light === 'windows', 0.92, 0],
  ])('%s', (_, holds, day, evening) => {
    expect(Math.abs(share('day', holds) - day)).toBeLessThan(0.025);
    expect(Math.abs(share('evening', holds) - evening)).toBeLessThan(0.025);
  });

  test('people are only where cartons are packed', () => {
    for (const scene of [...SCENES.day, ...SCENES.evening]) {
      expect(scene.person !== null).toBe(scene.camera.hall === 'packing');
      expect(scene.part === 'carton').toBe(scene.camera.hall === 'packing');
    }
  });
});

describe('inspectScene', () => {
  const answers = (mood: TrafficMood) => {
    const random = createRandom(4);
    return SCENES[mood].map((scene) => ({ scene, ...inspectScene(scene, random) }));
  };
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const truth = ({ part, defect }: Scene): string =>
    part === 'none' ? 'empty' : defect === 'none' ? 'ok' : defect;

  test('answers with the class of the highest score, and scores add up to 1', () => {
    for (const { label, score, scores } of answers('day')) {
      expect(score).toBe(Math.max(...Object.values(scores)));
      expect(scores[label]).toBe(score);
      expect(Object.values(scores).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3);
    }
  });

  test('is nearly always right by day, and less sure in the evening', () => {
    const [day, evening] = [answers('day'), answers('evening')];
    const right = (of: typeof day): number =>
      mean(of.map(({ label, scene }) => (label === truth(scene) ? 1 : 0)));
    expect(right(day)).toBeGreaterThan(0.98);
    expect(right(evening)).toBeLessThan(right(day));
    expect(mean(evening.map(({ score }) => score))).toBeLessThan(mean(day.map(({ score }) => score)) - 0.2);
  });
});
