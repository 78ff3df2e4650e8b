import { parseArgs } from 'node:util';

/** What the fleet is told on its command line. Times in milliseconds. */
export interface FleetOptions {
  /** Address of the OTLP endpoint, without a path. */
  readonly otlpUrl: string;
  /** Address of the API, without a path. */
  readonly apiUrl: string;
  /** How long live traffic stays healthy. */
  readonly incidentAfterMs: number;
  /** How long the bad release stays in production; 0 = for good. */
  readonly rollbackAfterMs: number;
  /** How much past is sent before live traffic starts; 0 = none. */
  readonly historyMs: number;
  readonly seed: number;
  /** How long live traffic goes on; null = until stopped. */
  readonly durationMs: number | null;
}

/** Shown by `--help`, and with every wrong option. */
export const USAGE = `Usage: node dist/examples/fleet/src/main.js [options]

Three simulated inference services that send OpenTelemetry data and predictions to Tidewatch.

  --otlp URL              OTLP/HTTP endpoint (default http://127.0.0.1:4318)
  --api URL               API endpoint (default http://127.0.0.1:8080)
  --incident-after TIME   healthy live traffic before the bad deploy (default 30s)
  --rollback-after TIME   how long the bad deploy stays (default 50s; 0s = for good)
  --history TIME          past sent before live traffic, at most 24h (default 2h; 0s = none)
  --duration TIME         stop after this much live traffic (default: run until Ctrl-C)
  --seed NUMBER           seed of all randomness (default 7)
  --help                  show this text

TIME is a whole number with a unit: 500ms, 30s, 5m, 2h.
`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const LONGEST_HISTORY_MS = 24 * UNIT_MS.h;

function readTime(option: string, text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (match === null) {
    throw new Error(`--${option} must be a time such as 30s, 5m or 2h, not "${text}".`);
  }
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

function readUrl(option: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new Error(`--${option} must be an http or https address, not "${text}".`);
  }
  return text.replace(/\/+$/, '');
}

/**
 * Reads the command line, without the program's name.
 *
 * @returns the options, or `'help'` when help was asked for.
 * @throws Error that says which option is wrong.
 */
export function readOptions(args: readonly string[]): FleetOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      otlp: { type: 'string', default: 'http://127.0.0.1:4318' },
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
      'incident-after': { type: 'string', default: '30s' },
      'rollback-after': { type: 'string', default: '50s' },
      history: { type: 'string', default: '2h' },
      seed: { type: 'string', default: '7' },
      duration: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    return 'help';
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || values.seed.trim() === '') {
    throw new Error(`--seed must be a whole number, not "${values.seed}".`);
  }
  const historyMs = readTime('history', values.history);
  if (historyMs > LONGEST_HISTORY_MS) {
    throw new Error(`--history must be at most 24h, not "${values.history}".`);
  }
  return {
    otlpUrl: readUrl('otlp', values.otlp),
    apiUrl: readUrl('api', values.api),
    incidentAfterMs: readTime('incident-after', values['incident-after']),
    rollbackAfterMs: readTime('rollback-after', values['rollback-after']),
    historyMs,
    seed,
    durationMs: values.duration === undefined ? null : readTime('duration', values.duration),
  };
}
