import { describe, expect, test } from '@jest/globals';
import { expandSql, type QueryContext } from './macros.js';

const CONTEXT: QueryContext = {
  from: 1_700_000_000_500,
  to: 1_700_003_600_000,
  intervalMs: 30_000,
  variables: { project: ['default'], service: ['ranker', "o'brien"], model: '$__all' },
};

// Expected texts follow pkg/macros/macros_test.go and src/data/utils.test.ts of grafana/clickhouse-datasource.
describe('expandSql', () => {
  test.each([
    ['$__fromTime', 'toDateTime(1700000000)'],
    ['$__toTime', 'toDateTime(1700003600)'],
    ['$__timeFilter(t)', 't >= toDateTime(1700000000) AND t <= toDateTime(1700003600)'],
    [
      '$__timeFilter_ms(t)',
      't >= fromUnixTimestamp64Milli(1700000000500) AND t <= fromUnixTimestamp64Milli(1700003600000)',
    ],
    ['$__timeInterval(t)', 'toStartOfInterval(toDateTime(t), INTERVAL 30 second)'],
    ['x / $__interval_s', 'x / 30'],
    ['p = ${project:singlequote}', "p = 'default'"],
    ['$__conditionalAll(s IN (${service:singlequote}), $service)', "s IN ('ranker','o\\'brien')"],
    ['$__conditionalAll(f(a, b) IN (${model:singlequote}), $model) AND 2', '1=1 AND 2'],
  ])('%s becomes %s', (sql, expected) => {
    expect(expandSql(sql, CONTEXT)).toBe(expected);
  });

  test('an interval below a second counts as one second', () => {
    expect(expandSql('$__interval_s', { ...CONTEXT, intervalMs: 200 })).toBe('1');
  });

  test.each([
    ['a macro of newer plugins only', '$__lttb(100, t, v)', /not among the macros/],
    ['a macro without its column', '$__timeFilter()', /takes one column/],
    ['a variable without a value', '${region:singlequote}', /region has no value/],
    ['an unquoted variable', 'p = ${project}', /must be quoted/],
    ['"All" outside of a condition', '${model:singlequote}', /outside \$__conditionalAll/],
    ['a condition on a formatted variable', '$__conditionalAll(a, ${service:singlequote})', /bare variable/],
    ['an unclosed macro', '$__timeFilter(t', /Unbalanced/],
  ])('refuses %s', (_, sql, message) => {
    expect(() => expandSql(sql, CONTEXT)).toThrow(message);
  });
});
