import sharp from 'sharp';
import type { Pixels } from './pixels.js';

/** An image of whole values. */
export type BytePixels = Pixels & { readonly data: Uint8Array };

// Sixteen blocks, each mixed with its neighbours, show where it is light and where it is dark, and no more: a face that
// fills the image is then some six pixels wide.
const BLOCKS = 16;
const BLUR_IN_BLOCKS = 1;

/**
 * An image of which only the coarsest lights and colours are left.
 *
 * It is averaged over a grid of 16 blocks along its longer side, blurred there with a standard deviation of one block
 * (a sixteenth of the longer side), and enlarged again. Unlike a blur alone, this cannot be turned back by any filter:
 * the details are not there any more.
 */
export async function blurImage({ width, height, data }: BytePixels): Promise<BytePixels> {
  const factor = Math.min(1, BLOCKS / Math.max(width, height));
  const blocks = { width: Math.ceil(width * factor), height: Math.ceil(height * factor) };
  const image = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const coarse = await sharp(image, { raw: { width, height, channels: 3 } })
    .resize({ ...blocks, fit: 'fill', kernel: 'linear' })
    .blur(BLUR_IN_BLOCKS)
    .raw()
    .toBuffer();
  const enlarged = await sharp(coarse, { raw: { ...blocks, channels: 3 } })
    .resize({ width, height, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { width, height, data: new Uint8Array(enlarged.buffer, enlarged.byteOffset, enlarged.byteLength) };
}
