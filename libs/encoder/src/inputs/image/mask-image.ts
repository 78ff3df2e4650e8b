import sharp from 'sharp';
import { AppError } from '@tidewatch/core';
import type { MaskedBox, RawInput } from '../raw-input.js';
import { blurImage, type BytePixels } from './blur-image.js';
import { decodeImageFile, isImageFile, type ImageMediaType } from './decode-image-file.js';
import { float32Of, pixelLayout, readPixelTensor, type PixelLayout } from './pixel-tensor.js';

/** A corner of a box and the one across, in whole pixels, the second one not in the box. */
interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The image that may be kept in place of the one that was sent.
 *
 * `mask` blacks out the boxes: every pixel that a box touches. `blur` does the same and then blurs the whole image
 * beyond recognition (see {@link blurImage}). A box is a share of the image as it is stored. When a file asks to be
 * turned before it is shown, nobody can know which way round its boxes were meant, and when a box is not made of
 * numbers, nobody can know where it is: such an image is blurred as well.
 *
 * A file keeps its media type and loses its metadata (EXIF, position, thumbnail, comments), its transparency and all
 * bits of a value beyond eight. A tensor keeps its data type, shape and layout; where it has alpha, that is 0 in the
 * boxes, and 1 everywhere once it is blurred.
 *
 * @throws AppError `encoder.not-maskable` when the input is no image, or cannot be read: it must not be kept then
 */
export async function maskImage(raw: RawInput, privacy: 'mask' | 'blur'): Promise<RawInput> {
  return isImageFile(raw.dataType) ? maskFile(raw, privacy) : maskTensor(raw, privacy);
}

async function maskFile(raw: RawInput, privacy: 'mask' | 'blur'): Promise<RawInput> {
  const { pixels, mediaType, turned } = readable(await decodeImageFile(raw));
  const boxes = pixelBoxes(raw.maskedBoxes, pixels);
  const layout = { ...pixels, element: 'uint8', channels: 3, pixelStep: 3, channelStep: 1 } as const;
  blackOut(boxes ?? [], layout, pixels.data);
  const blur = privacy === 'blur' || boxes === null || (turned && boxes.length > 0);
  return { ...raw, data: await encode(blur ? await blurImage(pixels) : pixels, mediaType) };
}

async function maskTensor(raw: RawInput, privacy: 'mask' | 'blur'): Promise<RawInput> {
  const layout = readable(pixelLayout(raw));
  const boxes = pixelBoxes(raw.maskedBoxes, layout);
  const samples = layout.element === 'uint8' ? new Uint8Array(raw.data) : float32Of(raw.data);
  blackOut(boxes ?? [], layout, samples);
  const masked = { ...raw, data: new Uint8Array(samples.buffer) };
  const { width, height, data } = readable(readPixelTensor(masked));
  if (privacy === 'blur' || boxes === null) {
    const blurred = await blurImage({ width, height, data: Uint8Array.from(data, Math.round) });
    writeColours(blurred, layout, samples);
  }
  return masked;
}

/** The boxes in whole pixels, grown to all pixels they touch; `null` when one is not made of numbers. */
function pixelBoxes(
  boxes: readonly MaskedBox[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly PixelBox[] | null {
  if (!boxes.every((box) => box.length === 4 && box.every(Number.isFinite))) {
    return null;
  }
  return boxes.map(([left, top, right, bottom]) => ({
    left: Math.floor(width * share(Math.min(left, right))),
    top: Math.floor(height * share(Math.min(top, bottom))),
    right: Math.ceil(width * share(Math.max(left, right))),
    bottom: Math.ceil(height * share(Math.max(top, bottom))),
  }));
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function blackOut(boxes: readonly PixelBox[], layout: PixelLayout, samples: Uint8Array | Float32Array): void {
  const { width, channels, pixelStep, channelStep } = layout;
  for (const { left, top, right, bottom } of boxes) {
    for (let y = top; y < bottom; y++) {
      for (let pixel = y * width + left; pixel < y * width + right; pixel++) {
        for (let channel = 0; channel < channels; channel++) {
          samples[pixel * pixelStep + channel * channelStep] = 0;
        }
      }
    }
  }
}

/** Writes an image into a tensor. A grey tensor gets the first of three equal values. */
function writeColours({ data }: BytePixels, layout: PixelLayout, samples: Uint8Array | Float32Array): void {
  const { width, height, channels, pixelStep, channelStep } = layout;
  const scale = layout.element === 'uint8' ? 1 : 1 / 255;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = channel === 3 ? 255 : (data[3 * pixel + channel] ?? 0);
      samples[pixel * pixelStep + channel * channelStep] = value * scale;
    }
  }
}

async function encode({ width, height, data }: BytePixels, mediaType: ImageMediaType): Promise<Uint8Array> {
  const image = sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), {
    raw: { width, height, channels: 3 },
  });
  const file = await (mediaType === 'image/png' ? image.png() : image.jpeg({ quality: 90 })).toBuffer();
  return new Uint8Array(file);
}

function readable<T extends object>(value: T | { readonly refused: string }): T {
  if ('refused' in value) {
    throw new AppError({
      code: 'encoder.not-maskable',
      message: `Masking an input before it is kept: ${value.refused}.`,
      hint: 'It is not kept. Only images can be masked or blurred.',
    });
  }
  return value;
}
