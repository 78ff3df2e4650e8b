import { describe, expect, test } from '@jest/globals';
import { expositionText, WIDE_LIMITS } from '../fixtures/expositions.js';
import { decodeWithProtobufjs } from '../fixtures/otlp-proto.js';
import type { ExpositionFormat } from './exposition.js';
import { parseExposition } from './exposition-parser.js';
import { endedSeries, liveSeries, NO_SERIES } from './live-series.js';
import { encodeOtlpRequest } from './otlp-request.js';
import { reportMetrics } from './scrape-report.js';
import type { ScrapedMetric } from './scraped-metric.js';
import { toMetrics } from './to-metrics.js';

const TIME = 1_763_715_710_000_000_000n;

interface Decoded {
  readonly resourceMetrics: readonly {
    readonly resource: unknown;
    readonly scopeMetrics: readonly { readonly scope: unknown; readonly metrics: readonly Decode[] }[];
  }[];
}
type Decode = Record<string, unknown>;

function scraped(text: string, format: ExpositionFormat = 'openmetrics'): readonly ScrapedMetric[] {
  return toMetrics(parseExposition(text, format, { ...WIDE_LIMITS, labelLength: 100_000 }), {
    rename: {},
    unsupportedFrom: null,
  }).metrics;
}

/** What protobufjs reads out of the request, as the independent judge. */
function decoded(metrics: readonly ScrapedMetric[], resource = { 'service.name': 'chat' }): Decoded {
  return decodeWithProtobufjs(encodeOtlpRequest(metrics, resource, TIME)) as Decoded;
}

function metricsOf(metrics: readonly ScrapedMetric[]): readonly Decode[] {
  return decoded(metrics).resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
}

describe('the request as protobufjs reads it', () => {
  test('resource and scope', () => {
    expect(decoded([], { 'service.name': 'chät' }).resourceMetrics).toMatchObject([
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'chät' } }] },
        scopeMetrics: [{ scope: { name: 'tidewatch.scrape' } }],
      },
    ]);
  });

  test('a counter is a cumulative monotonic sum, with start, exemplar and exact integer', () => {
    const text =
      '# HELP a_bytes Sent.\n# TYPE a_bytes counter\na_bytes_total{x="1"} 9007199254740993 1763715700.5 # ' +
      '{trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7",user="u"} 7\n' +
      'a_bytes_created{x="1"} 1763710000\n# EOF\n';
    expect(metricsOf(scraped(text))).toMatchObject([
      {
        name: 'a_bytes_total',
        description: 'Sent.',
        unit: 'By',
        sum: {
          aggregationTemporality: 2,
          isMonotonic: true,
          dataPoints: [
            {
              attributes: [{ key: 'x', value: { stringValue: '1' } }],
              timeUnixNano: '1763715700500000000',
              startTimeUnixNano: '1763710000000000000',
              asInt: '9007199254740993',
              exemplars: [
                {
                  asDouble: 7,
                  timeUnixNano: '1763715700500000000',
                  filteredAttributes: [{ key: 'user', value: { stringValue: 'u' } }],
                  traceId: Buffer.from('4bf92f3577b34da6a3ce929d0e0e4736', 'hex').toString('base64'),
                  spanId: Buffer.from('00f067aa0ba902b7', 'hex').toString('base64'),
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  test('integers that no int64 holds go as doubles, and negative ones as they are', () => {
    const [metric] = metricsOf(scraped('a 18446744073709551615\na{x="1"} -9223372036854775808\n# EOF\n'));
    expect(metric).toMatchObject({
      gauge: { dataPoints: [{ asDouble: 2 ** 64 }, { asInt: '-9223372036854775808' }] },
    });
  });

  test('a histogram', () => {
    const text = '# TYPE h histogram\nh_bucket{le="0.5"} 2\nh_bucket{le="+Inf"} 7\nh_sum 9.5\n# EOF\n';
    expect(metricsOf(scraped(text))).toMatchObject([
      {
        name: 'h',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              timeUnixNano: String(TIME),
              count: '7',
              sum: 9.5,
              bucketCounts: ['2', '5'],
              explicitBounds: [0.5],
            },
          ],
        },
      },
    ]);
  });

  test('a summary', () => {
    const text = '# TYPE s summary\ns{quantile="0.5"} 3\ns_count 9\ns_sum 20\n# EOF\n';
    expect(metricsOf(scraped(text))).toMatchObject([
      { summary: { dataPoints: [{ count: '9', sum: 20, quantileValues: [{ quantile: 0.5, value: 3 }] }] } },
    ]);
  });

  test('messages of every length, across the steps of a varint', () => {
    for (const length of [1, 100, 127, 128, 16_300, 16_384, 70_000]) {
      const value = 'x'.repeat(length);
      expect(metricsOf(scraped(`a{x="${value}"} 1\nb 2\n# EOF\n`))).toMatchObject([
        { gauge: { dataPoints: [{ attributes: [{ value: { stringValue: value } }], asDouble: 1 }] } },
        { name: 'b', gauge: { dataPoints: [{ asDouble: 2 }] } },
      ]);
    }
  });

  test('a real exposition, point for point', () => {
    const metrics = scraped(expositionText('vllm.prom'), 'prometheus');
    const points = metricsOf(metrics).flatMap(
      ({ gauge, sum, histogram }) => ((gauge ?? sum ?? histogram) as { dataPoints: unknown[] }).dataPoints,
    );
    expect(points).toHaveLength(metrics.reduce((total, each) => total + each.points.length, 0));
  });
});

describe('series that are gone', () => {
  const text = (lines: string) => scraped(`# TYPE c counter\n# TYPE h histogram\n${lines}# EOF\n`);
  const first = text('c_total{x="1"} 1\nc_total{x="2"} 1\nh_bucket{le="+Inf"} 2\ng 1\nt 1 1763715700\n');

  test('end with a point without a value', () => {
    const ended = endedSeries(liveSeries(first), liveSeries(text('c_total{x="1"} 5\n')));
    expect(metricsOf(ended)).toMatchObject([
      {
        name: 'c_total',
        sum: {
          aggregationTemporality: 2,
          isMonotonic: true,
          dataPoints: [
            { flags: 1, timeUnixNano: String(TIME), attributes: [{ value: { stringValue: '2' } }] },
          ],
        },
      },
      { name: 'h', histogram: { dataPoints: [{ flags: 1 }] } },
      { name: 'g', gauge: { dataPoints: [{ flags: 1 }] } },
    ]);
  });

  test('all end when the target is down', () => {
    expect(endedSeries(liveSeries(first), NO_SERIES).flatMap(({ points }) => points)).toHaveLength(4);
    expect(endedSeries(NO_SERIES, liveSeries(first))).toEqual([]);
  });

  test('are not told by times of their own: those are the business of the target', () => {
    expect([...liveSeries(first).keys()].filter((key) => key.includes(' t'))).toEqual([]);
  });
});

test('a scrape reports about itself under the names that Prometheus uses', () => {
  const report = reportMetrics({ up: true, durationSeconds: 0.25, scraped: 12, kept: 11 });
  expect(
    metricsOf(report).map(({ name, gauge }) => [
      name,
      (gauge as { dataPoints: { asDouble: number }[] }).dataPoints[0]?.asDouble,
    ]),
  ).toEqual([
    ['up', 1],
    ['scrape_duration_seconds', 0.25],
    ['scrape_samples_scraped', 12],
    ['scrape_samples_post_metric_relabeling', 11],
  ]);
});
