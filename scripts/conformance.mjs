// Checks any OTLP receiver from outside: npm run conformance -- --http URL --grpc HOST:PORT
import { join } from 'node:path';
import { ensureBuilt, root, run } from './setup.mjs';

ensureBuilt();
run('The conformance suite', process.execPath, [
  '--enable-source-maps',
  join(root, 'dist/test/conformance/main.js'),
  ...process.argv.slice(2),
]);
