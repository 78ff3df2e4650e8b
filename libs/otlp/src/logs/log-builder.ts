import type { ByteArena } from '../text/byte-arena.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { MAX_ITEMS } from '../text/item-limit.js';
import { RefusalLog } from '../text/refusals.js';
import type { ItemFault } from '../text/refusals.js';
import { ScopeBlocks } from '../text/scope-blocks.js';
import { TimeWindow } from '../text/time-window.js';
import type { LogBatch } from './batch.js';
import type { LogContext } from './decode.js';
import { LOG_FAULT } from './faults.js';
import { LogColumns } from './log-columns.js';

/** The largest SeverityNumber that OTLP defines, FATAL4. */
const MAX_SEVERITY = 24;

/** Half of the range of a uint32: from here on, the high half of a time is after the year 2262. */
const OVERFLOW = 0x8000_0000;

/**
 * Collects one batch of log records, whatever the encoding it is decoded from.
 *
 * A decoder calls `openRecord`, writes the fields it finds straight into the row and the properties here, and calls
 * `closeRecord`, which judges the record as a whole.
 */
export class LogBuilder {
  readonly scopes = new ScopeBlocks();
  readonly records: LogColumns;
  /** Where severity texts, bodies and event names lie. */
  readonly texts: ByteArena;
  /** Row of the record being read. */
  row = 0;
  /** Lengths, as sent, of the ids of the record being read. */
  traceIdLength = 0;
  spanIdLength = 0;
  /** Its severity and flags as sent: any number. */
  severityNumber = 0;
  flags = 0;
  private readonly refusals = new RefusalLog('record');
  private readonly window: TimeWindow;
  private readonly nowLow: number;
  private readonly nowHigh: number;

  /**
   * @param texts holds the texts or receives them
   * @param bodyLength bytes of the request
   */
  constructor(texts: ByteArena, bodyLength: number, context: LogContext) {
    this.texts = texts;
    this.records = new LogColumns(bodyLength);
    this.window = new TimeWindow(context.times, 'records');
    const now = BigInt(Math.floor(context.now)) * 1_000_000n;
    this.nowLow = Number(BigInt.asUintN(32, now));
    this.nowHigh = Number(BigInt.asUintN(32, now >> 32n));
  }

  openRecord(): void {
    this.row = this.records.open();
    this.traceIdLength = 0;
    this.spanIdLength = 0;
    this.severityNumber = 0;
    this.flags = 0;
  }

  /** Keeps the record being read, or notes why it is refused; returns whether anything refers to its scope now. */
  closeRecord(scopeIndex: number): boolean {
    const { records, row } = this;
    this.settleTime();
    const fault = this.fault();
    if (fault !== undefined) {
      records.discard();
      return this.refusals.add(fault, scopeIndex);
    }
    records.scopeIndex[row] = scopeIndex;
    records.severityNumber[row] = this.severityNumber;
    records.flags[row] = this.flags;
    records.attributes.end[row] = records.attributeWriter.close();
    records.length = row + 1;
    return true;
  }

  finish(): LogBatch {
    return {
      ...this.records.finish(this.texts.finish()),
      scopes: this.scopes.scopes,
      rejections: this.refusals.finish(this.scopes.scopes),
    };
  }

  /** A record without a time happened when it was observed; one without that either, when it arrived. */
  private settleTime(): void {
    const { time, observedTime } = this.records;
    const low = 2 * this.row;
    const high = low + 1;
    if (time[low] !== 0 || time[high] !== 0) {
      return;
    }
    const isObserved = observedTime[low] !== 0 || observedTime[high] !== 0;
    time[low] = isObserved ? observedTime[low]! : this.nowLow;
    time[high] = isObserved ? observedTime[high]! : this.nowHigh;
  }

  private fault(): ItemFault | undefined {
    const { records, window, row } = this;
    if (this.traceIdLength !== 0 && this.traceIdLength !== TRACE_ID_BYTES) {
      return LOG_FAULT.traceId;
    }
    if (this.spanIdLength !== 0 && this.spanIdLength !== SPAN_ID_BYTES) {
      return LOG_FAULT.spanId;
    }
    // Written so that NaN, a number no field can hold, fails as well.
    if (!(this.severityNumber <= MAX_SEVERITY)) {
      return LOG_FAULT.severity;
    }
    if (Number.isNaN(this.flags)) {
      return LOG_FAULT.flags;
    }
    if (row >= MAX_ITEMS) {
      return LOG_FAULT.tooMany;
    }
    const low = records.time[2 * row]!;
    const high = records.time[2 * row + 1]!;
    if (high >= OVERFLOW || records.observedTime[2 * row + 1]! >= OVERFLOW) {
      return LOG_FAULT.timeOverflow;
    }
    if (window.isTooEarly(low, high)) {
      return window.tooEarly;
    }
    return window.isTooLate(low, high) ? window.tooLate : undefined;
  }
}
