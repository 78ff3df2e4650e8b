import { objectAt, parseJsonBody } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import type { StorableTimes } from '../storable-times.js';
import { ByteArena } from '../text/byte-arena.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { jsonBlocks, objectsAt, writeAttributes } from '../text/json-blocks.js';
import { enumAt, putId, putText, putTime, uint32At } from '../text/json-fields.js';
import { refuseOtherSignalJson } from '../text/other-signal-json.js';
import type { SpanBatch } from './batch.js';
import { SpanBuilder } from './span-builder.js';

const NAMES = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };

const KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];

const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/**
 * Decodes an OTLP/JSON trace request into columns, in steps after the parsing. The same batch as from protobuf, but for
 * where its texts lie.
 *
 * @throws AppError `otlp.malformed`, naming the path in the document
 */
export function* decodeSpansJson(body: Uint8Array, times: StorableTimes): Generator<void, SpanBatch> {
  const request = parseJsonBody(body);
  refuseOtherSignalJson(request, 'traces');
  const builder = new SpanBuilder(ByteArena.empty(body.length >>> 2), body.length, times);
  yield* jsonBlocks(request, NAMES, builder.scopes, (item, path, scopeIndex) =>
    readSpan(builder, item, path, scopeIndex),
  );
  return builder.finish();
}

function readSpan(builder: SpanBuilder, span: JsonObject, path: string, scopeIndex: number): boolean {
  builder.openSpan();
  const { spans, texts, row } = builder;
  const ids = { row, size: SPAN_ID_BYTES };
  builder.traceIdLength = putId(span, 'traceId', path, { ids: spans.traceId, row, size: TRACE_ID_BYTES });
  builder.spanIdLength = putId(span, 'spanId', path, { ...ids, ids: spans.spanId });
  builder.parentSpanIdLength = putId(span, 'parentSpanId', path, { ...ids, ids: spans.parentSpanId });
  putText(span, 'traceState', path, { texts, column: spans.traceState, row });
  putText(span, 'name', path, { texts, column: spans.name, row });
  builder.kind = enumAt(span, 'kind', path, KINDS);
  putTime(span, 'startTimeUnixNano', path, { column: spans.startTimeUnixNano, row });
  putTime(span, 'endTimeUnixNano', path, { column: spans.endTimeUnixNano, row });
  writeAttributes(spans.attributeWriter, span['attributes'], `${path}.attributes`);
  builder.flags = uint32At(span, 'flags', path);
  const statusPath = `${path}.status`;
  const status = objectAt(span['status'], statusPath) ?? {};
  putText(status, 'message', statusPath, { texts, column: spans.statusMessage, row });
  builder.statusCode = enumAt(status, 'code', statusPath, STATUS_CODES);
  for (const [event, eventPath] of objectsAt(span, 'events', path)) {
    readEvent(builder, event, eventPath);
  }
  for (const [link, linkPath] of objectsAt(span, 'links', path)) {
    readLink(builder, link, linkPath);
  }
  return builder.closeSpan(scopeIndex);
}

function readEvent(builder: SpanBuilder, event: JsonObject, path: string): void {
  if (!builder.openEvent()) {
    return;
  }
  const { events, texts } = builder;
  const row = events.length;
  putTime(event, 'timeUnixNano', path, { column: events.timeUnixNano, row });
  putText(event, 'name', path, { texts, column: events.name, row });
  writeAttributes(events.attributeWriter, event['attributes'], `${path}.attributes`);
  builder.closeEvent();
}

function readLink(builder: SpanBuilder, link: JsonObject, path: string): void {
  if (!builder.openLink()) {
    return;
  }
  const { links, texts } = builder;
  const row = links.length;
  links.traceIdLength = putId(link, 'traceId', path, { ids: links.traceId, row, size: TRACE_ID_BYTES });
  links.spanIdLength = putId(link, 'spanId', path, { ids: links.spanId, row, size: SPAN_ID_BYTES });
  putText(link, 'traceState', path, { texts, column: links.traceState, row });
  writeAttributes(links.attributeWriter, link['attributes'], `${path}.attributes`);
  builder.closeLink();
}
