import { constants, setPriority } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadRuntime, sessionOptions } from '../../libs/encoder/src/process/runtime.js';
import type { BareModel, BareRequest, BareRun } from './bare-session.js';

// ONNX Runtime alone, in this process: a model is run on one tensor, again and again.
const model = JSON.parse(process.argv[2] ?? '') as BareModel;
const runtime = await loadRuntime();
const data = Float32Array.from({ length: model.dims.reduce((product, size) => product * size, 1) }, (_, i) =>
  Math.sin(i),
);
// An encoder's process yields to others in the same way.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
let session = await open();
// The first runs are slower.
await run(200);

process.on('message', (request: BareRequest) => {
  void answer(request).then((result) => process.send?.(result));
});
process.send?.('ready');

async function answer(request: BareRequest): Promise<BareRun | number> {
  switch (request.kind) {
    case 'run':
      return run(request.milliseconds);
    case 'reload': {
      await session.release();
      session = await open();
      const feeds = feedsOf(session);
      for (let batch = 0; batch < request.batches; batch += 1) {
        await session.run(feeds);
      }
      return process.memoryUsage.rss();
    }
  }
}

function open(): Promise<InferenceSession> {
  const { provider, threads } = model;
  return runtime.InferenceSession.create(
    model.modelPath,
    sessionOptions({ provider, threads, profilePrefix: null }),
  );
}

function feedsOf({ inputNames }: InferenceSession): Record<string, Tensor> {
  return { [inputNames[0] ?? '']: new runtime.Tensor('float32', data, model.dims) };
}

async function run(milliseconds: number): Promise<BareRun> {
  const feeds = feedsOf(session);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < milliseconds) {
    await session.run(feeds);
    runs += 1;
  }
  const took = performance.now() - start;
  delay.disable();
  return { rows: runs * (model.dims[0] ?? 0), milliseconds: took, delayMs: delay.percentile(99) / 1e6 };
}
