// Simulates streams with and without drift and writes docs/calibration.md: npm run calibrate
import { join } from 'node:path';
import { ensureBuilt, root, run } from './setup.mjs';

ensureBuilt();
run('The calibration', process.execPath, [
  '--enable-source-maps',
  join(root, 'dist/test/calibration/main.js'),
  join(root, 'docs'),
]);
