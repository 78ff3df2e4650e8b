// Tortures the built server and compares what was accepted with what is stored:
//
//   npm run test:crash -- --cycles 200     kill -9 at random moments, live exporters; --seed S repeats a run
//   npm run test:crash -- --outage 120     ClickHouse away for two minutes; --slow 120: five seconds per request
//   npm run test:crash -- --overload 120   far more than the server can take
//   npm run test:crash -- --mutations 100000
import { join } from 'node:path';
import { ensureBuilt, root, run } from './setup.mjs';

ensureBuilt();
run(
  'The crash test',
  process.execPath,
  ['--enable-source-maps', join(root, 'dist/test/crash/main.js'), ...process.argv.slice(2)],
  { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
);
