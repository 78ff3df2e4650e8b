import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createRandom } from '../traffic/random.js';
import type { TrafficMood } from '../traffic/tabular-model.js';
import { drawPicture } from './draw-picture.js';
import { frameInput, withPictures } from './frame-input.js';
import { drawScene } from './scene.js';
import type { Defect, Part, Scene } from './scene.js';

const PARTS: readonly Part[] = ['none', 'plate', 'ring', 'bracket', 'carton'];
const DEFECTS: readonly Defect[] = ['none', 'scratch', 'dent'];

/** A scene by day with a part in the middle, and what the case changes about it. */
function scene(change: Partial<Scene> = {}): Scene {
  const drawn = drawScene(createRandom(1), 'day');
  return {
    ...{ ...drawn, light: 'windows', part: 'plate', defect: 'none', place: [0.4, 0.5], angle: 0, hidden: 0 },
    ...change,
  };
}

/** The share of pixels in which two pictures of a size differ by more than 20 levels. */
function difference(a: Scene, b: Scene): number {
  const [one, other] = [drawPicture(a).data, drawPicture(b).data];
  const pixels = one.length / 3;
  const differs = (pixel: number): boolean =>
    [0, 1, 2].some(
      (channel) => Math.abs((one[3 * pixel + channel] ?? 0) - (other[3 * pixel + channel] ?? 0)) > 20,
    );
  return Array.from({ length: pixels }, (_, pixel) => pixel).filter(differs).length / pixels;
}

describe('drawPicture', () => {
  test('draws the same picture of the same scene', () => {
    expect(drawPicture(scene())).toEqual(drawPicture(scene()));
    expect(drawPicture(scene({ seed: 1 }))).not.toEqual(drawPicture(scene({ seed: 2 })));
  });

  test.each(PARTS.slice(1))('shows a %s', (part) => {
    expect(difference(scene({ part }), scene({ part: 'none' }))).toBeGreaterThan(0.03);
  });

  test.each(DEFECTS.slice(1))('shows a %s', (defect) => {
    const seen = difference(scene({ defect }), scene());
    expect(seen).toBeGreaterThan(0.002);
    expect(seen).toBeLessThan(0.03);
  });

  test.each([0.05, 0.1, 0.15])('hides as much as it says: %d of the picture', (hidden) => {
    // Edges of the gripper lie within pixels: one row and one column of 54 and 72.
    expect(
      Math.abs(difference(scene({ hidden, part: 'none' }), scene({ part: 'none' })) - hidden),
    ).toBeLessThan(0.02);
  });
});

/** Brightness and contrast of the grey picture, and how sharp sharp finds it (standard deviation of a Laplacian). */
async function look(mood: TrafficMood, count: number): Promise<Record<string, number[]>> {
  const random = createRandom(8);
  const found: Record<string, number[]> = { brightness: [], contrast: [], sharpness: [], bytes: [] };
  for (let index = 0; index < count; index += 1) {
    const drawn = drawScene(random, mood);
    const file = Buffer.from((await frameInput(drawn)).data, 'base64');
    const image = sharp(file);
    const { format, width, height } = await image.metadata();
    expect([format, width, height]).toEqual(['jpeg', drawn.camera.width, drawn.camera.height]);
    const { channels, sharpness } = await sharp(await image.greyscale().png().toBuffer()).stats();
    found['brightness']?.push(channels[0]?.mean ?? NaN);
    found['contrast']?.push(channels[0]?.stdev ?? NaN);
    found['sharpness']?.push(sharpness);
    found['bytes']?.push(file.length);
  }
  return found;
}

describe('frameInput', () => {
  test('sends a JPEG of a size that burdens nobody, darker, flatter and blurred in the evening', async () => {
    const [day, evening] = [await look('day', 200), await look('evening', 200)];
    expect(Math.max(...(day['bytes'] ?? []), ...(evening['bytes'] ?? []))).toBeLessThan(3_000);
    for (const feature of ['brightness', 'contrast', 'sharpness']) {
      const sorted = (values: number[] | undefined): number[] => [...(values ?? [])].sort((a, b) => a - b);
      const [before, after] = [sorted(day[feature]), sorted(evening[feature])];
      // The packing hall, 8 % of the day's images, is dark all day; beyond those nothing overlaps.
      expect(after.at(-1) ?? NaN).toBeLessThan(before[Math.floor(0.15 * before.length)] ?? NaN);
    }
  });

  test('says how much is hidden and where a person is to be seen', async () => {
    expect(await frameInput(scene({ hidden: 0.1 }))).toMatchObject({
      media_type: 'image/jpeg',
      occlusion_rate: 0.1,
    });
    expect(await frameInput(scene())).not.toHaveProperty('private_boxes');
    const person = [0.1, 0.02, 0.36, 0.42] as const;
    expect(await frameInput(scene({ person }))).toMatchObject({ private_boxes: [person] });
  });
});

test('samples without an image are sent as they are, and no scene goes over the wire', async () => {
  const row = { prediction_id: 'p', tags: {} } as Parameters<typeof withPictures>[0][number];
  const [plain, seen] = await withPictures([row, { ...row, scene: scene() }]);
  expect(plain).toEqual(row);
  expect(Object.keys(seen ?? {}).sort()).toEqual(['inputs', 'prediction_id', 'tags']);
});
