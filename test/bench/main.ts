import { ALERT_BENCHMARKS } from './alerts.js';
import { benchAnswerBesideQueries } from './answer-beside-queries.js';
import type { Figure } from './figure.js';
import { INGEST_BENCHMARKS } from './ingest.js';
import { ENCODER_BENCHMARKS } from './encoder.js';
import { DRIFT_BENCHMARKS } from './drift.js';
import { benchQuickstart } from './quickstart-alerted.js';
import { benchServerStart } from './server-start.js';
import { SLO_BENCHMARKS } from './slo.js';

/** Every benchmark by the name that selects it. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: benchServerStart,
  'answer-beside-queries': benchAnswerBesideQueries,
  quickstart: benchQuickstart,
  ...INGEST_BENCHMARKS,
  ...DRIFT_BENCHMARKS,
  ...ENCODER_BENCHMARKS,
  ...SLO_BENCHMARKS,
  ...ALERT_BENCHMARKS,
};
/** Names that select several. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ingest: Object.keys(INGEST_BENCHMARKS),
  drift: Object.keys(DRIFT_BENCHMARKS),
  encoder: Object.keys(ENCODER_BENCHMARKS),
  slo: Object.keys(SLO_BENCHMARKS),
  alerts: Object.keys(ALERT_BENCHMARKS),
};

const names = process.argv.slice(2).flatMap((name) => GROUPS[name] ?? [name]);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  const known = [...Object.keys(BENCHMARKS), ...Object.keys(GROUPS)];
  process.stderr.write(`No benchmark is named ${unknown.join(', ')}. Known: ${known.join(', ')}\n`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  for (const figure of (await BENCHMARKS[name]?.()) ?? []) {
    process.stdout.write(`${JSON.stringify(figure)}\n`);
  }
}
// A figure that is not met is a fact to report, not a failure of the benchmark.
process.exit(0);
