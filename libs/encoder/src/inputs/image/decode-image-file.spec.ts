import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { RawInput } from '../raw-input.js';
import { decodeImageFile } from './decode-image-file.js';
import { MAXIMUM_IMAGE_BYTES } from './pixels.js';

interface Case {
  readonly name: string;
  readonly mediaType: string;
  readonly file: string;
  readonly shape: [number, number, number];
  readonly tolerance: number;
  readonly expected: string;
}

const { decoded } = JSON.parse(readFileSync(new URL('../fixtures/images.json', import.meta.url), 'utf8')) as {
  decoded: Case[];
};

const input = (dataType: string, data: Uint8Array): RawInput => ({
  dataType,
  shape: [],
  data,
  maskedBoxes: [],
});

async function pixelsOf(dataType: string, data: Uint8Array) {
  const result = await decodeImageFile(input(dataType, data));
  if ('refused' in result) {
    throw new Error(result.refused);
  }
  return result;
}

function noise(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * index * 31 + index * 7) % 251));
}

const raw = { width: 40, height: 30, channels: 3 } as const;
const picture = sharp(noise(40 * 30 * 3), { raw });

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A PNG file whose header says that it has the given size, with a few compressed zeros for pixels. */
function pngOfSize(width: number, height: number): Buffer {
  const chunk = (type: string, ...parts: Buffer[]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), ...parts]);
    return Buffer.concat([uint32(body.length - 4), body, uint32(crc32(body))]);
  };
  const rgbOfEightBits = Buffer.from([8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', uint32(width), uint32(height), rgbOfEightBits),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND'),
  ]);
}

/** A JPEG file whose frame header says that it has the given size. */
async function jpegOfSize(width: number, height: number): Promise<Buffer> {
  const file = await picture.clone().jpeg().toBuffer();
  // Start of frame: FF C0, its length (2 bytes), bits (1), height (2), width (2).
  const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
  file.writeUInt16BE(height, frame + 5);
  file.writeUInt16BE(width, frame + 7);
  return file;
}

describe('files are decoded as Pillow decodes them', () => {
  test.each(decoded)('$name', async ({ mediaType, file, shape, tolerance, expected }) => {
    const { pixels } = await pixelsOf(mediaType, Buffer.from(file, 'base64'));
    const wanted = Buffer.from(expected, 'base64');
    expect([pixels.height, pixels.width, 3]).toEqual(shape);
    const furthest = wanted.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - pixels.data[at]!)),
      0,
    );
    expect(pixels.data.length).toBe(wanted.length);
    expect(furthest).toBeLessThanOrEqual(tolerance);
  });
});

describe('what is in a file besides its pixels', () => {
  test('does not turn them: the EXIF orientation is only told', async () => {
    const png = await pixelsOf('image/png', await picture.clone().png().toBuffer());
    const turned = await pixelsOf(
      'image/png',
      await picture.clone().withMetadata({ orientation: 6 }).png().toBuffer(),
    );
    expect(turned.turned).toBe(true);
    expect(png.turned).toBe(false);
    expect(turned.pixels).toEqual(png.pixels);
  });

  test('does not change their colours: a profile is not applied', async () => {
    const tagged = await picture.clone().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    const asShown = await sharp(tagged).raw().toBuffer();
    const { pixels } = await pixelsOf('image/png', tagged);
    expect(Buffer.from(pixels.data)).toEqual(stored);
    expect(Buffer.from(pixels.data)).not.toEqual(asShown);
  });

  test('CMYK becomes RGB of about the same colour', async () => {
    // No CMYK profile holds this orange, so it comes back paler.
    const even = sharp({ create: { width: 16, height: 16, channels: 3, background: '#b46432' } });
    const { pixels } = await pixelsOf('image/jpeg', await even.toColourspace('cmyk').jpeg().toBuffer());
    expect(pixels.data.length).toBe(3 * 16 * 16);
    for (const [channel, value] of [0xb4, 0x64, 0x32].entries()) {
      expect(Math.abs(pixels.data[channel]! - value)).toBeLessThan(30);
    }
  });

  test('a view into a larger buffer is read as far as it goes', async () => {
    const file = await picture.clone().png().toBuffer();
    const within = Buffer.concat([Buffer.alloc(5, 1), file, Buffer.alloc(7, 2)]).subarray(5, 5 + file.length);
    expect((await pixelsOf('image/png', within)).pixels).toEqual((await pixelsOf('image/png', file)).pixels);
  });
});

describe('refused', () => {
  const png = () => picture.clone().png().toBuffer();
  const jpeg = () => picture.clone().jpeg().toBuffer();
  const half = (file: Buffer) => file.subarray(0, file.length >> 1);
  const altered = (file: Buffer) => {
    const copy = Buffer.from(file);
    copy[file.length >> 1]! ^= 0xff;
    return copy;
  };

  test.each<[string, string, () => Buffer | Promise<Buffer>, RegExp]>([
    ['no bytes', 'image/png', () => Buffer.alloc(0), /^the image\/png file is empty$/],
    ['a JPEG sent as PNG', 'image/png', jpeg, /sent as image\/png, but its bytes are of image\/jpeg$/],
    ['a PNG sent as JPEG', 'image/jpeg', png, /sent as image\/jpeg, but its bytes are of image\/png$/],
    ['text sent as PNG', 'image/png', () => Buffer.from('<svg/>'), /of neither a PNG nor a JPEG file$/],
    [
      'a type that is not read',
      'image/webp',
      () => picture.clone().webp().toBuffer(),
      /^image\/webp is not read; send/,
    ],
    ['WebP sent as PNG', 'image/png', () => picture.clone().webp().toBuffer(), /of neither a PNG nor/],
    [
      'a PNG signature alone',
      'image/png',
      async () => (await png()).subarray(0, 8),
      /^the PNG file cannot be/,
    ],
    ['a PNG that ends early', 'image/png', async () => half(await png()), /^the PNG file cannot be/],
    [
      'a PNG that lacks its last bytes',
      'image/png',
      async () => (await png()).subarray(0, -20),
      /^the PNG file cannot/,
    ],
    ['a PNG with one byte changed', 'image/png', async () => altered(await png()), /^the PNG file cannot be/],
    [
      'a JPEG signature alone',
      'image/jpeg',
      async () => (await jpeg()).subarray(0, 3),
      /^the JPEG file cannot be/,
    ],
    ['a JPEG that ends early', 'image/jpeg', async () => half(await jpeg()), /^the JPEG file cannot be/],
    [
      'a PNG of 60,000 x 60,000 in 100 bytes',
      'image/png',
      () => pngOfSize(60_000, 60_000),
      /60000 x 60000.*40 million/,
    ],
    [
      'a JPEG of 65,000 x 65,000',
      'image/jpeg',
      () => jpegOfSize(65_000, 65_000),
      /65000 x 65000.*40 million/,
    ],
    [
      'a PNG that has fewer pixels than it says',
      'image/png',
      () => pngOfSize(2000, 2000),
      /^the PNG file cannot be/,
    ],
    ['a PNG without width', 'image/png', () => pngOfSize(0, 10), /^the PNG file cannot be decoded: /],
  ])('%s', async (_, mediaType, file, reason) => {
    expect(await decodeImageFile(input(mediaType, await file()))).toEqual({
      refused: expect.stringMatching(reason),
    });
  });

  test('more bytes than are read, without a look at them', async () => {
    const large = new Uint8Array(MAXIMUM_IMAGE_BYTES + 1);
    expect(await decodeImageFile(input('image/png', large))).toEqual({
      refused: expect.stringMatching(/^the file has 67/),
    });
  });

  test('an image bomb costs no memory and no time', async () => {
    const bomb = pngOfSize(100_000, 100_000);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    for (let run = 0; run < 50; run++) {
      await decodeImageFile(input('image/png', bomb));
    }
    expect(bomb.length).toBeLessThan(100);
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
