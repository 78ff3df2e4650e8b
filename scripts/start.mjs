// Starts the server: settings come from the environment, rules from ./rules, data goes to ./data.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, root } from './setup.mjs';

ensureBuilt();
const server = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/apps/server/src/main.js')], {
  stdio: 'inherit',
  // The embedded engine and disk syncs share libuv's threads; the default of 4 lets one starve the other.
  env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A terminal sends Ctrl-C to the whole group; passing it on again is harmless, and needed under a supervisor.
  process.on(signal, () => server.kill(signal));
}
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
