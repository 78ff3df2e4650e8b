import { createNarrator } from './narrator.js';
import { readOptions, USAGE } from './options.js';
import { runFleet } from './run-fleet.js';
import type { FleetOptions } from './options.js';

/** Ctrl-C to the end of the process, at the latest. */
const LAST_EXIT_MS = 1_900;

function readCommandLine(): FleetOptions | 'help' | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return null;
  }
}

async function main(): Promise<number> {
  const options = readCommandLine();
  if (options === null) {
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      stop.abort();
      // The second Ctrl-C of an impatient person, and whatever hangs: the process ends all the same.
      setTimeout(() => process.exit(0), LAST_EXIT_MS).unref();
    });
  }
  const narrator = createNarrator((line) => process.stdout.write(line), Date.now);
  try {
    await runFleet(options, { narrator, signal: stop.signal });
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

// Exporters may keep sockets and timers open; the fleet has nothing left to do.
process.exit(await main());
