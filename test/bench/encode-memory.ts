import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from 'simple-statistics';
import { BareSession } from './bare-session.js';
import { imageWorkload, type EncoderWorkload } from './encoder-workload.js';
import { figure, type Figure } from './figure.js';

/** Readings of each kind, and what is done before one. */
export const READINGS = 50;
export const BATCHES = { steady: 400, reloads: 200 } as const;

/** Resident memory in bytes of a server and its encoder together. */
export interface MemoryReadings {
  /** Of one process, after every 400 batches. */
  readonly steady: readonly number[];
  /** Of a new process, and so a new session, for each reading, after 200 batches. */
  readonly reloads: readonly number[];
  readonly provider: string;
  readonly used: 'cuda' | 'webgpu' | 'cpu';
}

const MAIN = fileURLToPath(new URL('./encode-memory-main.js', import.meta.url));
/**
 * V8 doubles the space for new objects when much of it is still in use at a collection, up to twice 16 MB: it may do so after ten
 * thousand batches. A server with traffic has it at that size long before; the process that is measured has it from the start.
 */
const FULL_YOUNG_SPACE = '--min-semi-space-size=16';
/** Readings that count as the beginning: after 2,000 batches, or 5 reloads, when everything has been used for some time. */
const EARLY = { steady: [5, 10], reloads: [5, 10] } as const;

/**
 * `encode-memory`: resident memory of a server and its encoder's process after 20,000 batches in one process, against that after
 * the first 2,000, and after 50 reloads of the model with 200 batches each, against that after the first 5; the worse of the two.
 * Beside it as many reloads of the session in one process.
 */
export async function benchEncodeMemory(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [FULL_YOUNG_SPACE, MAIN]);
  const { steady, reloads, provider, used } = JSON.parse(stdout) as MemoryReadings;
  return [
    figure({
      name: 'encode-memory',
      value: Math.max(growth(steady, EARLY.steady), growth(reloads, EARLY.reloads)),
      unit: 'of the early memory',
      baseline: await inProcess(memoryWorkload(), used),
      baselineName: `${READINGS} reloads of the session in one process`,
      floor: { atMost: 1.1 },
      provider,
    }),
  ];
}

/** Small batches: what leaks leaks with each of them. */
export function memoryWorkload(): EncoderWorkload {
  return imageWorkload(64, 8);
}

async function inProcess(workload: EncoderWorkload, used: MemoryReadings['used']): Promise<number> {
  const bare = await BareSession.open(workload, used);
  const readings: number[] = [];
  for (let reload = 0; reload < READINGS; reload += 1) {
    readings.push(await bare.reload(BATCHES.reloads));
  }
  await bare.close();
  return growth(readings, EARLY.reloads);
}

/** The last five readings over the early ones, by their medians: collections of garbage come and go. */
function growth(readings: readonly number[], [from, to]: readonly [number, number]): number {
  return median(readings.slice(-5)) / median(readings.slice(from, to));
}
