import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { FULL } from './experiments.js';
import { measureCalibration } from './measure.js';
import { calibrationPage } from './page.js';

const docs = process.argv[2] ?? 'docs';
const calibration = measureCalibration(FULL, (what) => process.stderr.write(`${what}…\n`));
for (const [name, text] of Object.entries(calibrationPage(calibration, FULL))) {
  const file = join(docs, name);
  mkdirSync(dirname(file), { recursive: true });
  const options = await resolveConfig(file);
  writeFileSync(file, file.endsWith('.md') ? await format(text, { ...options, filepath: file }) : text);
  process.stdout.write(`${file}\n`);
}
