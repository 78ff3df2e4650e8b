// Rows of a data directory whose server has stopped, read around the store: what is really there. In a process of its
// own, since the engine opens one directory per process. Plain JavaScript, because tests start it without a build.
//
//   node run-queries.mjs DATA_DIR SQL…
//
// Prints one line of JSON: for each statement the array of its rows, 64-bit integers as text.
import { createRequire } from 'node:module';
import path from 'node:path';

const { Session } = createRequire(import.meta.url)('chdb');
const [dataDir, ...statements] = process.argv.slice(2);
const session = new Session(path.join(dataDir, 'clickhouse'));
const results = [];
for (const sql of statements) {
  const settings = 'SETTINGS output_format_json_quote_64bit_integers = 1';
  const result = await session.queryAsync(`${sql} ${settings}`, { format: 'JSONEachRow' });
  const lines = result.text().split('\n');
  results.push(lines.filter((line) => line !== '').map((line) => JSON.parse(line)));
}
session.close();
process.stdout.write(`${JSON.stringify(results)}\n`);
// The engine's threads would hold the process up for a while.
process.exit(0);
