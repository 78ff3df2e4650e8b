import { createInterface } from 'node:readline/promises';
import { run } from './run.js';
import type { Terminal } from './terminal.js';

const terminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  isInteractive: process.stdin.isTTY && process.stderr.isTTY,
  async confirm(question) {
    // On standard error: standard output may go into a file.
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await lines.question(`${question} [y/N] `);
    lines.close();
    return /^y(es)?$/i.test(answer.trim());
  },
  readInput: () => process.stdin as AsyncIterable<Uint8Array>,
};

// The status is set and not exited with: what was written to a pipe must arrive first.
process.exitCode = await run(process.argv.slice(2), terminal);
