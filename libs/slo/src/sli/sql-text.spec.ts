import { describe, expect, test } from '@jest/globals';
import { sqlFaults } from './sql-text.js';

const BOUND = 'time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)}';
const query = (changes: { select?: string; from?: string; end?: string } = {}): string =>
  `SELECT ${changes.select ?? 'time, value'} FROM ${changes.from ?? 't'} WHERE ${BOUND}${changes.end ?? ''}`;

describe('a query that is accepted', () => {
  test.each([
    ['a SELECT', query()],
    ['a WITH', `WITH 5 AS five ${query()}`],
    ['small letters and a line before', `\n select time from t where ${BOUND}`],
    ['a semicolon in a text', query({ select: "time, ';' AS value" })],
    ['a semicolon in a comment', query({ end: ' -- first; second' })],
    [
      'words of writing in texts and comments',
      query({ select: "'INTO OUTFILE' AS value /* INSERT INTO x */" }),
    ],
    ['a quote within a text, in both ways', query({ select: "'it''s \\'so\\'' AS value" })],
    [
      'letters of all alphabets in texts and quoted names',
      query({ select: '"größe" AS value, \'“ü”\' AS x' }),
    ],
    ['names that are words of clauses', query({ select: 'format, settings', end: ' ORDER BY format DESC' })],
    ['a function called format', query({ select: "format('{}', x) AS value" })],
    ['a nested query and a join', query({ from: `(SELECT * FROM a WHERE ${BOUND}) AS a JOIN b USING (id)` })],
    ['types with spaces', 'SELECT 1 WHERE t > { from : DateTime64(3) } AND t < {to: DateTime}'],
    ['columns whose names begin like denied functions', query({ select: 'file, url, remote_address' })],
  ])('%s', (_name, sql) => {
    expect(sqlFaults(sql, [])).toEqual([]);
  });

  test('names of parameters that are given', () => {
    expect(sqlFaults(query({ end: ' AND service = {service:String}' }), ['service'])).toEqual([]);
  });
});

describe('a query that is refused', () => {
  test.each([
    ['nothing', '   ', 'must be a query: it has to begin with SELECT or WITH'],
    ['a statement that writes', 'ALTER TABLE t DELETE WHERE 1', 'must be a query'],
    ['two statements', `${query()}; DROP TABLE t`, 'must be one statement without a semicolon'],
    ['a semicolon at the end', `${query()};`, 'must be one statement without a semicolon'],
    ['a write after WITH', `WITH 1 AS x INSERT INTO t ${query()}`, 'writes with INSERT INTO'],
    ['a file to write', query({ end: " INTO  OUTFILE '/tmp/x'" }), 'writes with INTO OUTFILE'],
    ['a format', query({ end: ' FORMAT JSON' }), 'has a FORMAT clause'],
    ['a format on a line of its own', query({ end: '\nformat\nNull\n' }), 'has a FORMAT clause'],
    ['settings', query({ end: ' SETTINGS max_threads = 64' }), 'has a SETTINGS clause'],
    [
      'settings of a nested query',
      query({ from: '(SELECT 1 SETTINGS readonly=0)' }),
      'has a SETTINGS clause',
    ],
    ['an open text', query({ end: " AND x = 'a" }), 'opens a text and does not close it'],
    ['an open comment', query({ end: ' /* so' }), 'opens a comment and does not close it'],
    ['an open name', query({ end: ' AND `x = 1' }), 'opens a quoted name and does not close it'],
    ['no time bound', 'SELECT time, value FROM t', 'would read without a time bound'],
    ['half a time bound', 'SELECT time FROM t WHERE time > {from:DateTime64(3)}', 'and to is missing'],
    ['a time bound in a comment', `SELECT 1 /* ${BOUND} */`, 'and from and to is missing'],
    ['a time bound in a text', `SELECT '${BOUND}'`, 'and from and to is missing'],
    [
      'a time bound of another type',
      'SELECT 1 WHERE t > {from:String} AND t < {to:DateTime64(3)}',
      'gives the parameter from the type String; it is a DateTime64(3)',
    ],
    [
      'an unknown parameter',
      query({ end: ' AND s = {service:String}' }),
      'names the parameter service, which parameters does not give',
    ],
    ['a denied function in quotes', query({ from: "`url`('http://x')" }), 'uses url(), which is not allowed'],
    ['a denied function with a comment in it', query({ from: "remote/**/('x', y)" }), 'uses remote()'],
    [
      'a text in dollars',
      query({ select: '$a$x$a$ AS value' }),
      'holds "$" outside of texts and quoted names',
    ],
    ['names with dollars around a function', query({ from: "x$a$, url('x') AS y$a$" }), 'holds "$" outside'],
    ['curly quotes around a quote', query({ select: "‘'’, url('x') AS a, ‘'’ AS b" }), 'holds "‘" outside'],
    ['curly quotes around a name', query({ from: "“url”('x')" }), 'holds "“" outside'],
    ['a space without width', query({ from: "url\u200b('x')" }), 'holds "\u200b" outside'],
    ['time that is wasted', query({ select: 'sleep(3)' }), 'uses sleep()'],
  ])('%s', (_name, sql, message) => {
    expect(sqlFaults(sql, [])).toContainEqual(expect.stringContaining(message));
  });

  test.each([
    'file',
    's3',
    'S3Cluster',
    'url',
    'hdfs',
    'remote',
    'remoteSecure',
    'cluster',
    'clusterAllReplicas',
    'mysql',
    'postgresql',
    'mongodb',
    'redis',
    'sqlite',
    'odbc',
    'jdbc',
    'executable',
    'azureBlobStorage',
    'iceberg',
    'icebergS3Cluster',
    'deltaLake',
    'Python',
    'input',
  ])('for the function %s', (name) => {
    expect(sqlFaults(query({ from: `${name} ('x')` }), [])).toEqual([
      `uses ${name}(), which is not allowed: queries read the tables of this database and nothing else`,
    ]);
  });

  test('for a parameter that it does not name', () => {
    expect(sqlFaults(query(), ['service'])).toEqual([
      'does not name the parameter service, which parameters gives',
    ]);
  });
});
