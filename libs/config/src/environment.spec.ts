import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AppError } from '@tidewatch/core';
import { findApiKey } from './api-keys.js';
import { readConfig, type Environment } from './environment.js';

const KEY = 'b'.repeat(64);

function keysFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tidewatch-keys-')), 'keys');
  writeFileSync(path, text);
  return path;
}

function problemsOf(environment: Environment): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('config.invalid');
    return (error as AppError).message;
  }
  throw new Error('The environment was accepted.');
}

describe('without any variable', () => {
  const config = readConfig({});

  test('everything stays on loopback, in one process, in ./data, with the embedded engine', () => {
    expect(config).toMatchObject({
      bind: '127.0.0.1',
      ports: { otlpHttp: 4318, otlpGrpc: 4317, http: 8080 },
      corsOrigins: [],
      dataDir: resolve('data'),
      rulesDir: resolve('rules'),
      rulesDirNamed: false,
      clickhouseUrl: null,
      apiKeys: null,
      maxBodyBytes: 67_108_864,
      ingest: {
        memoryBytes: 268_435_456,
        journalMaxBytes: 4_294_967_296,
        flushIntervalMs: 1_000,
        maxSeriesPerMetric: 100_000,
        maxSeriesPerProject: 1_000_000,
      },
      consoleUrl: 'http://127.0.0.1:8080',
    });
    expect([...config.roles]).toEqual(['ingest', 'encode', 'evaluate', 'notify', 'query']);
  });

  test('the result cannot be changed', () => {
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.ports)).toBe(true);
  });
});

test('an empty variable counts as not set, as shells and compose files mean it', () => {
  expect(readConfig({ TIDEWATCH_HTTP_PORT: '', CLICKHOUSE_URL: '' })).toMatchObject({
    ports: { http: 8080 },
    clickhouseUrl: null,
  });
});

test('each variable changes its setting', () => {
  const config = readConfig({
    TIDEWATCH_BIND: '::1',
    TIDEWATCH_HTTP_PORT: '0',
    TIDEWATCH_OTLP_HTTP_PORT: '14318',
    TIDEWATCH_OTLP_GRPC_PORT: '14317',
    TIDEWATCH_CORS_ORIGINS: 'https://shop.example.com, http://localhost:3000',
    TIDEWATCH_INGEST_MEMORY_BYTES: '8388608',
    TIDEWATCH_JOURNAL_MAX_BYTES: '16777216',
    TIDEWATCH_FLUSH_INTERVAL: '250ms',
    TIDEWATCH_MAX_SERIES_PER_METRIC: '10',
    TIDEWATCH_MAX_SERIES_PER_PROJECT: '20',
    TIDEWATCH_ROLES: 'ingest, query',
    TIDEWATCH_DATA_DIR: '/var/lib/tidewatch',
    TIDEWATCH_RULES_DIR: '/etc/tidewatch',
    TIDEWATCH_MAX_BODY_BYTES: '2048',
    TIDEWATCH_LOG_LEVEL: 'debug',
    TIDEWATCH_RETENTION_RAW_DAYS: '3',
    TIDEWATCH_CONSOLE_URL: 'https://tidewatch.example.com',
    CLICKHOUSE_URL: 'http://default:secret@clickhouse:8123/tidewatch',
    REDIS_URL: 'redis://redis:6379/1',
    TIDEWATCH_GRAFANA_URL: 'https://grafana.example.com/base/',
    TIDEWATCH_PRIVATE_DESTINATIONS: 'Jira.corp.example, 10.0.0.7, smtp.local:25,[fd00::1]:443',
  });
  expect(config).toMatchObject({
    bind: '::1',
    ports: { http: 0, otlpHttp: 14318, otlpGrpc: 14317 },
    corsOrigins: ['https://shop.example.com', 'http://localhost:3000'],
    ingest: {
      memoryBytes: 8_388_608,
      journalMaxBytes: 16_777_216,
      flushIntervalMs: 250,
      maxSeriesPerMetric: 10,
      maxSeriesPerProject: 20,
    },
    dataDir: '/var/lib/tidewatch',
    rulesDir: '/etc/tidewatch',
    rulesDirNamed: true,
    maxBodyBytes: 2048,
    logLevel: 'debug',
    retention: { rawDays: 3, vectorDays: 7, aggregateDays: 400 },
    consoleUrl: 'https://tidewatch.example.com',
    clickhouseUrl: 'http://default:secret@clickhouse:8123/tidewatch',
    redisUrl: 'redis://redis:6379/1',
    grafanaUrl: 'https://grafana.example.com/base',
    privateDestinations: ['jira.corp.example', '10.0.0.7', 'smtp.local:25', '[fd00::1]:443'],
  });
  expect([...config.roles]).toEqual(['ingest', 'query']);
});

describe('what is refused, with the name of the variable and what would be right', () => {
  test.each<[string, Environment, RegExp]>([
    ['a port that is none', { TIDEWATCH_HTTP_PORT: 'http' }, /TIDEWATCH_HTTP_PORT: must be a port number/],
    ['a port beyond 65535', { TIDEWATCH_OTLP_HTTP_PORT: '70000' }, /TIDEWATCH_OTLP_HTTP_PORT/],
    [
      'a role that does not exist',
      { TIDEWATCH_ROLES: 'ingest,judge' },
      /TIDEWATCH_ROLES.*ingest, encode, evaluate, notify, query/,
    ],
    [
      'judging in one process and delivering in another',
      { TIDEWATCH_ROLES: 'ingest,evaluate' },
      /TIDEWATCH_ROLES: has one of evaluate and notify/,
    ],
    ['a Redis address that is none', { REDIS_URL: 'redis:6379' }, /REDIS_URL: must be a Redis URL/],
    [
      'a private destination with a path',
      { TIDEWATCH_PRIVATE_DESTINATIONS: 'jira.corp.example/rest' },
      /TIDEWATCH_PRIVATE_DESTINATIONS: must be a comma-separated list of hosts/,
    ],
    [
      'a misspelt variable',
      { TIDEWATCH_DATADIR: '/x' },
      /TIDEWATCH_DATADIR: is not a setting.*TIDEWATCH_DATA_DIR/,
    ],
    [
      'a ClickHouse address that is none',
      { CLICKHOUSE_URL: 'clickhouse:8123' },
      /CLICKHOUSE_URL: must be an http or https URL/,
    ],
    [
      'a wide binding without keys',
      { TIDEWATCH_BIND: '0.0.0.0' },
      /TIDEWATCH_BIND.*TIDEWATCH_API_KEYS_FILE is not set/,
    ],
    [
      'a keys file that is missing',
      { TIDEWATCH_API_KEYS_FILE: '/nowhere/keys' },
      /TIDEWATCH_API_KEYS_FILE: cannot be read/,
    ],
    [
      'a CORS origin with a path',
      { TIDEWATCH_CORS_ORIGINS: 'https://shop.example.com/app' },
      /TIDEWATCH_CORS_ORIGINS: must be a comma-separated list of origins/,
    ],
    [
      'a flush interval without a unit',
      { TIDEWATCH_FLUSH_INTERVAL: '5' },
      /TIDEWATCH_FLUSH_INTERVAL: must be a duration from 50ms to 1m/,
    ],
    [
      'memory in which a large request would never fit',
      { TIDEWATCH_INGEST_MEMORY_BYTES: '100000000' },
      /TIDEWATCH_INGEST_MEMORY_BYTES.*at least twice TIDEWATCH_MAX_BODY_BYTES/,
    ],
    ['an unknown log level', { TIDEWATCH_LOG_LEVEL: 'loud' }, /TIDEWATCH_LOG_LEVEL/],
  ])('%s', (_what, environment, expected) => {
    expect(problemsOf(environment)).toMatch(expected);
  });

  test('all problems are reported together', () => {
    const text = problemsOf({ TIDEWATCH_HTTP_PORT: 'x', TIDEWATCH_LOG_LEVEL: 'loud', TIDEWATCH_OOPS: '1' });
    expect(text).toMatch(/3 problems/);
    expect(text).toMatch(
      /TIDEWATCH_HTTP_PORT[\s\S]*TIDEWATCH_LOG_LEVEL|TIDEWATCH_LOG_LEVEL[\s\S]*TIDEWATCH_HTTP_PORT/,
    );
  });
});

test('a variable that a rule names as a secret is no unknown setting', () => {
  expect(() => readConfig({ TIDEWATCH_DEMO_KEY: 'x' }, new Set(['TIDEWATCH_DEMO_KEY']))).not.toThrow();
});

describe('the keys file', () => {
  test('opens the way beyond loopback, and gives each key its project', () => {
    const path = keysFile(`# who may send\n\nranker  shop  ${KEY}\n`);
    const { apiKeys } = readConfig({ TIDEWATCH_BIND: '0.0.0.0', TIDEWATCH_API_KEYS_FILE: path });
    expect(findApiKey(apiKeys ?? [], KEY)).toMatchObject({ name: 'ranker', project: 'shop' });
    expect(findApiKey(apiKeys ?? [], `${KEY}x`)).toBeUndefined();
  });

  test.each([
    ['a line with a part missing', `ranker ${KEY}`, /:1 must have the form/],
    ['a key that can be guessed', 'ranker shop hunter2', /:1 the key of ranker is shorter than 24/],
    ['a project with a slash', `ranker a/b ${KEY}`, /:1 the project may hold/],
    ['no key at all', '# nobody yet\n', /holds no key/],
  ])('%s is refused with file and line, and without showing a key', (_what, text, expected) => {
    const message = problemsOf({ TIDEWATCH_API_KEYS_FILE: keysFile(text) });
    expect(message).toMatch(expected);
    expect(message).not.toContain(KEY);
    expect(message).not.toContain('hunter2');
  });
});
