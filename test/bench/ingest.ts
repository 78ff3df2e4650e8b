import type { Figure } from './figure.js';
import { benchE2ePoints, benchE2eSpans } from './ingest-e2e.js';
import { benchSteady } from './ingest-steady.js';

type Benchmark = () => Promise<Figure[]>;

/** The benchmarks of the ingest engine by the name that selects each; the name `ingest` selects all of them, in this order. */
export const INGEST_BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'decode-points': loaded('decode-points', 'benchDecodePoints'),
  'decode-spans': loaded('decode-spans', 'benchDecodeSpans'),
  'journal-append': loaded('journal-append', 'benchJournalAppend'),
  'insert-points': loaded('insert-points', 'benchInsertPoints'),
  'e2e-points': benchE2ePoints,
  'e2e-spans': benchE2eSpans,
  'steady-10k': benchSteady,
  'bytes-per-point': loaded('bytes-per-point', 'benchBytesPerPoint'),
  'query-hour': loaded('query-hour', 'benchQueryHour'),
};

/** A benchmark whose file is loaded when it runs: code that is measured should not run beside that of the others. */
function loaded(file: string, name: string): Benchmark {
  return async () => {
    const module = (await import(`./${file}.js`)) as Readonly<Record<string, Benchmark | undefined>>;
    const benchmark = module[name];
    if (benchmark === undefined) {
      throw new Error(`test/bench/${file}.ts does not export ${name}.`);
    }
    return benchmark();
  };
}
