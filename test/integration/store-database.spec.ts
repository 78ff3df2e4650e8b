import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
// The store shows no SQL at its door; what is checked here lies below it.
import { BlockWriter } from '../../libs/store/src/block-writer.js';
import { float64, string } from '../../libs/store/src/column-types.js';
import { Database } from '../../libs/store/src/database.js';
import { openEmbeddedEngine } from '../../libs/store/src/embedded-engine.js';
import { openServerEngine } from '../../libs/store/src/server-engine.js';
import { column, defineTable, encodeRows } from '../../libs/store/src/table-definition.js';
import { AWKWARD } from '../harness/awkward-text.js';
import { startClickHouseHttp } from '../harness/clickhouse-http.js';

const ENGINES = [
  {
    name: 'embedded',
    open: async () => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'tidewatch-database-'));
      const announce = { pid: process.pid, url: 'http://127.0.0.1:8080' };
      const database = new Database(await openEmbeddedEngine({ kind: 'embedded', dataDir, announce }));
      return { database, remove: () => rm(dataDir, { recursive: true, force: true }) };
    },
  },
  {
    name: 'server',
    open: async () => {
      const server = await startClickHouseHttp();
      return {
        database: new Database(await openServerEngine({ kind: 'server', url: server.url })),
        remove: () => server.stop(),
      };
    },
  },
];

const ROWS = defineTable<{ text: string; value: number }>(
  'rows',
  [column('t', string, (row) => row.text), column('v', float64, (row) => row.value)],
  { announced: false },
);
const BROKEN = { ...ROWS, columns: '`t`, `missing`', structure: '`t` String, `missing` Float64' };

describe.each(ENGINES)('statements on the $name engine', ({ open }) => {
  let database: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ database, remove } = await open());
    await database.command(
      `CREATE TABLE rows (t String, v Float64) ENGINE = MergeTree ORDER BY t
       SETTINGS non_replicated_deduplication_window = 100`,
      { tag: 'test' },
    );
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await remove();
  });

  const stored = async (text: string): Promise<number> => {
    const [row] = await database.query<{ rows: string }>(
      'SELECT count() AS rows FROM rows WHERE t = {text:String}',
      { text },
      { tag: 'test' },
    );
    return Number(row?.rows);
  };
  const insert = (text: string, token: string, rows = 1): Promise<void> =>
    database.insert({
      table: ROWS.name,
      format: 'RowBinary',
      columns: ROWS.columns,
      structure: ROWS.structure,
      tag: 'test',
      token,
      chunks: [
        encodeRows(
          ROWS,
          Array.from({ length: rows }, (_, value) => ({ text, value })),
        ),
      ],
    });

  test.each(AWKWARD)('parameters of every type arrive as they are: %j', async (text) => {
    const list = [text, ...AWKWARD];
    const [row] = await database.query(
      `SELECT {text:String} AS text, {list:Array(String)} AS list, {no:Bool} AS no, {n:Int64} AS n, {big:UInt64} AS big,
              {x:Float64} AS x, {xs:Array(Float64)} AS xs, {none:Array(String)} AS none`,
      { text, list, no: false, n: -5, big: 2n ** 64n - 1n, x: 0.1, xs: [1.5, -2e-300], none: [] },
      { tag: 'test' },
    );
    expect(row).toEqual({
      text,
      list,
      no: false,
      n: '-5',
      big: '18446744073709551615',
      x: 0.1,
      xs: [1.5, -2e-300],
      none: [],
    });
  });

  test('a parameter that is missing or superfluous is a mistake, not the value of an earlier statement', async () => {
    await database.query('SELECT {a:String}', { a: 'x' }, { tag: 'test' });
    await expect(database.query('SELECT {a:String}', {}, { tag: 'test' })).rejects.toMatchObject({
      code: 'store.parameters',
    });
    await expect(database.query('SELECT 1', { a: 'x' }, { tag: 'test' })).rejects.toMatchObject({
      code: 'store.parameters',
    });
  });

  test.each([
    [
      'time',
      'SELECT sleepEachRow(1) FROM numbers(5) SETTINGS max_block_size = 1',
      { timeoutMs: 500 },
      'store.timeout',
    ],
    ['rows', 'SELECT number FROM numbers(100)', { rows: 10 }, 'store.query'],
    [
      'memory',
      'SELECT count() FROM (SELECT number FROM numbers(100000000) GROUP BY number)',
      { settings: { max_memory_usage: 10_000_000 } },
      'store.memory',
    ],
    ['syntax', 'SELEC 1', {}, 'store.query'],
  ])('a statement beyond its bounds fails: %s', async (_name, sql, options, code) => {
    await expect(database.query(sql, {}, { tag: 'test', ...options })).rejects.toMatchObject({ code });
    // The connection is as good as new, also for settings and parameters.
    expect(await database.query('SELECT 1 AS one', {}, { tag: 'test' })).toEqual([{ one: 1 }]);
  });

  test('an insert under a token that was used stores nothing, and no token leaks into later inserts', async () => {
    await insert('token', 'token-1', 3);
    await insert('token', 'token-1', 3);
    expect(await stored('token')).toBe(3);
    await insert('token', 'token-2', 3);
    expect(await stored('token')).toBe(6);
  });

  test('a statement that fails amid its result leaves nothing of it to the next one', async () => {
    for (let round = 0; round < 4; round++) {
      const failing = database.queryBinary(
        'SELECT number FROM numbers(3000000)',
        {},
        { tag: 'test', rows: 1_000_000 },
      );
      await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/^store\./) as unknown });
      const late = database.query(
        'SELECT throwIf(number = 2500000) AS x FROM numbers(3000000)',
        {},
        { tag: 'test', rows: 9e6 },
      );
      await expect(late).rejects.toMatchObject({ code: 'store.query' });
      // As many at once as there are connections: each of them is clean.
      const rows = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          database.query('SELECT {index:UInt8} AS index', { index }, { tag: 'test' }),
        ),
      );
      expect(rows).toEqual(Array.from({ length: 8 }, (_, index) => [{ index }]));
    }
  }, 60_000);

  test('a write does not wait for reads, however many', async () => {
    const slow = Array.from({ length: 6 }, () =>
      database.query(
        'SELECT sleepEachRow(0.5) FROM numbers(2) SETTINGS max_block_size = 1',
        {},
        { tag: 'test' },
      ),
    );
    const start = performance.now();
    await insert('beside', 'beside-1');
    // Two rounds of three reads take two seconds.
    expect(performance.now() - start).toBeLessThan(900);
    await Promise.all(slow);
  });

  test('a block that the engine refuses fails alone, its neighbours are stored', async () => {
    const writer = new BlockWriter(database, 'test');
    const block = (bytes: Uint8Array) => ({ rows: 1, bytes, day: 0 });
    const good = (text: string) => block(encodeRows(ROWS, [{ text, value: 1 }]));
    // The first keeps the queue busy; the others go together, and one of them is cut short.
    const outcomes = await Promise.allSettled([
      writer.append(ROWS, good('first')),
      writer.append(ROWS, good('second')),
      writer.append(ROWS, block(encodeRows(ROWS, [{ text: 'cut', value: 1 }]).subarray(0, 7))),
      writer.append(ROWS, good('third')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await Promise.all(['first', 'second', 'cut', 'third'].map(stored))).toEqual([1, 1, 0, 1]);
    await expect(writer.append(BROKEN, good('x'))).rejects.toMatchObject({ code: 'store.table' });
    await writer.drained();
  });

  test('binary results hold bulk numbers', async () => {
    const bytes = await database.queryBinary('SELECT number::Float64 FROM numbers(3)', {}, { tag: 'test' });
    expect([bytes.readDoubleLE(0), bytes.readDoubleLE(8), bytes.readDoubleLE(16)]).toEqual([0, 1, 2]);
  });
});
