import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeEvent, titleOf, type StandInEvent } from './event.js';
import { services, type StandInKind } from './services.js';
import { startStandIn, type StandIn } from './stand-in.js';

const KINDS = Object.keys(services) as StandInKind[];
/** Started when none is asked for. */
const USUAL: readonly StandInKind[] = ['pagerduty', 'slack'];

/** How to call the command. */
export const USAGE =
  `Usage: stand-ins ${KINDS.map((kind) => `[--${kind}-port PORT]`).join(' ')} [--record FILE]\n` +
  'Stands in for the services on this machine and prints what they would have received.\n' +
  'A service runs when it is given a port, and 0 takes a free one. Without any, PagerDuty and Slack run.\n' +
  '--record appends every event to FILE as one line of JSON.';

export interface Command {
  /** Which services run, in this order, and where. */
  readonly ports: Partial<Readonly<Record<StandInKind, number>>>;
  readonly record: string | null;
}

/** Reads the arguments; a text says what is wrong with them. */
export function parseCommand(args: readonly string[]): Command | string {
  const ports: Partial<Record<StandInKind, number>> = {};
  try {
    const portOptions = KINDS.map((kind) => [`${kind}-port`, { type: 'string' }] as const);
    const { values } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(portOptions), record: { type: 'string' } },
    });
    const given = values as Readonly<Record<string, string | undefined>>;
    const asked = KINDS.filter((kind) => given[`${kind}-port`] !== undefined);
    for (const kind of asked.length > 0 ? asked : USUAL) {
      const port = given[`${kind}-port`] ?? '0';
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
        return `--${kind}-port must be a port from 0 to 65535, and is ${port}`;
      }
      ports[kind] = Number(port);
    }
    return { ports, record: given['record'] ?? null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The stand-ins, running. */
export interface RunningCommand {
  readonly standIns: Partial<Readonly<Record<StandInKind, StandIn>>>;
  close(): Promise<void>;
}

/**
 * Starts the stand-ins and writes one line per event with `print`.
 *
 * @throws the error of `listen`, such as `EADDRINUSE`; then none is left running
 */
export async function runCommand(command: Command, print: (line: string) => void): Promise<RunningCommand> {
  const onEvent = (event: StandInEvent): void => {
    print(describeEvent(event));
    if (command.record !== null) {
      appendFileSync(command.record, `${JSON.stringify(event)}\n`);
    }
  };
  const standIns: Partial<Record<StandInKind, StandIn>> = {};
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(standIns).map((standIn) => standIn.close()));
  };
  try {
    for (const [kind, port] of Object.entries(command.ports) as [StandInKind, number][]) {
      standIns[kind] = await startStandIn({ kind, port, onEvent });
    }
  } catch (error) {
    await close();
    throw error;
  }
  for (const [kind, { url }] of Object.entries(standIns)) {
    print(`[${titleOf(kind)}] listening on ${url}`);
  }
  return { standIns, close };
}
