import type { RawInput, Refused } from '../raw-input.js';
import { decodeImageFile, isImageFile } from './decode-image-file.js';
import { readPixelTensor } from './pixel-tensor.js';
import type { Pixels } from './pixels.js';

/** The pixels of an image, sent as a PNG or JPEG file or as a tensor; or why they cannot be read. */
export async function readImage(input: RawInput): Promise<Pixels | Refused> {
  if (!isImageFile(input.dataType)) {
    return readPixelTensor(input);
  }
  const decoded = await decodeImageFile(input);
  return 'refused' in decoded ? decoded : decoded.pixels;
}
