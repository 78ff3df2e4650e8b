// Stands for another Tidewatch process that has a data directory open: it holds the engine on it and, unless told
// otherwise, the lock file as the store writes it.
//
//   node hold-data-directory.mjs DATA_DIR URL [engine-only]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [dataDir, url, mode] = process.argv.slice(2);
const { Session } = createRequire(import.meta.url)('chdb');
const engineDir = path.join(dataDir, 'clickhouse');
mkdirSync(engineDir, { recursive: true });
const session = new Session(engineDir);
await session.queryAsync('SELECT 1');
if (mode !== 'engine-only') {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const processStart = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const owner = { pid: process.pid, url, startedAt: '2026-01-01T00:00:00.000Z', processStart };
  writeFileSync(path.join(dataDir, 'tidewatch.lock'), JSON.stringify(owner));
}
process.stdout.write('held\n');
setInterval(() => session.path, 60_000);
