import type { StorableTimes } from '../storable-times.js';
import type { ByteArena } from '../text/byte-arena.js';
import { isZeroId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { MAX_ITEMS } from '../text/item-limit.js';
import { RefusalLog } from '../text/refusals.js';
import type { ItemFault } from '../text/refusals.js';
import { ScopeBlocks } from '../text/scope-blocks.js';
import { TimeWindow } from '../text/time-window.js';
import type { SpanBatch } from './batch.js';
import { EventColumns } from './event-columns.js';
import { SPAN_FAULT } from './faults.js';
import { LinkColumns } from './link-columns.js';
import { SpanColumns } from './span-columns.js';

/** The largest numbers of SpanKind and StatusCode that OTLP defines. */
const MAX_KIND = 5;
const MAX_STATUS_CODE = 2;

/** Half of the range of a uint32: from here on, the high half of a time is after the year 2262. */
const OVERFLOW = 0x8000_0000;

/**
 * Collects one batch of spans, whatever the encoding it is decoded from.
 *
 * A decoder calls `openSpan`, writes the fields it finds straight into the row and the properties here, and calls
 * `closeSpan`, which judges the span as a whole and keeps or refuses it together with its events and links.
 */
export class SpanBuilder {
  readonly scopes = new ScopeBlocks();
  readonly spans: SpanColumns;
  readonly events = new EventColumns();
  readonly links = new LinkColumns();
  /** Where names, states and messages lie. */
  readonly texts: ByteArena;
  /** Row of the span being read. */
  row = 0;
  /** Lengths, as sent, of the ids of the span being read. */
  traceIdLength = 0;
  spanIdLength = 0;
  parentSpanIdLength = 0;
  /** Its kind, status code and flags as sent: any number. */
  kind = 0;
  statusCode = 0;
  flags = 0;
  /** The first fault of one of its events or links. */
  private partFault: ItemFault | undefined;
  private readonly refusals = new RefusalLog('span');
  private readonly window: TimeWindow;

  /**
   * @param texts holds the texts or receives them
   * @param bodyLength bytes of the request
   */
  constructor(texts: ByteArena, bodyLength: number, times: StorableTimes) {
    this.texts = texts;
    this.spans = new SpanColumns(bodyLength);
    this.window = new TimeWindow(times, 'spans');
  }

  openSpan(): void {
    this.row = this.spans.open();
    this.traceIdLength = 0;
    this.spanIdLength = 0;
    this.parentSpanIdLength = 0;
    this.kind = 0;
    this.statusCode = 0;
    this.flags = 0;
    this.partFault = undefined;
  }

  /** Starts an event; false when the request has too many. */
  openEvent(): boolean {
    if (this.events.length >= MAX_ITEMS) {
      this.partFault ??= SPAN_FAULT.tooManyParts;
      return false;
    }
    this.events.open();
    return true;
  }

  closeEvent(): void {
    const { events } = this;
    if (events.time[2 * events.length + 1]! >= OVERFLOW) {
      this.partFault ??= SPAN_FAULT.timeOverflow;
    }
    events.close();
  }

  /** Starts a link; false when the request has too many. */
  openLink(): boolean {
    if (this.links.length >= MAX_ITEMS) {
      this.partFault ??= SPAN_FAULT.tooManyParts;
      return false;
    }
    this.links.open();
    return true;
  }

  closeLink(): void {
    if (!this.links.close()) {
      this.partFault ??= SPAN_FAULT.linkIds;
    }
  }

  /** Keeps the span being read, or notes why it is refused; returns whether anything refers to its scope now. */
  closeSpan(scopeIndex: number): boolean {
    const { spans, events, links, row } = this;
    const fault = this.fault();
    if (fault !== undefined) {
      spans.discard();
      events.cutTo(spans.eventOffsets[row]!);
      links.cutTo(spans.linkOffsets[row]!);
      return this.refusals.add(fault, scopeIndex);
    }
    spans.scopeIndex[row] = scopeIndex;
    spans.kind[row] = this.kind;
    spans.statusCode[row] = this.statusCode;
    spans.flags[row] = this.flags;
    spans.attributes.end[row] = spans.attributeWriter.close();
    spans.length = row + 1;
    spans.eventOffsets[row + 1] = events.length;
    spans.linkOffsets[row + 1] = links.length;
    return true;
  }

  finish(): SpanBatch {
    const texts = this.texts.finish();
    return {
      ...this.spans.finish(texts),
      scopes: this.scopes.scopes,
      events: this.events.finish(texts),
      links: this.links.finish(texts),
      rejections: this.refusals.finish(this.scopes.scopes),
    };
  }

  private fault(): ItemFault | undefined {
    const { spans, row } = this;
    if (
      this.traceIdLength !== TRACE_ID_BYTES ||
      isZeroId(spans.traceId, row * TRACE_ID_BYTES, TRACE_ID_BYTES)
    ) {
      return SPAN_FAULT.traceId;
    }
    if (this.spanIdLength !== SPAN_ID_BYTES || isZeroId(spans.spanId, row * SPAN_ID_BYTES, SPAN_ID_BYTES)) {
      return SPAN_FAULT.spanId;
    }
    if (this.parentSpanIdLength !== 0 && this.parentSpanIdLength !== SPAN_ID_BYTES) {
      return SPAN_FAULT.parentSpanId;
    }
    // Written so that NaN, a number no field can hold, fails as well.
    if (!(this.kind <= MAX_KIND)) {
      return SPAN_FAULT.kind;
    }
    if (!(this.statusCode <= MAX_STATUS_CODE)) {
      return SPAN_FAULT.statusCode;
    }
    if (Number.isNaN(this.flags)) {
      return SPAN_FAULT.flags;
    }
    if (row >= MAX_ITEMS) {
      return SPAN_FAULT.tooManySpans;
    }
    return this.partFault ?? this.timeFault();
  }

  /**
   * Judges the times. The past is bounded by the start, because that is the time a span is stored and deleted by; the
   * future by the end.
   */
  private timeFault(): ItemFault | undefined {
    const { spans, window, row } = this;
    const startLow = spans.startTime[2 * row]!;
    const startHigh = spans.startTime[2 * row + 1]!;
    const endLow = spans.endTime[2 * row]!;
    const endHigh = spans.endTime[2 * row + 1]!;
    if (startLow === 0 && startHigh === 0) {
      return SPAN_FAULT.noStart;
    }
    if (endLow === 0 && endHigh === 0) {
      return SPAN_FAULT.noEnd;
    }
    if (startHigh >= OVERFLOW || endHigh >= OVERFLOW) {
      return SPAN_FAULT.timeOverflow;
    }
    if (endHigh < startHigh || (endHigh === startHigh && endLow < startLow)) {
      return SPAN_FAULT.endBeforeStart;
    }
    if (window.isTooEarly(startLow, startHigh)) {
      return window.tooEarly;
    }
    return window.isTooLate(endLow, endHigh) ? window.tooLate : undefined;
  }
}
