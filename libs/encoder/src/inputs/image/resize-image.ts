import sharp from 'sharp';
import type { Pixels } from './pixels.js';

/** Size of an image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * An image in another size.
 *
 * `stretch` scales both sides by themselves. `crop` scales both alike, so that the image just covers the wanted size,
 * and cuts away what is too much, equally on both sides. An image that has the wanted size is returned as it is.
 *
 * The scaling is libvips's `linear`: smaller by averages with a triangular weight, as Pillow's `BILINEAR` (from a
 * factor of four on, after whole blocks have been averaged), and larger by bilinear interpolation, there up to half a
 * pixel of the result off Pillow's place. Values sent as float32 are scaled in 16 bits by the same weights, which
 * libvips rounds, so that they come within half a level of the 255: the same image gives the same result whichever way
 * it is sent.
 */
export async function resizeImage(
  image: Pixels,
  size: ImageSize,
  resize: 'stretch' | 'crop',
): Promise<Pixels> {
  if (image.width === size.width && image.height === size.height) {
    return image;
  }
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const options = { ...size, fit: resize === 'crop' ? 'cover' : 'fill', kernel: 'linear' } as const;
  if (image.data instanceof Uint8Array) {
    const { buffer, byteOffset, byteLength } = image.data;
    const data = await sharp(Buffer.from(buffer, byteOffset, byteLength), { raw })
      .resize(options)
      .raw({ depth: 'uchar' })
      .toBuffer();
    return { ...size, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  }
  // sharp takes every tensor that is not of eight bits for one of sixteen.
  const levels = Uint16Array.from(image.data, (value) => Math.round(value * 257));
  const data = await sharp(levels, { raw })
    .toColourspace('rgb16')
    .resize(options)
    .raw({ depth: 'ushort' })
    .toBuffer();
  return {
    ...size,
    data: Float32Array.from(new Uint16Array(new Uint8Array(data).buffer), (level) => level / 257),
  };
}
