import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SliEventQuery, SliEventSlice, SliValueQuery } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { storeSpans } from '../harness/span-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;
const RANGE = { from: START, to: START + 60_000 };
const BOUND = 'Timestamp >= {from:DateTime64(3)} AND Timestamp < {to:DateTime64(3)}';

interface Partial {
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly timeoutMs?: number;
  readonly maximumRows?: number;
  readonly groupBy?: readonly string[];
}
const events = (sql: string, partial: Partial = {}, kind: 'good' | 'bad' = 'good'): SliEventQuery => ({
  sli: {
    kind: 'sql',
    sql,
    parameters: {},
    timeoutMs: 10_000,
    maximumRows: 1e9,
    ...partial,
    result: { kind },
  },
  groupBy: partial.groupBy ?? [],
});
const value = (sql: string, partial: Partial = {}): SliValueQuery => ({
  sli: {
    kind: 'sql',
    sql,
    parameters: {},
    timeoutMs: 10_000,
    maximumRows: 1e9,
    ...partial,
    result: { kind: 'value' },
  },
  groupBy: partial.groupBy ?? [],
});

describe.each(STORE_BACKENDS)('SQL SLIs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
    await storeSpans(backend.store, 'mine', [
      { id: 1, at: START, status: 1 },
      { id: 2, at: START + 9_999, status: 2 },
      { id: 3, at: START + 10_000, status: 0 },
      { id: 4, at: START + 60_000 },
    ]);
    await storeSpans(backend.store, "it's\\theirs", [
      { id: 9, at: START, resource: { 'service.name': 'secret' } },
    ]);
    await storeBlocks(
      backend.store,
      backend.store.predictions.encode(
        'mine',
        ['a', 'b', 'c'].map((id, index) =>
          prediction({
            predictionId: id,
            timestamp: START + index * 5_000,
            latencyMs: [1, NaN, 3][index] ?? null,
          }),
        ),
      ),
      'mine',
    );
  }, 60_000);
  afterAll(() => backend.close());

  const count = async (query: SliEventQuery, project = 'mine') =>
    (await backend.store.sliEvents.count(project, [query], RANGE, 10_000))[0];
  const values = async (query: SliValueQuery, project = 'mine') =>
    (await backend.store.sliEvents.values(project, [query], RANGE, 10_000))[0];
  const total = async (query: SliEventQuery, project = 'mine') => {
    const answer = await count(query, project);
    expect(answer).toBeInstanceOf(Array);
    return (answer as readonly SliEventSlice[]).reduce((sum, each) => sum + each.total, 0);
  };

  describe('what a statement yields', () => {
    test('good and bad events per slice and group', async () => {
      const sql = (counted: string) => `
        SELECT Timestamp AS time, ${counted}, 1 AS total, toLowCardinality(StatusCode) AS status, NULL AS empty -- comment
        FROM otel_traces FINAL WHERE ${BOUND} AND ServiceName = {service:String};`;
      const partial = { parameters: { service: 'ranker' }, groupBy: ['status', 'empty'] };
      const slice = (at: number, status: string, good: number) => ({
        group: [status, ''],
        start: START + at,
        good,
        total: 1,
      });
      const expected = [slice(0, 'Error', 0), slice(0, 'Ok', 1), slice(10_000, 'Unset', 1)];
      expect(await count(events(sql("StatusCode != 'Error' AS good"), partial))).toEqual(expected);
      expect(await count(events(sql("StatusCode = 'Error' AS bad"), partial, 'bad'))).toEqual(expected);
    });

    test('what lies outside of the range, is not finite, or has no time does not count; good is no more than total', async () => {
      const sql = `SELECT * FROM (
          SELECT toNullable(toDateTime64(${START / 1000}, 3)) AS time, 3 AS good, 2.5 AS total
          UNION ALL SELECT toDateTime64(${(START + 60_000) / 1000}, 3), 1, 1
          UNION ALL SELECT toDateTime64(${(START - 1) / 1000}, 3), 1, 1
          UNION ALL SELECT toDateTime64(${(START + 10_000) / 1000}, 3), 0, inf
          UNION ALL SELECT toDateTime64(${(START + 10_000) / 1000}, 3), 0, NULL
          UNION ALL SELECT toDateTime64(${(START + 20_000) / 1000}, 3), 0, 0
          UNION ALL SELECT NULL, 1, 1)
        WHERE time >= {from:DateTime64(3, 'Asia/Tokyo')} - 100 AND time <= {to:DateTime64(3)} + 100 OR time IS NULL`;
      expect(await count(events(sql))).toEqual([{ group: [], start: START, good: 3, total: 3 }]);
    });

    test('the last value of each slice', async () => {
      const sql = `SELECT toDateTime(Timestamp) AS time, LatencyMs AS value FROM predictions FINAL WHERE ${BOUND}`;
      expect(await values(value(sql))).toEqual([
        { group: [], start: START, value: 1 },
        { group: [], start: START + 10_000, value: 3 },
      ]);
      const two = `SELECT Timestamp AS time, Timestamp < {middle:DateTime64(3)} ? 5 : {late:Float64} AS value FROM otel_traces WHERE ${BOUND}`;
      expect(
        await values(value(two, { parameters: { middle: (START + 5_000) / 1000, late: 0.25 } })),
      ).toEqual([
        { group: [], start: START, value: 0.25 },
        { group: [], start: START + 10_000, value: 0.25 },
      ]);
    });

    test('columns that are missing or of the wrong type', async () => {
      const from = `FROM otel_traces WHERE ${BOUND}`;
      const wrong = [
        `SELECT Timestamp AS time, 1 AS good ${from}`,
        `SELECT Timestamp AS time, 1 AS good, SpanName AS total ${from}`,
        `SELECT Duration AS time, 1 AS good, 1 AS total ${from}`,
      ];
      for (const sql of wrong) {
        expect(await count(events(sql))).toMatchObject({
          code: 'store.sql-result',
          hint: expect.any(String),
        });
      }
      const grouped = events(`SELECT Timestamp AS time, 1 AS good, 1 AS total ${from}`, {
        groupBy: ['region'],
      });
      expect(await count(grouped)).toMatchObject({
        code: 'store.sql-result',
        message: expect.stringContaining('region'),
      });
      expect(await values(value(`SELECT Timestamp AS time ${from}`))).toMatchObject({
        code: 'store.sql-result',
      });
    });

    test('limits', async () => {
      const sql = `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE ${BOUND}`;
      expect(await count(events(sql, { maximumRows: 1 }))).toMatchObject({ code: 'store.sql-limit' });
      const slow = `WITH (SELECT groupArray(SpanId) FROM otel_traces) AS ids
        SELECT max(Timestamp) AS time, 1 AS good, sum(arraySum(x -> arraySum(y -> cityHash64(x, y, ids[1], SpanId), range(100000)), range(100000))) AS total
        FROM otel_traces WHERE ${BOUND}`;
      expect(await count(events(slow, { timeoutMs: 300 }))).toMatchObject({ code: 'store.sql-limit' });
      const failing = `SELECT Timestamp AS time, throwIf(SpanName != 'x', 'on purpose') AS good, 1 AS total FROM otel_traces WHERE ${BOUND}`;
      expect(await count(events(failing))).toMatchObject({
        code: 'store.sql-failed',
        message: expect.stringContaining('on purpose'),
      });
    });
  });

  describe('what a statement can see', () => {
    test.each([
      ['a table', `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE ${BOUND}`],
      [
        'a table by an alias',
        `SELECT t.Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces AS t FINAL WHERE ${BOUND}`,
      ],
      [
        'a name that hides another',
        `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces AS labels WHERE ${BOUND}`,
      ],
      [
        'WITH',
        `WITH all AS (SELECT * FROM otel_traces) SELECT Timestamp AS time, 1 AS good, 1 AS total FROM all WHERE ${BOUND}`,
      ],
      [
        'a subquery that yields one value',
        `SELECT {from:DateTime64(3)} AS time, 0 AS good, (SELECT count() FROM otel_traces WHERE ${BOUND}) AS total WHERE {to:DateTime64(3)} > time`,
      ],
      [
        'IN',
        `SELECT {from:DateTime64(3)} AS time, 0 AS good, 3 * ('secret' NOT IN (SELECT ServiceName FROM otel_traces WHERE ${BOUND})) AS total`,
      ],
      [
        'a join',
        `SELECT a.Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces AS a INNER JOIN otel_traces AS b ON a.SpanName = b.SpanName AND b.ServiceName = 'ranker' AND b.StatusCode = 'Ok' WHERE a.Timestamp >= {from:DateTime64(3)} AND a.Timestamp < {to:DateTime64(3)}`,
      ],
      [
        'UNION ALL',
        `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE ${BOUND} AND false UNION ALL SELECT Timestamp, 1, 1 FROM otel_traces`,
      ],
      [
        'a condition of its own',
        `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE (${BOUND}) AND (Project != '' OR true)`,
      ],
    ])('only the rows of its own project: %s', async (_, sql) => {
      expect(await total(events(sql))).toBe(3);
    });

    test('whatever the project is called', async () => {
      const sql = `SELECT Timestamp AS time, 1 AS good, 1 AS total, ServiceName AS service FROM otel_traces WHERE ${BOUND}`;
      expect(await count(events(sql, { groupBy: ['service'] }), "it's\\theirs")).toEqual([
        { group: ['secret'], start: START, good: 1, total: 1 },
      ]);
      expect(await total(events(sql), "' OR 1 = 1 OR '")).toBe(0);
    });

    test('also through views', async () => {
      const { metricSeries, metricBatch } = await import('../harness/metric-batch.js');
      for (const [project, points] of [
        ['mine', 1],
        ['theirs', 5],
      ] as const) {
        const series = metricSeries({ metricName: 'load', metricType: 'gauge' });
        const samples = Array.from({ length: points }, (_, index) => ({
          series,
          at: START + index,
          value: 7,
        }));
        await storeBlocks(
          backend.store,
          backend.store.metrics.encode(project, metricBatch(samples)),
          project,
        );
      }
      const sql = `SELECT TimeUnix AS time, 1 AS good, 1 AS total FROM otel_metrics_gauge
        WHERE TimeUnix >= {from:DateTime64(3)} AND TimeUnix < {to:DateTime64(3)}`;
      expect(await total(events(sql))).toBe(1);
    });

    test('every readable table exists and has a project', async () => {
      const rows = await backend.raw(
        "SELECT table, toString(countIf(name = 'Project')) AS owned FROM system.columns WHERE database = currentDatabase() GROUP BY table",
      );
      const owned = rows.filter((row) => row['owned'] === '1').map((row) => row['table'] as string);
      const { READABLE_TABLES, READABLE_VIEWS } =
        await import('../../libs/store/src/sli-events/sql-tables.js');
      expect(owned).toEqual(expect.arrayContaining([...READABLE_TABLES, ...READABLE_VIEWS]));
    });
  });

  describe('refused', () => {
    const select = (rest: string) =>
      `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE ${BOUND} ${rest}`;
    test.each<[string, string, Partial?]>([
      ['INSERT', `INSERT INTO otel_traces SELECT * FROM otel_traces WHERE ${BOUND}`],
      ['DROP', 'DROP TABLE otel_traces'],
      ['ALTER', 'ALTER TABLE otel_traces DELETE WHERE true'],
      ['SET', 'SET max_threads = 1'],
      ['SYSTEM', 'SYSTEM RELOAD CONFIG'],
      ['two statements', `${select('')}; DROP TABLE otel_traces`],
      ['a way out of the parentheses', `SELECT 1) UNION ALL SELECT * FROM (${select('')}`],
      ['EXPLAIN', `SELECT * FROM (EXPLAIN ${select('')})`],
      ['SETTINGS', select('SETTINGS max_threads = 1')],
      [
        'SETTINGS inside, which would lift the isolation',
        `SELECT * FROM (${select('SETTINGS additional_table_filters = {}')})`,
      ],
      ['FORMAT', select('FORMAT Null')],
      ['INTO OUTFILE', select("INTO OUTFILE '/tmp/x'")],
      ['file()', `SELECT * FROM file('/etc/passwd', 'LineAsString') WHERE ${BOUND}`],
      ['url()', `SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString') WHERE ${BOUND}`],
      ['s3()', `SELECT * FROM s3('http://127.0.0.1:1/x.csv') WHERE ${BOUND}`],
      ['remote()', `SELECT * FROM remote('127.0.0.1', 'system.one') WHERE ${BOUND}`],
      ['mysql()', `SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd') WHERE ${BOUND}`],
      ['executable()', `SELECT * FROM executable('x.sh', 'TSV', 'a String') WHERE ${BOUND}`],
      ['merge()', `SELECT * FROM merge(currentDatabase(), 'otel_traces') WHERE ${BOUND}`],
      ['numbers() in a subquery', select('AND 1 IN (SELECT number FROM numbers(10))')],
      ['the function file', select("AND file('/etc/passwd') != ''")],
      ['a function named for another', select("AND notEmpty(arrayMap(file, ['/etc/passwd']))")],
      ['sleep', select('AND sleep(1) = 0')],
      ['a dictionary', select("AND dictGet('d', 'a', 1) = 1")],
      ['APPLY', `SELECT * APPLY(file) FROM otel_traces WHERE ${BOUND}`],
      ['system', `SELECT * FROM system.tables WHERE ${BOUND}`],
      ['another database', `SELECT * FROM information_schema.tables WHERE ${BOUND}`],
      [
        'a table without a project',
        'SELECT applied_at AS time, 1 AS good, 1 AS total FROM schema_migrations WHERE applied_at >= {from:DateTime64(3)} AND applied_at < {to:DateTime64(3)}',
      ],
      ['such a table by IN', select("AND 'x' IN ingest_heartbeats")],
      [
        'such a table behind a name of another scope',
        select(
          'AND 1 IN (WITH ingest_heartbeats AS (SELECT 1) SELECT 1) AND 1 IN (SELECT 1 FROM ingest_heartbeats)',
        ),
      ],
      ['a quoted name with a line break', 'SELECT `a\\nb` FROM otel_traces'],
      [
        'a name as a parameter',
        `SELECT * FROM {t:Identifier} WHERE ${BOUND}`,
        { parameters: { t: 'schema_migrations' } },
      ],
      ['a parameter without a value', select('AND SpanName = {name:String}')],
      ['a parameter that is not used', select(''), { parameters: { name: 'x' } }],
      ['no time bound', 'SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces'],
      [
        'a time bound in a comment',
        `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces /* ${BOUND} */`,
      ],
      [
        'a time bound in a text',
        `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE SpanName != '${BOUND}'`,
      ],
      [
        'half a time bound',
        'SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE Timestamp > {from:DateTime64(3)}',
      ],
      ['a time as a text', select('AND {from:String} = 1')],
      ['a column that is not there', select('AND Colour = 1')],
      ['no SQL', 'once upon a time'],
    ])('%s', async (...row) => {
      // By position: a parameter too many would be jest's callback.
      const [, sql, partial] = row;
      expect(await count(events(sql, partial))).toMatchObject({
        name: 'AppError',
        code: 'store.sql-refused',
        hint: expect.any(String),
      });
    });

    test.each([
      [`SELECT * FROM url('http://127.0.0.1:1/') WHERE ${BOUND}`, 'the table function url'],
      [`SELECT * FROM system.tables WHERE ${BOUND}`, 'reads from system.tables'],
      [
        'SELECT 1 FROM schema_migrations WHERE applied_at BETWEEN {from:DateTime64(3)} AND {to:DateTime64(3)}',
        'default.schema_migrations',
      ],
      [select("AND file('/etc/passwd') != ''"), 'the function file'],
      [select('SETTINGS max_threads = 1'), 'SETTINGS'],
      ['SELECT 1', 'not bounded in time'],
      ['DROP TABLE labels', 'no SELECT: DROP TABLE labels'],
    ])('the message says why: %s', async (sql, why) => {
      expect(await count(events(sql))).toMatchObject({ message: expect.stringContaining(why) });
    });

    test('and nothing was changed', async () => {
      expect(await backend.raw("SELECT count() AS rows FROM otel_traces WHERE Project = 'mine'")).toEqual([
        { rows: '4' },
      ]);
    });

    test('also functions that somebody defined', async () => {
      await backend.raw('CREATE FUNCTION leak AS () -> (SELECT count() FROM system.tables)');
      expect(await count(events(select('AND leak() > 0')))).toMatchObject({ code: 'store.sql-refused' });
      await backend.raw('DROP FUNCTION leak');
    });
  });

  test('a statement that fails does not spoil the others', async () => {
    const sql = `SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces WHERE ${BOUND}`;
    const spans: SliEventQuery = {
      sli: { kind: 'spans', total: [], good: [], bad: null, coldStarts: 'include' },
      groupBy: [],
    };
    const answers = await backend.store.sliEvents.count(
      'mine',
      [events('DROP TABLE otel_traces'), events(sql), spans],
      RANGE,
      60_000,
    );
    expect(answers[0]).toMatchObject({ code: 'store.sql-refused' });
    expect(answers.slice(1)).toEqual([
      [{ group: [], start: START, good: 3, total: 3 }],
      [{ group: [], start: START, good: 3, total: 3 }],
    ]);
  });
});
