import sharp from 'sharp';
import { errorMessage } from '@tidewatch/core';
import type { RawInput, Refused } from '../raw-input.js';
import { flattenToRgb, MAXIMUM_IMAGE_BYTES, sizeProblem, type Pixels } from './pixels.js';

/** The media types of image files that are read. */
export type ImageMediaType = 'image/png' | 'image/jpeg';

/** A decoded file, and what was in its header. */
export interface DecodedFile {
  readonly pixels: Pixels & { readonly data: Uint8Array };
  readonly mediaType: ImageMediaType;
  /** Whether the file asks to be turned or mirrored before it is shown (EXIF orientation other than 1). */
  readonly turned: boolean;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

// Ample for the largest image that is read; what takes longer was made to take long.
const TIMEOUT_SECONDS = 30;

// Every image is seen once: a cache of operations would only hold on to memory.
sharp.cache(false);

/** Whether a data type is that of an image file (any `image/...`, also those that are refused). */
export function isImageFile(dataType: string): boolean {
  return dataType.startsWith('image/');
}

/**
 * Decodes a PNG or JPEG file to eight-bit RGB.
 *
 * The pixels are those that are stored, as Pillow and most training code see them: the EXIF orientation is not
 * applied, and neither is a colour profile or a gamma value. Transparency is laid on black; of 16 bits the upper
 * eight are taken; grey and palette images become RGB, and CMYK ones by a standard CMYK profile; of an animation the
 * first picture is taken. A JPEG file whose pixel data are altered but still readable is decoded as it is: the format
 * has no checksum. A file that ends early is refused.
 */
export async function decodeImageFile(input: RawInput): Promise<DecodedFile | Refused> {
  const mediaType = checkedMediaType(input);
  if (typeof mediaType !== 'string') {
    return mediaType;
  }
  const name = mediaType === 'image/png' ? 'PNG' : 'JPEG';
  const file = Buffer.from(input.data.buffer, input.data.byteOffset, input.data.byteLength);
  try {
    // The limit on pixels is checked here, where the message can tell the size, and before anything is decoded.
    const header = await sharp(file, { limitInputPixels: false, failOn: 'error' }).metadata();
    const problem = sizeProblem(header.width, header.height);
    if (problem !== null) {
      return { refused: problem };
    }
    const { data, info } = await sharp(file, { failOn: 'error', sequentialRead: true, ignoreIcc: true })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return {
      pixels: { width: info.width, height: info.height, data: flattenToRgb(samples, info.channels) },
      mediaType,
      turned: (header.orientation ?? 1) !== 1,
    };
  } catch (error) {
    return { refused: `the ${name} file cannot be decoded: ${firstLine(errorMessage(error))}` };
  }
}

/** The media type of a file, when its first bytes are those of that type; else why not. */
function checkedMediaType({ dataType, data }: RawInput): ImageMediaType | Refused {
  if (dataType !== 'image/png' && dataType !== 'image/jpeg') {
    return { refused: `${dataType} is not read; send image/png, image/jpeg or a tensor of pixels` };
  }
  if (data.length === 0) {
    return { refused: `the ${dataType} file is empty` };
  }
  if (data.length > MAXIMUM_IMAGE_BYTES) {
    return {
      refused: `the file has ${data.length} bytes, and ${MAXIMUM_IMAGE_BYTES} are the most that are read`,
    };
  }
  const found = startsWith(data, PNG_SIGNATURE)
    ? 'image/png'
    : startsWith(data, JPEG_SIGNATURE)
      ? 'image/jpeg'
      : null;
  if (found !== dataType) {
    const what = found === null ? 'are of neither a PNG nor a JPEG file' : `are of ${found}`;
    return { refused: `the input was sent as ${dataType}, but its bytes ${what}` };
  }
  return dataType;
}

function startsWith(data: Uint8Array, signature: readonly number[]): boolean {
  return data.length >= signature.length && signature.every((byte, index) => data[index] === byte);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
