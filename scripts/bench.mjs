// Measures figures and prints one JSON line each: npm run bench [-- NAME…]. Without names, all of them.
import { join } from 'node:path';
import { ensureBuilt, root, run } from './setup.mjs';

ensureBuilt();
run(
  'The benchmark',
  process.execPath,
  ['--enable-source-maps', join(root, 'dist/test/bench/main.js'), ...process.argv.slice(2)],
  {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  },
);
