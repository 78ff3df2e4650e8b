import { median } from 'simple-statistics';
import { removeModels } from '../harness/small-models.js';
import { BareSession } from './bare-session.js';
import {
  encodeFor,
  imageWorkload,
  mobilenetWorkload,
  openWorkload,
  residualWorkload,
  tabularWorkload,
  type EncoderWorkload,
} from './encoder-workload.js';
import { figure, type Figure } from './figure.js';

const ROUNDS = 9;
const TURN_MS = 1_200;
/** Of the rows that ONNX Runtime alone makes. */
const SHARE = 0.85;

/**
 * `encode-path`: rows a second through all that a server does with raw inputs, from `encode` to the vector: frames to the
 * encoder's process, reading, image features and normalising, the model, frames back. Held to 85 % of `session.run` on a ready
 * tensor, which leaves all of that out. Both take turns, so that they see the same machine.
 *
 * `resnet` is of the size that people bring. The others are so small that preparing a row takes as long as encoding it or
 * longer: with the model on all cores none is left for that, so the image encoder is also measured with one thread on both sides.
 */
export async function benchEncodePath(): Promise<Figure[]> {
  const image = imageWorkload();
  try {
    return [
      await compare('encode-path-resnet', residualWorkload()),
      await compare('encode-path-image', image),
      await compare('encode-path-image-1-thread', { ...image, rule: { ...image.rule, threads: 1 } }),
      await compare('encode-path-mobilenet', mobilenetWorkload()),
      await compare('encode-path-tabular', tabularWorkload()),
    ];
  } finally {
    removeModels();
  }
}

async function compare(name: string, workload: EncoderWorkload): Promise<Figure> {
  const { encoder, provider } = await openWorkload(workload);
  const bare = await BareSession.open(workload, encoder.status().provider?.provider ?? 'cpu');
  try {
    const ours: number[] = [];
    const alone: number[] = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      const turns = [await bare.run(TURN_MS), await encodeFor(encoder, workload.inputs, TURN_MS)];
      const [aloneRate = 0, oursRate = 0] = turns.map(
        ({ rows, milliseconds }) => (rows / milliseconds) * 1e3,
      );
      if (round >= 0) {
        ours.push(oursRate);
        alone.push(aloneRate);
      }
    }
    return figure({
      name,
      value: median(ours),
      unit: 'rows/s',
      baseline: median(alone),
      baselineName: `session.run on a ready tensor of ${workload.rule.batch.size} rows, in a process of its own`,
      floor: { atLeast: Math.round(SHARE * median(alone)) },
      provider,
    });
  } finally {
    await Promise.all([encoder.close(), bare.close()]);
  }
}
