import { attributeText } from '../attributes.js';
import { anyValueAt } from '../json/any-value.js';
import { parseJsonBody } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import { ByteArena } from '../text/byte-arena.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { jsonBlocks, writeAttributes } from '../text/json-blocks.js';
import { enumAt, putId, putText, putTime, uint32At } from '../text/json-fields.js';
import { refuseOtherSignalJson } from '../text/other-signal-json.js';
import type { LogBatch } from './batch.js';
import type { LogContext } from './decode.js';
import { LogBuilder } from './log-builder.js';

const NAMES = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' };

/** SeverityNumber: six levels of four steps each, `SEVERITY_NUMBER_TRACE`, `..._TRACE2` and so on. */
const SEVERITIES = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${level}${step}`),
  ),
];

/**
 * Decodes an OTLP/JSON logs request into columns, in steps after the parsing. The same batch as from protobuf, but for
 * where its texts lie.
 *
 * @throws AppError `otlp.malformed`, naming the path in the document
 */
export function* decodeLogsJson(body: Uint8Array, context: LogContext): Generator<void, LogBatch> {
  const request = parseJsonBody(body);
  refuseOtherSignalJson(request, 'logs');
  const builder = new LogBuilder(ByteArena.empty(body.length >>> 2), body.length, context);
  yield* jsonBlocks(request, NAMES, builder.scopes, (item, path, scopeIndex) =>
    readRecord(builder, item, path, scopeIndex),
  );
  return builder.finish();
}

function readRecord(builder: LogBuilder, record: JsonObject, path: string, scopeIndex: number): boolean {
  builder.openRecord();
  const { records, texts, row } = builder;
  putTime(record, 'timeUnixNano', path, { column: records.timeUnixNano, row });
  putTime(record, 'observedTimeUnixNano', path, { column: records.observedTimeUnixNano, row });
  builder.severityNumber = enumAt(record, 'severityNumber', path, SEVERITIES);
  putText(record, 'severityText', path, { texts, column: records.severityText, row });
  const start = texts.length;
  texts.appendText(attributeText(anyValueAt(record['body'], `${path}.body`)));
  records.body.set(row, start, texts.length);
  writeAttributes(records.attributeWriter, record['attributes'], `${path}.attributes`);
  builder.flags = uint32At(record, 'flags', path);
  builder.traceIdLength = putId(record, 'traceId', path, {
    ids: records.traceId,
    row,
    size: TRACE_ID_BYTES,
  });
  builder.spanIdLength = putId(record, 'spanId', path, { ids: records.spanId, row, size: SPAN_ID_BYTES });
  putText(record, 'eventName', path, { texts, column: records.eventName, row });
  return builder.closeRecord(scopeIndex);
}
