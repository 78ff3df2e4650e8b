import sharp from 'sharp';
import type { DrawnSample, PredictionSample } from '../samples.js';
import { drawPicture } from './draw-picture.js';
import type { ImageBox, Scene } from './scene.js';

/** An image as it goes over the wire, under a name of `inputs`. */
export interface ImageInput {
  readonly media_type: 'image/jpeg';
  /** The file in base64. */
  readonly data: string;
  /** How much of what the image shows is hidden, 0 to 1. */
  readonly occlusion_rate: number;
  /** What must not be seen when the image is kept. */
  readonly private_boxes?: readonly ImageBox[];
}

/** The name of the input, and so of the embedding that an encoder makes of it. */
export const FRAME = 'frame';

const QUALITY = 85;

/** Takes the picture of a scene: draws it and writes it as JPEG, some 2 KB. */
export async function frameInput(scene: Scene): Promise<ImageInput> {
  const { width, height, data } = drawPicture(scene);
  const file = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer();
  return {
    media_type: 'image/jpeg',
    data: file.toString('base64'),
    occlusion_rate: scene.hidden,
    ...(scene.person !== null && { private_boxes: [scene.person] }),
  };
}

/** Samples as they are sent: what a camera saw becomes the input `frame`. One after the other, so that other work gets its turn. */
export async function withPictures(samples: readonly DrawnSample[]): Promise<PredictionSample[]> {
  const rows: PredictionSample[] = [];
  for (const { scene, ...row } of samples) {
    rows.push(scene === undefined ? row : { ...row, inputs: { [FRAME]: await frameInput(scene) } });
  }
  return rows;
}
