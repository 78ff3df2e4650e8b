import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { constants, setPriority } from 'node:os';
import { BodyPool } from './body-pool.js';
import { errorHeader } from './error-header.js';
import { FrameWriter } from './frame-writer.js';
import { FRAME_LIMITS, FrameReader, type ReceivedFrame } from './frames.js';
import type { Provider } from './provider-report.js';
import type { AnswerHeader, RequestHeader, WorkerStart, WorkerStarted } from './worker-protocol.js';

/** What a worker answers. The parts share no memory with those of the request. */
export interface ServiceAnswer {
  readonly result: unknown;
  readonly parts: readonly Uint8Array[];
}

/** What a worker does once it has started. */
export interface Service<Prepared> {
  readonly started: WorkerStarted;
  /**
   * Makes a request ready. It may run while an earlier request is being worked on. The parts are of use until the request is
   * answered.
   */
  prepare(payload: unknown, parts: readonly Uint8Array[]): Promise<Prepared>;
  /** Works on a request; one at a time, in the order in which they came. */
  run(prepared: Prepared): Promise<ServiceAnswer>;
  /** Called after the last request, before the process ends. */
  close(): Promise<void>;
}

/** Starts a worker. Errors it throws are told to the parent, which does not start it again. */
export type OpenService<Prepared> = (
  start: WorkerStart,
  trying: (provider: Provider | null) => Promise<void>,
) => Promise<Service<Prepared>>;

/** What the pipe holds. A buffer that is read into again and again costs half as much as a new one for each 64 KiB. */
const READ_BYTES = 256 * 1024;

/**
 * Runs this process as a worker: reads requests from file descriptor 3 and answers there, until the other end is closed or
 * gone. It yields to other processes, so that a server on the same cores stays responsive.
 */
export function serveRequests<Prepared>(open: OpenService<Prepared>): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  // Interrupts go to all processes of a terminal or service; the parent decides when this one may end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  const pool = new BodyPool();
  const reader = new FrameReader(FRAME_LIMITS, (bytes) => pool.take(bytes));
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const read = (bytes: number): boolean => {
    reader.push(buffer.subarray(0, bytes)).forEach(take);
    return true;
  };
  // The constructor takes `onread` as `connect` does, which its declaration leaves out.
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    fd: 3,
    readable: true,
    writable: true,
    allowHalfOpen: true,
    onread: { buffer, callback: read },
  };
  const pipe = new Socket(options);
  const writer = new FrameWriter(pipe);
  const answer = (header: AnswerHeader, parts: readonly Uint8Array[] = []): Promise<void> =>
    writer.send({ header, parts });
  let service: Promise<Service<Prepared>> | undefined;
  let last: Promise<void> = Promise.resolve();

  const begin = (start: WorkerStart): void => {
    service = open(start, (provider) => answer({ kind: 'trying', provider }));
    last = service.then(
      ({ started }) => answer({ kind: 'answer', id: 0, result: started, residentBytes: residentBytes() }),
      (error: unknown) => answer(refusal(0, error)),
    );
  };
  const take = ({ header, parts, body }: ReceivedFrame): void => {
    const { id, payload } = header as RequestHeader;
    if (service === undefined) {
      begin(payload as WorkerStart);
      return;
    }
    const ready = service.then(async (it) => ({ it, prepared: await it.prepare(payload, parts) }));
    // What goes wrong is told in its turn.
    ready.catch(() => undefined);
    last = last.then(async () => {
      try {
        const { it, prepared } = await ready;
        const { result, parts: answered } = await it.run(prepared);
        await answer({ kind: 'answer', id, result, residentBytes: residentBytes() }, answered);
      } catch (error) {
        await answer(refusal(id, error));
      }
      pool.give(body);
    });
  };

  pipe.on('end', () => {
    void last
      .then(async () => (await service)?.close())
      .catch(() => undefined)
      .then(() => process.exit(0));
  });
  // The parent is gone: nobody waits for an answer. An orderly end would wait for native code, or fall over it.
  const vanish = (): void => void process.kill(process.pid, 'SIGKILL');
  pipe.on('error', vanish);
  pipe.on('close', vanish);
}

function refusal(id: number, error: unknown): AnswerHeader {
  return { kind: 'refusal', id, error: errorHeader(error), residentBytes: residentBytes() };
}

function residentBytes(): number {
  return process.memoryUsage.rss();
}
