import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildReferenceEncoders, checksumsOf } from './build-reference-encoders.js';
import { referenceFolder } from './reference-encoders.js';

// Writes the reference encoders: `node dist/libs/encoder/src/reference/main.js`. With `--check` nothing is written: it says which
// files differ from what would be, and ends with status 1 if any does.
const folder = referenceFolder();
const encoders = buildReferenceEncoders();
const files: [string, Uint8Array][] = [
  ...encoders.map(({ file, bytes }): [string, Uint8Array] => [join(folder, file), bytes]),
  [join(folder, 'checksums.json'), Buffer.from(checksumsOf(encoders))],
];
for (const [path, bytes] of files) {
  if (!process.argv.includes('--check')) {
    writeFileSync(path, bytes);
    process.stdout.write(`${path}: ${bytes.length} bytes\n`);
  } else if (!readFileSync(path).equals(bytes)) {
    process.stderr.write(`${path} is not what the script makes. Run it without --check to write it anew.\n`);
    process.exitCode = 1;
  }
}
