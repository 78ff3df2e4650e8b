import { median } from 'simple-statistics';
import { BareSession } from './bare-session.js';
import {
  encodeFor,
  imageWorkload,
  mobilenetWorkload,
  openWorkload,
  tabularWorkload,
  type EncoderWorkload,
} from './encoder-workload.js';
import { figure, type Figure } from './figure.js';

const ROUNDS = 9;
const TURN_MS = 1_500;
/** Of the rows that ONNX Runtime alone makes. */
const SHARE = 0.85;

/**
 * `encode-path`: rows a second through all that a server does with raw inputs, from `encode` to the vector: frames to the
 * encoder's process, reading and normalising, the model, frames back. Held to 85 % of `session.run` on a ready tensor. Both take
 * turns, so that they see the same machine.
 */
export async function benchEncodePath(): Promise<Figure[]> {
  return [
    await compare('encode-path-image', imageWorkload()),
    await compare('encode-path-mobilenet', mobilenetWorkload()),
    await compare('encode-path-tabular', tabularWorkload()),
  ];
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
      baselineName: `session.run on a ready tensor, batch ${workload.rule.batch.size}, in a process of its own`,
      floor: { atLeast: Math.round(SHARE * median(alone)) },
      provider,
    });
  } finally {
    await Promise.all([encoder.close(), bare.close()]);
  }
}
