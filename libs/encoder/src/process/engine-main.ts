import { parentPort } from 'node:worker_threads';
import { errorMessage } from '@tidewatch/core';
import { deviceName } from './device-name.js';
import { BrokenSession, encodeBatch } from './encode-batch.js';
import { EncoderSession } from './encoder-session.js';
import { memoryOf, type EngineStart, type FromEngine, type ToEngine } from './engine-protocol.js';
import { errorHeader } from './error-header.js';
import { ProfileRecorder } from './profile-recorder.js';
import { unavailable } from './provider-problem.js';
import { chooseProvider } from './providers.js';
import { hasProviderLibrary, loadRuntime, sessionOptions } from './runtime.js';

/** The thread that runs a model: see `EncodingEngine`. */
interface Engine {
  readonly session: EncoderSession;
  readonly dimension: number;
  readonly recorder: ProfileRecorder | null;
}

let engine: Engine | null = null;
let noted: () => void = () => undefined;

function send(message: FromEngine, transferred: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transferred]);
}

async function open({ model, fit, sample, threads, profiling, providers }: EngineStart): Promise<void> {
  const runtime = await loadRuntime();
  const listed = runtime.listSupportedBackends();
  const create = async (options: ReturnType<typeof sessionOptions>): Promise<EncoderSession> => {
    // Both kinds are taken, by declarations of their own.
    const session = await runtime.InferenceSession.create(model as string, options);
    return new EncoderSession({ runtime, session, fit, sample });
  };
  const { trial, report } = await chooseProvider({
    wanted: providers.provider,
    excluded: providers.excluded,
    settled: providers.settled,
    unavailable: (provider) => unavailable(provider, listed, hasProviderLibrary),
    open: (provider) => create(sessionOptions({ provider, threads, profilePrefix: null })),
    trying: (provider) =>
      new Promise((resolve) => {
        noted = resolve;
        send({ kind: 'trying', provider });
      }),
    device: deviceName,
    now: () => performance.now(),
  });
  engine = { session: trial, dimension: fit.dimension, recorder: null };
  if (profiling) {
    // Measuring was done without.
    await trial.release();
    const recorder = new ProfileRecorder();
    const { provider } = report;
    const session = await create(sessionOptions({ provider, threads, profilePrefix: recorder.prefix }));
    await session.check();
    recorder.begin(session);
    engine = { ...engine, session, recorder };
  }
  send({ kind: 'opened', report });
}

async function take(message: Exclude<ToEngine, { kind: 'noted' }>): Promise<void> {
  switch (message.kind) {
    case 'open':
      await open(message.start);
      return;
    case 'encode': {
      if (engine === null) {
        throw new Error('A batch was sent before the model was opened.');
      }
      const { session, dimension, recorder } = engine;
      const result = await encodeBatch(session, message.batch, dimension);
      const profile = recorder?.batchDone(session) ?? null;
      const memory = memoryOf(message.batch);
      send({ kind: 'encoded', result: { ...result, profile }, memory }, [
        result.vectors.buffer as ArrayBuffer,
        ...memory,
      ]);
      return;
    }
    case 'close':
      await engine?.session.release();
      engine?.recorder?.discard();
      send({ kind: 'closed' });
  }
}

/** Ends when everything that came until now is answered. */
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: ToEngine) => {
  if (message.kind === 'noted') {
    noted();
    return;
  }
  last = last
    .then(() => take(message))
    .catch((error: unknown) =>
      send(
        error instanceof BrokenSession
          ? { kind: 'broken', reason: errorMessage(error) }
          : { kind: 'refused', error: errorHeader(error) },
      ),
    );
});
