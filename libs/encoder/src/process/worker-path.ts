import { fileURLToPath } from 'node:url';

/** A program that runs as a child process, by the place of its source in `libs/encoder/src`. */
export type WorkerName = 'process/worker-main' | 'analysis/analysis-main';

/**
 * The compiled file of a worker: beside this file when this is compiled itself, else in the build (when TypeScript is run
 * as it is, in tests).
 */
export function workerPath(name: WorkerName, here: string = import.meta.url): string {
  return here.endsWith('.js')
    ? fileURLToPath(new URL(`../${name}.js`, here))
    : fileURLToPath(new URL(`../../../../dist/libs/encoder/src/${name}.js`, here));
}
