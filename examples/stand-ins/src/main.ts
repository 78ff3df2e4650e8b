import { parseCommand, runCommand, USAGE } from './command.js';

const command = parseCommand(process.argv.slice(2));
if (typeof command === 'string') {
  process.stderr.write(`${command}\n${USAGE}\n`);
  process.exitCode = 2;
} else {
  try {
    const running = await runCommand(command, (line) => process.stdout.write(`${line}\n`));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Once: a second signal ends the process in the way of the system, should closing ever hang.
      process.once(signal, () => void running.close());
    }
  } catch (error) {
    process.stderr.write(
      `The stand-ins could not start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
