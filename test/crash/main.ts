import { parseArgs } from 'node:util';
import { runHostile } from '../faults/hostile.js';
import { runOutage } from '../faults/outage.js';
import { OVERLOAD_LIMITS, runOverload } from '../faults/overload.js';
import { describeReport, isClean } from './crash-report.js';
import { runCrash } from './run-crash.js';

// npm run test:crash -- [--cycles N] [--seed S] [--roles ingest]   kill -9 at random moments
//                       --outage SECONDS | --slow SECONDS         ClickHouse away, or five seconds slow
//                       --overload SECONDS                        far more than the server can take
//                       --mutations N [--seed S]                  hostile payloads
// Ends with 0 when nothing was lost and everything promised was kept, else with 1.
const { values } = parseArgs({
  options: {
    cycles: { type: 'string' },
    seed: { type: 'string' },
    roles: { type: 'string', default: 'ingest' },
    outage: { type: 'string' },
    slow: { type: 'string' },
    overload: { type: 'string' },
    mutations: { type: 'string' },
  },
});

const ITEMS_PER_SECOND = 20_000;
const RECOVERY_SECONDS = 300;
const STALL_LIMIT_MS = 100;

const seed = values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber('seed', values.seed);
const results: boolean[] = [];
if (values.outage !== undefined) {
  results.push(await outage('away', wholeNumber('outage', values.outage)));
}
if (values.slow !== undefined) {
  results.push(await outage('slow', wholeNumber('slow', values.slow)));
}
if (values.overload !== undefined) {
  results.push(await overload(wholeNumber('overload', values.overload)));
}
if (values.mutations !== undefined) {
  results.push(await hostile(wholeNumber('mutations', values.mutations)));
}
if (values.cycles !== undefined || results.length === 0) {
  results.push(await crash(wholeNumber('cycles', values.cycles ?? '20')));
}
process.exit(results.every((passed) => passed) ? 0 : 1);

async function crash(cycles: number): Promise<boolean> {
  const every = Math.max(1, Math.floor(cycles / 10));
  const report = await runCrash({
    cycles,
    seed,
    roles: values.roles,
    onCycle: (cycle) => (cycle % every === 0 ? print(`${cycle} of ${cycles} cycles`) : undefined),
  });
  print(describeReport(report));
  if (!isClean(report)) {
    print(`The data directory is kept for a look: ${report.dataDir}`);
  }
  return isClean(report);
}

async function outage(trouble: 'away' | 'slow', seconds: number): Promise<boolean> {
  const result = await runOutage({
    trouble,
    seconds,
    itemsPerSecond: ITEMS_PER_SECOND,
    recoverySeconds: RECOVERY_SECONDS,
  });
  const { load, rows, distinct } = result;
  print(JSON.stringify({ trouble, seconds, ...result }));
  const lost = load.acceptedItems - distinct;
  const passed =
    Object.keys(load.answers).every((status) => status === '200' || status === '503') &&
    load.refusalsWithoutRetryAfter === 0 &&
    load.unacceptedItems === 0 &&
    result.unbalanced === 0 &&
    rows === distinct &&
    lost === 0;
  print(
    `ClickHouse ${trouble} for ${seconds} s at ${ITEMS_PER_SECOND} points/s: ${lost} lost, ${rows - distinct} counted twice`,
  );
  return passed;
}

async function overload(seconds: number): Promise<boolean> {
  const result = await runOverload({ seconds });
  const { load, rows, distinct } = result;
  const grownMb = Math.round(result.residentPeakMb - result.residentBeforeMb);
  print(JSON.stringify({ seconds, ...result }));
  print(
    `Overload for ${seconds} s: ${load.acceptedItems - distinct} lost, ${rows - distinct} counted twice, ` +
      `memory grew by ${grownMb} MB (limit ${OVERLOAD_LIMITS.beyondIdleMb} MB)`,
  );
  return (
    rows === load.acceptedItems && distinct === load.acceptedItems && grownMb < OVERLOAD_LIMITS.beyondIdleMb
  );
}

async function hostile(mutations: number): Promise<boolean> {
  const result = await runHostile({ mutations, seed });
  print(JSON.stringify({ mutations, seed, ...result }));
  const { stallMs, during } = result.longestStall;
  print(`${mutations} mutated payloads (seed ${seed}): longest stall ${stallMs} ms, during: ${during}`);
  const statuses = [...Object.values(result.answers), ...Object.keys(result.mutationAnswers).map(Number)];
  return (
    result.storesAfterwards &&
    stallMs <= STALL_LIMIT_MS &&
    statuses.every((status) => [200, 400, 413].includes(status))
  );
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    process.stderr.write(`--${name} takes a whole number, not "${text}".\n`);
    process.exit(2);
  }
  return value;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
