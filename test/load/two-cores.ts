import { availableParallelism } from 'node:os';

/**
 * The command that runs `command` on the first two processors only, so that figures of different machines compare. On a
 * machine with two or fewer the command itself.
 */
export function onTwoCores(command: string, args: readonly string[]): [command: string, args: string[]] {
  return availableParallelism() <= 2 ? [command, [...args]] : ['taskset', ['-c', '0,1', command, ...args]];
}
