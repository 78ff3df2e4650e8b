import { benchAnswerBesideQueries } from './answer-beside-queries.js';
import type { Figure } from './figure.js';
import { benchKs } from './ks.js';
import { benchQuickstart } from './quickstart-alerted.js';
import { benchServerStart } from './server-start.js';

/** Every benchmark by the name that selects it. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  ks: benchKs,
  start: benchServerStart,
  'answer-beside-queries': benchAnswerBesideQueries,
  quickstart: benchQuickstart,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark is named ${unknown.join(', ')}. Known: ${Object.keys(BENCHMARKS).join(', ')}\n`,
  );
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  for (const figure of (await BENCHMARKS[name]?.()) ?? []) {
    process.stdout.write(`${JSON.stringify(figure)}\n`);
  }
}
// A figure that is not met is a fact to report, not a failure of the benchmark.
process.exit(0);
