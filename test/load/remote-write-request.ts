import { metricName, pointLabels, type ExporterSeries } from './metrics-request.js';
import { withHead, type RequestTemplate } from './request-template.js';
import { WireWriter } from './wire-writer.js';

/** Milliseconds since the epoch take six bytes as a varint from 2004 to 2109. */
const TIME_BYTES = 6;
/** A literal whose length stands in the four bytes behind the tag. */
const LITERAL_32 = 63 << 2;

/**
 * A Prometheus remote-write request with the same series and points as `metricsRequest`. The snappy block is one literal:
 * valid, and as cheap to read as the uncompressed body of the other.
 */
export function remoteWriteRequest(
  target: { readonly host: string; readonly port: number },
  series: ExporterSeries,
): RequestTemplate {
  const written = writeSeries(series).finish();
  const snappy = snappyLiteral(written.bytes);
  const head = withHead(
    { ...target, path: '/api/v1/write' },
    {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    snappy,
  );
  const shift = head.bodyAt + snappy.length - written.bytes.length;
  const at = (mark: string) => written.offsetsOf(mark).map((offset) => offset + shift);
  const [times, values] = [at('time'), at('value')];
  const view = new DataView(head.bytes.buffer, head.bytes.byteOffset, head.bytes.length);
  let round = 0;
  return {
    bytes: head.bytes,
    items: series.points,
    stamp(timeMs) {
      round += 1;
      const varint = varintOf(timeMs);
      for (let index = 0; index < times.length; index += 1) {
        for (let byte = 0; byte < TIME_BYTES; byte += 1) {
          head.bytes[times[index]! + byte] = varint[byte]!;
        }
        const isCounter = index % 2 === 0;
        const value = isCounter
          ? round * (1 + (index & 7)) + index
          : ((index * 31 + round * 17) % 100_000) / 1_000;
        view.setFloat64(values[index]!, value, true);
      }
    },
  };
}

function writeSeries(series: ExporterSeries): WireWriter {
  const writer = new WireWriter();
  for (let point = 0; point < series.points; point += 1) {
    writer.message(1, (timeSeries) => {
      const labels: [string, string][] = [
        ['__name__', metricName(point % 10).replaceAll('.', '_')],
        ['service_name', `ranker-api-${series.exporter % 8}`],
        ['cloud_region', 'eu-1'],
        ...pointLabels(series, point),
      ];
      for (const [name, value] of labels) {
        timeSeries.message(1, (label) => label.text(1, name.replaceAll('.', '_')).text(2, value));
      }
      timeSeries.message(2, (sample) => sample.reserved64(1, 'value').reservedVarint(2, TIME_BYTES, 'time'));
    });
  }
  return writer;
}

/** The snappy block format with a single literal: length of the content, tag, length - 1, content. */
function snappyLiteral(content: Buffer): Buffer {
  const tag = Buffer.alloc(5);
  tag[0] = LITERAL_32;
  tag.writeUInt32LE(content.length - 1, 1);
  return Buffer.concat([varintOf(content.length), tag, content]);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
