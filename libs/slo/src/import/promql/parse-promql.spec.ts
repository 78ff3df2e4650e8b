import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../refusal.js';
import { parsePromql } from './parse-promql.js';

function parsed(query: string): unknown {
  const expression = parsePromql(query);
  return isRefusal(expression) ? expression.message : expression;
}

const X = { kind: 'selector', metric: 'x', match: [] };

describe('parsePromql', () => {
  test.each<[string, string, unknown]>([
    ['a metric', 'x', X],
    ['parentheses, which mean nothing', '((x))', X],
    ['comments', 'x # all of it\n', X],
    ['a comment before the query', '# all of it\nx', X],
    [
      'every operator of a matcher',
      'x{a="1",b!="2",c=~"3.*",d!~\'4\'}',
      {
        ...X,
        match: [
          { label: 'a', op: '=', value: '1' },
          { label: 'b', op: '!=', value: '2' },
          { label: 'c', op: '=~', value: '3.*' },
          { label: 'd', op: '!~', value: '4' },
        ],
      },
    ],
    ['the name as a label', '{__name__="x",a="1"}', { ...X, match: [{ label: 'a', op: '=', value: '1' }] }],
    [
      'quoted names, which may hold dots',
      '{"http.requests","cloud.region"="eu"}',
      { kind: 'selector', metric: 'http.requests', match: [{ label: 'cloud.region', op: '=', value: 'eu' }] },
    ],
    [
      'the escapes of quoted text and the plain text of backticks',
      'x{a="5\\\\d\\"\\x41",b=`\\d`}',
      {
        ...X,
        match: [
          { label: 'a', op: '=', value: '5\\d"A' },
          { label: 'b', op: '=', value: '\\d' },
        ],
      },
    ],
    ['the window of a rule', 'x[{{.window}}]', { kind: 'range', of: X, range: { kind: 'window' } }],
    ['the window with blanks', 'x[{{ .window }}]', { kind: 'range', of: X, range: { kind: 'window' } }],
    ['a fixed range', 'x[5m]', { kind: 'range', of: X, range: { kind: 'fixed', text: '5m' } }],
    ['a subquery', 'x[{{.window}}:1m]', { kind: 'subquery', of: X, range: { kind: 'window' }, step: '1m' }],
    [
      'a sum with labels after it',
      'SUM(x) BY (a, b)',
      { kind: 'aggregate', operator: 'sum', grouping: { kind: 'by', labels: ['a', 'b'] }, of: [X] },
    ],
    [
      'an operator with vector matching',
      'x / on(a) group_left() x',
      { kind: 'binary', operator: '/', bool: false, manyToOne: true, left: X, right: X },
    ],
    [
      'or with a fallback',
      'x or on() vector(0)',
      {
        kind: 'binary',
        operator: 'or',
        bool: false,
        manyToOne: false,
        left: X,
        right: { kind: 'call', name: 'vector', of: [{ kind: 'number', value: 0 }] },
      },
    ],
    [
      'what has no meaning for an SLO, by its name',
      'x offset 5m',
      { kind: 'other', what: 'an offset, which looks at another time' },
    ],
  ])('reads %s', (_, query, expression) => {
    expect(parsed(query)).toEqual(expression);
  });

  test.each([
    ['', 'is empty; it must be a PromQL query'],
    ['  \n', 'is empty; it must be a PromQL query'],
    ['# nothing', 'is not PromQL: it ends too early, at character 10'],
    ['sum(rate(x[{{.window}}])', 'is not PromQL: it ends too early, at character 25'],
    ['sum(rate(x{a="1"[5m]))', 'is not PromQL: something is wrong before "[5m]))", at character 17'],
    ['sum(x) sum(y)', 'is not PromQL: something is wrong before "sum(y)", at character 8'],
    [
      '1 - histogram_share(0.2, x)',
      'is not PromQL: histogram_share is not a function of PromQL (MetricsQL has more than PromQL)',
    ],
    ['x{a="1}', 'is not PromQL: it ends too early, at character 8'],
    [
      'x{a=~"\\d+"}',
      'is not PromQL: \\d in "\\d+" is not an escape; write \\\\d for a backslash in quotes, or use backticks',
    ],
    [
      'x[{{.interval}}]',
      'holds the template {{.interval}}, which has no value here; only {{.window}} is known',
    ],
    ['{a="1"}', 'names no metric in {a="1"}; a selector must name one'],
    ['x{__name__="y"}', 'names several metrics (x, y) in x{__name__="y"}; a selector must name one'],
    [
      '{__name__=~"x|y"}',
      'selects metrics by __name__=~"x|y", and an SLI reads one metric; write an SLO for each',
    ],
  ])('refuses %j', (query, message) => {
    expect(parsed(query)).toContain(message);
  });

  test('refuses what nobody writes', () => {
    expect(parsed('x'.repeat(10_001))).toBe('has more than 10000 characters');
    expect(parsed(`${'('.repeat(4_000)}x${')'.repeat(4_000)}`)).toBe('nests more than 200 levels deep');
  });
});
