import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './generate-load.js';
import { onTwoCores } from './two-cores.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

/** Sends load from a process of its own, on the same two cores as what it loads. Works from the build only. */
export async function runLoadProcess(options: LoadOptions): Promise<LoadResult> {
  const [command, args] = onTwoCores(process.execPath, [MAIN, JSON.stringify(options)]);
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 16 * 1_024 * 1_024 });
  return JSON.parse(stdout) as LoadResult;
}
