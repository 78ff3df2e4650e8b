import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, dashboardJson } from './catalogue/index.js';

// Writes every dashboard of the catalogue: `node dist/dashboards/src/main.js [directory]`, from the repository's root.
const directory = process.argv[2] ?? join('dashboards', 'generated');
mkdirSync(directory, { recursive: true });
for (const entry of CATALOGUE) {
  const path = join(directory, entry.file);
  writeFileSync(path, dashboardJson(entry));
  process.stdout.write(`${path}\n`);
}
