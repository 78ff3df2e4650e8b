#!/usr/bin/env node
// The command `tidewatch`: builds when something has changed since the last build, then runs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(args, stdio) {
  const { status, error } = spawnSync(process.execPath, args, { stdio });
  if (error !== undefined || status !== 0) {
    process.exit(status ?? 1);
  }
}

// What the build prints goes to standard error: the output of the command may be read by a program.
run([join(root, 'scripts/setup.mjs')], ['ignore', process.stderr, process.stderr]);
run(['--enable-source-maps', join(root, 'dist/apps/cli/src/main.js'), ...process.argv.slice(2)], 'inherit');
