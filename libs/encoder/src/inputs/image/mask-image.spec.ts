import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { MaskedBox, RawInput } from '../raw-input.js';
import { imageFeatures } from './image-features.js';
import { maskImage } from './mask-image.js';
import { readImage } from './read-image.js';

const [WIDTH, HEIGHT] = [80, 60];
const noise = Uint8Array.from(
  { length: 3 * WIDTH * HEIGHT },
  (_, index) => 1 + ((index * index * 31 + index * 7) % 251),
);
const picture = sharp(Buffer.from(noise), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

const input = (
  dataType: string,
  data: Uint8Array,
  maskedBoxes: MaskedBox[],
  shape: number[] = [],
): RawInput => ({
  dataType,
  shape,
  data,
  maskedBoxes,
});

async function pixelsOf(raw: RawInput) {
  const image = await readImage(raw);
  if ('refused' in image) {
    throw new Error(image.refused);
  }
  return image;
}

/** The largest value of each pixel. */
async function lightOf(raw: RawInput): Promise<number[]> {
  const { data, width, height } = await pixelsOf(raw);
  return Array.from({ length: width * height }, (_, pixel) =>
    Math.max(...data.slice(3 * pixel, 3 * pixel + 3)),
  );
}

const inBox = (pixel: number, [left, top, right, bottom]: MaskedBox) => {
  const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
  return x + 1 > left * WIDTH && x < right * WIDTH && y + 1 > top * HEIGHT && y < bottom * HEIGHT;
};

// Its corners are within pixels, so that the pixels at its edge are in it in part.
const box: MaskedBox = [0.253, 0.1, 0.507, 0.333];

describe('mask', () => {
  test('blacks out every pixel that a box touches, and no other, in a PNG', async () => {
    const masked = await maskImage(input('image/png', await picture.clone().png().toBuffer(), [box]), 'mask');
    const { data } = await pixelsOf(masked);
    const expected = noise.map((value, at) => (inBox(Math.floor(at / 3), box) ? 0 : value));
    expect(Buffer.from(data)).toEqual(Buffer.from(expected));
    expect(masked.dataType).toBe('image/png');
  });

  test('blacks out the boxes of a JPEG', async () => {
    const masked = await maskImage(
      input('image/jpeg', await picture.clone().jpeg().toBuffer(), [box]),
      'mask',
    );
    const light = await lightOf(masked);
    const inside = light.filter((_, pixel) => inBox(pixel, [0.3, 0.15, 0.45, 0.28]));
    expect(masked.dataType).toBe('image/jpeg');
    // Compression spreads a little of the surroundings over each block of eight pixels.
    expect(Math.max(...inside)).toBeLessThanOrEqual(20);
    expect(Math.max(...light)).toBeGreaterThan(100);
  });

  test.each<[string, number[], number]>([
    ['channels last', [HEIGHT, WIDTH, 3], 3],
    ['channels first', [3, HEIGHT, WIDTH], 3],
    ['a batch of one', [1, 3, HEIGHT, WIDTH], 3],
    ['grey', [HEIGHT, WIDTH], 1],
  ])('keeps the form of a tensor: %s', async (_, shape, channels) => {
    for (const dataType of ['uint8', 'float32']) {
      const bytes = noise.slice(0, channels * WIDTH * HEIGHT);
      const values = dataType === 'uint8' ? bytes : Float32Array.from(bytes, (value) => value / 255);
      const raw = input(dataType, new Uint8Array(values.buffer), [box], shape);
      const masked = await maskImage(raw, 'mask');
      const before = await lightOf(raw);
      expect(masked).toMatchObject({ dataType, shape, maskedBoxes: [box] });
      expect(await lightOf(masked)).toEqual(before.map((value, pixel) => (inBox(pixel, box) ? 0 : value)));
      expect(raw.data).toEqual(new Uint8Array(values.buffer));
      const shared = Buffer.concat([Buffer.from('abc'), raw.data]).subarray(3);
      expect((await maskImage({ ...raw, data: shared }, 'mask')).data).toEqual(masked.data);
      expect(shared).toEqual(Buffer.from(raw.data));
    }
  });

  test.each<[string, MaskedBox]>([
    ['its corners swapped', [box[2], box[3], box[0], box[1]]],
    ['corners outside the image', [-5, -1, 0.5, 9]],
  ])('reads a box with %s', async (_, odd) => {
    const raw = input('uint8', noise, [odd], [HEIGHT, WIDTH, 3]);
    const [x0, y0, x1, y1] = odd;
    const proper: MaskedBox = [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
    const light = await lightOf(await maskImage(raw, 'mask'));
    light.forEach((value, pixel) => expect(value === 0).toBe(inBox(pixel, proper)));
  });

  test.each(['png', 'jpeg'] as const)('takes the metadata out of a file: %s', async (format) => {
    const tagged = picture
      .clone()
      .withExif({ IFD0: { Copyright: 'a name' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withIccProfile('p3');
    const file = await tagged.toFormat(format).toBuffer();
    expect((await sharp(file).metadata()).exif).toBeDefined();
    const masked = await maskImage(input(`image/${format}`, file, []), 'mask');
    const metadata = await sharp(Buffer.from(masked.data)).metadata();
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.iptc]).toEqual(Array(4).fill(undefined));
    expect([metadata.format, metadata.width, metadata.height]).toEqual([format, WIDTH, HEIGHT]);
  });
});

describe('blur', () => {
  const checkers = (width: number, height: number, size: number) =>
    Uint8Array.from({ length: 3 * width * height }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return (Math.floor((pixel % width) / size) + Math.floor(pixel / width / size)) % 2 === 0 ? 0 : 255;
    });

  test.each([
    ['noise', noise, WIDTH, HEIGHT],
    ['squares of a fortieth of the longer side', checkers(400, 300, 10), 400, 300],
    ['a small image', checkers(28, 28, 2), 28, 28],
  ])('leaves nothing of %s', async (_, data, width, height) => {
    const raw = input('uint8', data, [], [height, width, 3]);
    const before = imageFeatures(await pixelsOf(raw));
    const after = imageFeatures(await pixelsOf(await maskImage(raw, 'blur')));
    expect(after.contrast).toBeLessThan(before.contrast / 6);
    expect(Math.abs(after.brightness - before.brightness)).toBeLessThan(0.02);
  });

  test('a box is blacked out before, so that nothing of it is mixed into the rest', async () => {
    const inside = noise.map((value, at) => (inBox(Math.floor(at / 3), box) ? 255 - value : value));
    const [one, other] = await Promise.all(
      [noise, inside].map((data) => maskImage(input('uint8', data, [box], [HEIGHT, WIDTH, 3]), 'blur')),
    );
    expect(one!.data).toEqual(other!.data);
  });

  test.each([
    ['image/png', [] as number[]],
    ['image/jpeg', []],
    ['uint8', [HEIGHT, WIDTH, 3]],
    ['uint8', [3, HEIGHT, WIDTH]],
    ['uint8', [HEIGHT, WIDTH]],
    ['uint8', [HEIGHT, WIDTH, 4]],
    ['float32', [3, HEIGHT, WIDTH]],
  ])('%s of shape %p keeps its form', async (dataType, shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Uint8Array.from({ length }, (_, at) => noise[at % noise.length]!);
    const data =
      dataType === 'image/png'
        ? await picture.clone().png().toBuffer()
        : dataType === 'image/jpeg'
          ? await picture.clone().jpeg().toBuffer()
          : dataType === 'uint8'
            ? values
            : new Uint8Array(Float32Array.from(values, (value) => value / 255).buffer);
    const raw = input(dataType, data, [], shape);
    const kept = await maskImage(raw, 'blur');
    const [before, after] = [imageFeatures(await pixelsOf(raw)), imageFeatures(await pixelsOf(kept))];
    expect(kept).toMatchObject({ dataType, shape });
    expect([after.width, after.height]).toEqual([before.width, before.height]);
    expect(after.sharpness).toBeLessThan(before.sharpness / 1000);
    expect(Math.abs(after.brightness - before.brightness)).toBeLessThan(0.03);
  });

  test.each([
    [1, 1],
    [1, 300],
    [3000, 1],
  ])('%d x %d pixels are enough', async (width, height) => {
    const data = new Uint8Array(3 * width * height).fill(50);
    const kept = await maskImage(input('uint8', data, [], [height, width, 3]), 'blur');
    expect(kept.data).toEqual(data);
  });
});

describe('in doubt the whole image is blurred', () => {
  test('when the file asks to be turned', async () => {
    const file = await picture.clone().withMetadata({ orientation: 8 }).png().toBuffer();
    const masked = await pixelsOf(await maskImage(input('image/png', file, [box]), 'mask'));
    const unmasked = await pixelsOf(await maskImage(input('image/png', file, []), 'mask'));
    expect(imageFeatures(masked).sharpness).toBeLessThan(imageFeatures(unmasked).sharpness / 1000);
  });

  test.each(['file', 'tensor'])('when a box is not made of numbers: a %s', async (kind) => {
    const boxes: MaskedBox[] = [[0, NaN, 1, 1]];
    const raw =
      kind === 'file'
        ? input('image/png', await picture.clone().png().toBuffer(), boxes)
        : input('uint8', noise, boxes, [HEIGHT, WIDTH, 3]);
    const masked = imageFeatures(await pixelsOf(await maskImage(raw, 'mask')));
    expect(masked.sharpness).toBeLessThan(imageFeatures(await pixelsOf(raw)).sharpness / 1000);
  });
});

test.each([
  ['text', input('text/plain', Buffer.from('a name'), []), /sent as text\/plain/],
  ['features', input('features', new Uint8Array(16), []), /sent as features/],
  ['a tensor that is no image', input('uint8', new Uint8Array(12), [], [12]), /not that of an image/],
  ['a file that cannot be decoded', input('image/png', noise.slice(0, 99), []), /neither a PNG nor a JPEG/],
  [
    'pixels out of range',
    input('float32', new Uint8Array(Float32Array.of(9).buffer), [], [1, 1]),
    /value 0 is 9/,
  ],
])('%s cannot be masked, and so must not be kept', async (_, raw, reason) => {
  await expect(maskImage(raw, 'mask')).rejects.toMatchObject({
    code: 'encoder.not-maskable',
    message: expect.stringMatching(reason),
  });
});
