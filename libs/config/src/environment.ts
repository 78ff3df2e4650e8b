import { resolve } from 'node:path';
import { AppError, formatProblem, parseDuration, type Problem } from '@tidewatch/core';
import { z } from 'zod';
import { readApiKeys, type ApiKey } from './api-keys.js';

/** What one process does. A single process runs all roles; a fleet splits them. */
export const ROLES = ['ingest', 'encode', 'evaluate', 'notify', 'query'] as const;
export type Role = (typeof ROLES)[number];

/** The validated settings of one process. Frozen: nothing changes after start. */
export interface Config {
  /** Address every listener binds to. */
  readonly bind: string;
  readonly ports: { readonly otlpHttp: number; readonly otlpGrpc: number; readonly http: number };
  /** Origins whose pages may send OTLP from a browser; `['*']` allows every one, without credentials. */
  readonly corsOrigins: readonly string[];
  readonly roles: ReadonlySet<Role>;
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** Absolute path of the rules directory, and whether somebody named it (a named one must exist). */
  readonly rulesDir: string;
  readonly rulesDirNamed: boolean;
  /** Where ClickHouse is; `null` runs the engine inside this process. */
  readonly clickhouseUrl: string | null;
  /** Name of the ClickHouse cluster for replicated tables, or `''`. */
  readonly clickhouseCluster: string;
  /** Bearer keys and the project of each; `null` when no key is asked for. */
  readonly apiKeys: readonly ApiKey[] | null;
  /** Largest accepted request body in bytes, before and after decompression. */
  readonly maxBodyBytes: number;
  readonly ingest: IngestSettings;
  readonly logLevel: string;
  readonly retention: {
    readonly rawDays: number;
    readonly vectorDays: number;
    readonly aggregateDays: number;
  };
  /** Address of the console as people reach it; used in links of notifications. */
  readonly consoleUrl: string;
  /** Address of Grafana as people reach it, without a slash at the end; used in links of notifications. Empty for none. */
  readonly grafanaUrl: string;
  /** Redis for queues and the lease of several processes; `null` for one process that needs neither. */
  readonly redisUrl: string | null;
  /** Hosts in private networks that receivers may have: names or addresses, with or without a port. */
  readonly privateDestinations: readonly string[];
  /** A file with the key of signed links, for processes that have to know each other's; `null` for one made in the data directory. */
  readonly linkSecretFile: string | null;
}

/** Bounds of the way from a request to ClickHouse. */
export interface IngestSettings {
  /** Bytes of requests that may be in memory at once, decompressed and decoded. */
  readonly memoryBytes: number;
  /** Bytes on disk that may wait for ClickHouse; beyond them senders are told to come back. */
  readonly journalMaxBytes: number;
  /** How often what waits on disk is stored, in milliseconds. */
  readonly flushIntervalMs: number;
  /** Distinct series a day, of one metric and of one project. Points of further series are refused. */
  readonly maxSeriesPerMetric: number;
  readonly maxSeriesPerProject: number;
}

/** Variables of the process environment that Tidewatch reads, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process: the one place that reads it. */
export function readEnvironment(): Environment {
  return process.env;
}

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'must be a port number, 0 to 65535 (0 takes a free one)' })
    .int()
    .min(0)
    .max(65_535)
    .default(fallback);
const count = (what: string, range: { min: number; max: number; fallback: number }) =>
  z.coerce
    .number({ error: `must be a number of ${what}` })
    .int()
    .min(range.min)
    .max(range.max)
    .default(range.fallback);
const GIBIBYTE = 1_073_741_824;
const days = (fallback: number) =>
  z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(3_650).default(fallback);

// 64 MiB is the limit OTLP 1.11 recommends. Retention: raw rows are bulky and rarely read after a month; vectors can
// be turned back into what was encoded, so they go first; aggregates are small and serve yearly comparisons.
const environmentSchema = z.object({
  TIDEWATCH_BIND: z.string().min(1).default('127.0.0.1'),
  TIDEWATCH_OTLP_HTTP_PORT: port(4318),
  TIDEWATCH_OTLP_GRPC_PORT: port(4317),
  TIDEWATCH_HTTP_PORT: port(8080),
  TIDEWATCH_ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(ROLES, { error: `must be a comma-separated list of ${ROLES.join(', ')}` })).min(1)),
  TIDEWATCH_DATA_DIR: z.string().min(1).default('data'),
  TIDEWATCH_RULES_DIR: z.string().min(1).optional(),
  TIDEWATCH_API_KEYS_FILE: z.string().min(1).optional(),
  TIDEWATCH_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .transform((origins) => origins.filter((origin) => origin !== ''))
    .refine((origins) => origins.every(isOrigin), {
      error: 'must be a comma-separated list of origins such as https://shop.example.com, or *',
    }),
  TIDEWATCH_MAX_BODY_BYTES: count('bytes', { min: 1_024, max: GIBIBYTE, fallback: 67_108_864 }),
  TIDEWATCH_INGEST_MEMORY_BYTES: count('bytes', {
    min: 1_048_576,
    max: 1_024 * GIBIBYTE,
    fallback: 268_435_456,
  }),
  TIDEWATCH_JOURNAL_MAX_BYTES: count('bytes', {
    min: 1_048_576,
    max: 65_536 * GIBIBYTE,
    fallback: 4 * GIBIBYTE,
  }),
  TIDEWATCH_FLUSH_INTERVAL: z
    .string()
    .default('1s')
    .transform((text) => parseDuration(text))
    .refine((ms) => ms !== undefined && ms >= 50 && ms <= 60_000, {
      error: 'must be a duration from 50ms to 1m such as 1s',
    }),
  TIDEWATCH_MAX_SERIES_PER_METRIC: count('series', { min: 1, max: 100_000_000, fallback: 100_000 }),
  TIDEWATCH_MAX_SERIES_PER_PROJECT: count('series', { min: 1, max: 1_000_000_000, fallback: 1_000_000 }),
  TIDEWATCH_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  TIDEWATCH_RETENTION_RAW_DAYS: days(30),
  TIDEWATCH_RETENTION_VECTOR_DAYS: days(7),
  TIDEWATCH_RETENTION_AGGREGATE_DAYS: days(400),
  TIDEWATCH_CONSOLE_URL: z.url({ error: 'must be a URL such as https://tidewatch.example.com' }).optional(),
  TIDEWATCH_GRAFANA_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://grafana.example.com' })
    .optional(),
  TIDEWATCH_PRIVATE_DESTINATIONS: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
    .transform((hosts) => hosts.filter((host) => host !== ''))
    .refine((hosts) => hosts.every(isHost), {
      error: 'must be a comma-separated list of hosts such as jira.corp.example, 10.0.0.7 or smtp.local:25',
    }),
  TIDEWATCH_LINK_SECRET_FILE: z.string().min(1).optional(),
  REDIS_URL: z
    .url({
      protocol: /^rediss?$/,
      error: 'must be a Redis URL such as redis://user:password@redis:6379/0',
    })
    // "redis:6379" is a URL by the letter, of the scheme redis and without a host.
    .refine((text) => new URL(text).hostname !== '', {
      error: 'must be a Redis URL such as redis://user:password@redis:6379/0',
    })
    .optional(),
  CLICKHOUSE_URL: z
    .url({
      protocol: /^https?$/,
      error: 'must be an http or https URL such as http://user:password@clickhouse:8123/tidewatch',
    })
    .optional(),
  TIDEWATCH_CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[A-Za-z0-9_]*$/)
    .default(''),
});

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Reads and checks every setting at once.
 *
 * @param environment the process environment
 * @param secretNames variables that rules name as secrets; they may start with `TIDEWATCH_` without being settings
 * @throws AppError `config.invalid` listing all problems
 */
export function readConfig(environment: Environment, secretNames: ReadonlySet<string> = new Set()): Config {
  const problems: Problem[] = unknownVariables(environment, secretNames);
  const parsed = environmentSchema.safeParse(withoutEmpty(environment));
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => ({ path: String(issue.path[0] ?? ''), message: issue.message })),
    );
    throw invalidConfig(problems);
  }
  const values = parsed.data;
  const apiKeys = readKeys(values, problems);
  checkTogether(values, apiKeys, problems);
  if (problems.length > 0) {
    throw invalidConfig(problems);
  }
  return Object.freeze({
    bind: values.TIDEWATCH_BIND,
    ports: Object.freeze({
      otlpHttp: values.TIDEWATCH_OTLP_HTTP_PORT,
      otlpGrpc: values.TIDEWATCH_OTLP_GRPC_PORT,
      http: values.TIDEWATCH_HTTP_PORT,
    }),
    corsOrigins: values.TIDEWATCH_CORS_ORIGINS,
    roles: new Set<Role>(values.TIDEWATCH_ROLES),
    dataDir: resolve(values.TIDEWATCH_DATA_DIR),
    rulesDir: resolve(values.TIDEWATCH_RULES_DIR ?? 'rules'),
    rulesDirNamed: values.TIDEWATCH_RULES_DIR !== undefined,
    clickhouseUrl: values.CLICKHOUSE_URL ?? null,
    clickhouseCluster: values.TIDEWATCH_CLICKHOUSE_CLUSTER,
    apiKeys,
    maxBodyBytes: values.TIDEWATCH_MAX_BODY_BYTES,
    ingest: ingestSettings(values),
    logLevel: values.TIDEWATCH_LOG_LEVEL,
    retention: Object.freeze({
      rawDays: values.TIDEWATCH_RETENTION_RAW_DAYS,
      vectorDays: values.TIDEWATCH_RETENTION_VECTOR_DAYS,
      aggregateDays: values.TIDEWATCH_RETENTION_AGGREGATE_DAYS,
    }),
    consoleUrl:
      values.TIDEWATCH_CONSOLE_URL ?? `http://${values.TIDEWATCH_BIND}:${values.TIDEWATCH_HTTP_PORT}`,
    grafanaUrl: (values.TIDEWATCH_GRAFANA_URL ?? '').replace(/\/+$/, ''),
    redisUrl: values.REDIS_URL ?? null,
    linkSecretFile: values.TIDEWATCH_LINK_SECRET_FILE ?? null,
    privateDestinations: Object.freeze(values.TIDEWATCH_PRIVATE_DESTINATIONS),
  });
}

type Values = z.infer<typeof environmentSchema>;

function readKeys(values: Values, problems: Problem[]): readonly ApiKey[] | null {
  return values.TIDEWATCH_API_KEYS_FILE === undefined
    ? null
    : readApiKeys(values.TIDEWATCH_API_KEYS_FILE, problems);
}

/** What is right by itself and wrong together. */
function checkTogether(values: Values, apiKeys: readonly ApiKey[] | null, problems: Problem[]): void {
  // The limit of one request doubles as the least that has to fit: a request that never fits is refused for ever.
  if (values.TIDEWATCH_INGEST_MEMORY_BYTES < 2 * values.TIDEWATCH_MAX_BODY_BYTES) {
    problems.push({
      path: 'TIDEWATCH_INGEST_MEMORY_BYTES',
      message: `is ${values.TIDEWATCH_INGEST_MEMORY_BYTES}; it must be at least twice TIDEWATCH_MAX_BODY_BYTES (${values.TIDEWATCH_MAX_BODY_BYTES}), or a large request would never fit.`,
    });
  }
  if (apiKeys === null && !LOOPBACK.has(values.TIDEWATCH_BIND)) {
    problems.push({
      path: 'TIDEWATCH_BIND',
      message:
        `is ${values.TIDEWATCH_BIND}, which other machines can reach, but TIDEWATCH_API_KEYS_FILE is not set. ` +
        'Name a file with one "name project key" line per client, or bind to 127.0.0.1.',
    });
  }
  if (values.TIDEWATCH_ROLES.includes('evaluate') !== values.TIDEWATCH_ROLES.includes('notify')) {
    problems.push({
      path: 'TIDEWATCH_ROLES',
      message:
        'has one of evaluate and notify; the process that judges is the one that delivers, so that exactly one writes ' +
        'the state of alerts. Name both or neither.',
    });
  }
}

function ingestSettings(values: Values): IngestSettings {
  return Object.freeze({
    memoryBytes: values.TIDEWATCH_INGEST_MEMORY_BYTES,
    journalMaxBytes: values.TIDEWATCH_JOURNAL_MAX_BYTES,
    flushIntervalMs: values.TIDEWATCH_FLUSH_INTERVAL ?? 1_000,
    maxSeriesPerMetric: values.TIDEWATCH_MAX_SERIES_PER_METRIC,
    maxSeriesPerProject: values.TIDEWATCH_MAX_SERIES_PER_PROJECT,
  });
}

/** `*`, or scheme and host as browsers send them in the Origin header: no path, no trailing slash. */
function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** A name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
function isHost(text: string): boolean {
  return /^([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(text);
}

/** A misspelt variable must not be ignored: the person who set it believes it is in force. */
function unknownVariables(environment: Environment, secretNames: ReadonlySet<string>): Problem[] {
  const known = Object.keys(environmentSchema.shape);
  return Object.keys(environment)
    .filter((name) => name.startsWith('TIDEWATCH_') && !known.includes(name) && !secretNames.has(name))
    .map((name) => ({
      path: name,
      message: `is not a setting of Tidewatch and no rule names it as a secret. Known settings: ${known.join(', ')}.`,
    }));
}

/** `VARIABLE=` in a shell or compose file means "not set". */
function withoutEmpty(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}

function invalidConfig(problems: readonly Problem[]): AppError {
  return new AppError({
    code: 'config.invalid',
    message: `The environment has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems
      .map((problem) => `  ${formatProblem(problem)}`)
      .join('\n')}`,
    hint: 'Every setting is described in docs/configuration.md.',
  });
}
