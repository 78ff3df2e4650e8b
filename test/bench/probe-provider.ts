import { encodeFor, imageWorkload, openWorkload } from './encoder-workload.js';

// Says in one line of JSON whether the image encoder works on the provider that TIDEWATCH_BENCH_PROVIDER names, and on what.
try {
  const workload = imageWorkload();
  const { encoder } = await openWorkload(workload);
  const device = encoder.status().provider?.device ?? null;
  await encodeFor(encoder, workload.inputs, 500);
  await encoder.close();
  process.stdout.write(`${JSON.stringify({ works: true, device, reason: null })}\n`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stdout.write(`${JSON.stringify({ works: false, device: null, reason })}\n`);
}
process.exit(0);
