import { monitorEventLoopDelay } from 'node:perf_hooks';
import { removeModels } from '../harness/small-models.js';
import { BareSession } from './bare-session.js';
import {
  encodeFor,
  imageWorkload,
  openWorkload,
  residualWorkload,
  type EncoderWorkload,
} from './encoder-workload.js';
import { figure, type Figure } from './figure.js';

const WARM_UP_MS = 2_000;
const MEASURED_MS = 8_000;

/**
 * `encode-loop-delay`: 99th percentile of the delay of this process's event loop, which is a server's, while an encoder has all
 * it can do: once with a model of the size that people bring, and once with a small one and 5 MB of pixels in each batch, which
 * all pass through this process. The delay holds the millisecond from one sample to the next.
 */
export async function benchEncodeLoopDelay(): Promise<Figure[]> {
  try {
    return [
      await measure('encode-loop-delay', residualWorkload()),
      await measure('encode-loop-delay-large-inputs', imageWorkload(224)),
    ];
  } finally {
    removeModels();
  }
}

async function measure(name: string, workload: EncoderWorkload): Promise<Figure> {
  const { encoder, provider } = await openWorkload(workload);
  const used = encoder.status().provider?.provider ?? 'cpu';
  const delay = monitorEventLoopDelay({ resolution: 1 });
  try {
    await encodeFor(encoder, workload.inputs, WARM_UP_MS);
    delay.enable();
    await encodeFor(encoder, workload.inputs, MEASURED_MS);
    delay.disable();
  } finally {
    await encoder.close();
  }
  const bare = await BareSession.open(workload, used);
  const { delayMs } = await bare.run(MEASURED_MS);
  await bare.close();
  return figure({
    name,
    value: delay.percentile(99) / 1e6,
    unit: 'ms',
    baseline: delayMs,
    baselineName: 'session.run on a ready tensor in the process itself',
    floor: { atMost: 20 },
    provider,
  });
}
