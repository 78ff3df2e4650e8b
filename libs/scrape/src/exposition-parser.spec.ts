import { describe, expect, test } from '@jest/globals';
import { isAppError } from '@tidewatch/core';
import { WIDE_LIMITS } from '../fixtures/expositions.js';
import type { ExpositionFormat, Family } from './exposition.js';
import { ExpositionParser, parseExposition } from './exposition-parser.js';

function parse(text: string, format: ExpositionFormat = 'prometheus', limits = {}) {
  return parseExposition(text, format, { ...WIDE_LIMITS, ...limits });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
  return 'nothing was thrown';
}

/** Families in short: name, type and how many samples. */
function shape(families: readonly Family[]): string[] {
  return families.map(({ name, type, samples }) => `${name} ${type} ${samples.length}`);
}

/** The example of https://prometheus.io/docs/instrumenting/exposition_formats/, in our words. */
const EXAMPLE = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`;

describe('Prometheus text', () => {
  const exposition = parse(EXAMPLE);

  test('families with types and samples', () => {
    expect(shape(exposition.families)).toEqual([
      'http_requests_total counter 2',
      'msdos_file_access_time_seconds unknown 1',
      'metric_without_timestamp_and_labels unknown 1',
      'something_weird unknown 1',
      'rpc_duration_seconds summary 3',
    ]);
    expect(exposition).toMatchObject({ samples: 8, lostSamples: 0, problemCount: 0 });
    expect(exposition.families[0]?.help).toBe('The total number of HTTP requests.');
  });

  test('values, timestamps, labels and lines', () => {
    expect(exposition.families[0]?.samples[1]).toEqual({
      name: 'http_requests_total',
      labels: [
        ['method', 'post'],
        ['code', '400'],
      ],
      value: { number: 3, integer: null },
      timeUnixNano: 1_395_066_363_000_000_000n,
      exemplar: null,
      line: 4,
    });
  });

  test('escapes in labels', () => {
    expect(exposition.families[1]?.samples[0]?.labels).toEqual([
      ['path', 'C:\\DIR\\FILE.TXT'],
      ['error', 'Cannot find file:\n"FILE.TXT"'],
    ]);
  });

  test('a backslash before any other character stands for itself', () => {
    const [family] = parse('a{path="C:\\dir\\temp"} 1\n').families;
    expect(family?.samples[0]?.labels).toEqual([['path', 'C:\\dir\\temp']]);
  });

  test('blanks and tabs in all places, a trailing comma, CR LF and a missing newline at the end', () => {
    const text = '  a  {  x = "1" ,  y="2",}\t7\t1000  \r\n#  TYPE\tb   gauge \r\nb 1';
    const exposed = parse(text);
    expect(exposed.problems).toEqual([]);
    expect(shape(exposed.families)).toEqual(['a unknown 1', 'b gauge 1']);
  });

  test('names in quotes, as UTF-8 names are written', () => {
    const exposed = parse('# TYPE "http.requests" counter\n{"http.requests","route.name"="/a"} 4\n');
    expect(exposed.problems).toEqual([]);
    expect(exposed.families[0]).toMatchObject({ name: 'http.requests', type: 'counter' });
    expect(exposed.families[0]?.samples[0]?.labels).toEqual([['route.name', '/a']]);
  });

  test('an empty text is an exposition without families', () => {
    expect(parse('').families).toEqual([]);
  });
});

describe('OpenMetrics', () => {
  const TEXT = `# TYPE acme_http_requests counter
# UNIT acme_http_requests requests
# HELP acme_http_requests With \\"quotes\\" and\\nlines.
acme_http_requests_total{path="/a"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.5
acme_http_requests_created{path="/a"} 1520430000.123
# TYPE foo histogram
foo_bucket{le="0.1"} 8
foo_bucket{le="+Inf"} 17 # {} 9.8
foo_count 17
foo_sum 324789.3
# TYPE build info
build_info{version="1"} 1
# TYPE mode stateset
mode{mode="on"} 1
mode{mode="off"} 0
# TYPE queue gaugehistogram
queue_bucket{le="+Inf"} 4
queue_gcount 4
queue_gsum 3
# TYPE other unknown
other 1
# EOF
`;

  test('all types, with exemplars, units and creation times', () => {
    const exposition = parse(TEXT, 'openmetrics');
    expect(exposition.problems).toEqual([]);
    expect(shape(exposition.families)).toEqual([
      'acme_http_requests counter 2',
      'foo histogram 4',
      'build info 1',
      'mode stateset 2',
      'queue gaugehistogram 3',
      'other unknown 1',
    ]);
    expect(exposition.families[0]).toMatchObject({
      unit: 'requests',
      help: 'With "quotes" and\nlines.',
    });
    expect(exposition.families[0]?.samples[0]).toMatchObject({
      timeUnixNano: 1_520_879_607_789_000_000n,
      exemplar: {
        labels: [['trace_id', 'KOO5S4vxi0o']],
        value: { number: 0.67 },
        timeUnixNano: 1_520_879_607_500_000_000n,
      },
    });
    expect(exposition.families[1]?.samples[1]?.exemplar).toMatchObject({ labels: [], timeUnixNano: null });
  });

  test('without its end it was cut off, and is refused whole', () => {
    expect(codeOf(() => parse('a 1\nb 2\n', 'openmetrics'))).toBe('scrape.truncated');
    expect(codeOf(() => parse('a 1\n# EO', 'openmetrics'))).toBe('scrape.truncated');
    expect(parse('a 1\n# EOF', 'openmetrics').samples).toBe(1);
  });

  test('what comes after its end is lost and reported', () => {
    expect(parse('a 1\n# EOF\nb 2\n', 'openmetrics').problems).toEqual([
      { line: 3, message: 'comes after "# EOF"' },
    ]);
  });
});

describe('a malformed line is reported and lost alone', () => {
  test.each([
    ['1abc 2', 'must start with the name of a metric, and starts with "1abc 2"'],
    ['b', 'has no value'],
    ['b{x="1"}', 'has no value'],
    ['b one', 'the value "one" is not a number'],
    ['b 1 2 3', 'has "3" after the value'],
    ['b 1 yesterday', 'the timestamp "yesterday" is not a time in whole milliseconds since 1970'],
    ['b{x=1} 1', 'the value of the label "x" must be in double quotes, and "1} 1" follows'],
    ['b{x="1} 1', 'the value of the label "x" has no closing quote'],
    ['b{x="1" y="2"} 1', 'has "y=\\"2\\"} 1" where a comma or a closing brace should be'],
    ['b{x="1",x="2"} 1', 'has the label "x" twice'],
    ['b{x} 1', 'the label "x" has no value'],
    ['b{,} 1', 'has no label name where ",} 1" is'],
    ['b{x="1"', 'has the end of the line where a comma or a closing brace should be'],
    ['b 1 # {a="1"} 2', 'has an exemplar, which only OpenMetrics knows'],
    ['b{x="123456789"} 1', 'the label "x" is longer than 8 characters'],
    ['# TYPE b wrong', 'TYPE says "wrong", which is no type of metric'],
    ['# TYPE a gauge', 'TYPE comes after samples of the metric "a"'],
    ['# TYPE 1 gauge', 'TYPE names no metric'],
  ])('%s', (line, message) => {
    const exposition = parse(`a 1\n${line}\nc 3\n`, 'prometheus', { labelLength: 8 });
    expect(exposition.problems).toEqual([{ line: 2, message }]);
    expect(exposition.samples).toBe(2);
    expect(exposition.families.map(({ name }) => name)).toEqual(expect.arrayContaining(['a', 'c']));
  });

  test('a second TYPE changes nothing', () => {
    const exposition = parse('# TYPE a counter\n# TYPE a gauge\na 1\n');
    expect(exposition.problems).toEqual([{ line: 2, message: 'a second TYPE for the metric "a"' }]);
    expect(exposition.families[0]?.type).toBe('counter');
  });

  test('bytes that are no UTF-8', () => {
    const bytes = Uint8Array.from([...Buffer.from('a 1\nb{x="'), 0xff, ...Buffer.from('"} 2\nc 3\n')]);
    const exposition = parseExposition(bytes, 'prometheus', WIDE_LIMITS);
    expect(exposition.problems).toEqual([{ line: 2, message: 'is not valid UTF-8' }]);
    expect(exposition).toMatchObject({ samples: 2, lostSamples: 1 });
  });

  test('a line beyond a quarter of a mebibyte', () => {
    const exposition = parse(`a 1\nb{x="${'y'.repeat(300_000)}"} 1\nc 3\n`, 'prometheus', {
      labelLength: 1_000_000,
    });
    expect(exposition.problems).toEqual([{ line: 2, message: 'is longer than 262144 bytes' }]);
    expect(exposition.samples).toBe(2);
  });

  test('its family is known to be incomplete, the others are not', () => {
    const text = '# TYPE h histogram\nh_bucket{le="1"} x\nh_bucket{le="+Inf"} 2\n# TYPE g gauge\ng 1\n';
    expect(parse(text).families.map(({ name, incomplete }) => [name, incomplete])).toEqual([
      ['h', true],
      ['g', false],
    ]);
  });

  test('only the first problems are kept in words, all are counted', () => {
    const exposition = parse(`a 1\n${'?\n'.repeat(1_000)}`);
    expect(exposition.problems).toHaveLength(20);
    expect(exposition).toMatchObject({ problemCount: 1_000, lostSamples: 1_000 });
  });
});

describe('a whole exposition is refused', () => {
  test('when nothing in it is a sample', () => {
    expect(() => parse('<!doctype html>\n<html><body>Not found</body></html>\n')).toThrow(
      'The text is no Prometheus or OpenMetrics exposition: line 1: must start with the name of a metric, ' +
        'and starts with "<!doctype html>".',
    );
  });

  test('when it has too many bytes or samples', () => {
    expect(codeOf(() => parse('a 1\nb 2\nc 3\n', 'prometheus', { samples: 2 }))).toBe('scrape.too-large');
    expect(codeOf(() => parse('a 1\nb 2\nc 3\n', 'prometheus', { bytes: 11 }))).toBe('scrape.too-large');
    expect(parse('a 1\nb 2\nc 3\n', 'prometheus', { samples: 3, bytes: 12 }).samples).toBe(3);
  });
});

test('an exposition may arrive in parts of any size', () => {
  const bytes = new TextEncoder().encode(EXAMPLE.replace('division by zero', 'dïvision by ∞ 🌊'));
  const whole = parseExposition(bytes, 'prometheus', WIDE_LIMITS);
  for (const size of [1, 2, 3, 7, 64, 100_000]) {
    const parser = new ExpositionParser('prometheus', WIDE_LIMITS);
    // One buffer for all parts, as some streams have it.
    const buffer = new Uint8Array(size);
    for (let start = 0; start < bytes.length; start += size) {
      const part = bytes.subarray(start, start + size);
      buffer.set(part);
      parser.push(buffer.subarray(0, part.length));
    }
    expect(parser.end()).toEqual(whole);
  }
});
