import type { Encoder } from '@tidewatch/encoder';
import { BATCHES, memoryWorkload, READINGS, type MemoryReadings } from './encode-memory.js';
import { openWorkload } from './encoder-workload.js';

// A server as far as it encodes, in a process of its own: what other benchmarks have left in memory does not count.
const workload = memoryWorkload();
const { size } = workload.rule.batch;

/** Encodes so many batches, four at a time; the memory of both processes after that. */
async function read(encoder: Encoder, batches: number): Promise<number> {
  let sent = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (sent < batches) {
        const at = (sent * size) % workload.inputs.length;
        sent += 1;
        await encoder.encode(workload.inputs.slice(at, at + size));
      }
    }),
  );
  return process.memoryUsage.rss() + encoder.status().residentBytes;
}

const { encoder, provider } = await openWorkload(workload);
const used = encoder.status().provider?.provider ?? 'cpu';
const steady: number[] = [];
for (let reading = 0; reading < READINGS; reading += 1) {
  steady.push(await read(encoder, BATCHES.steady));
}
await encoder.close();

const reloads: number[] = [];
for (let reload = 0; reload < READINGS; reload += 1) {
  const again = await openWorkload(workload);
  reloads.push(await read(again.encoder, BATCHES.reloads));
  await again.encoder.close();
}
process.stdout.write(JSON.stringify({ steady, reloads, provider, used } satisfies MemoryReadings));
process.exit(0);
