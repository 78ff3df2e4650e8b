import type { SummaryColumns } from './distribution-columns.js';
import { FAULT, MAX_LIST_LENGTH } from './faults.js';
import type { Fault } from './faults.js';
import { copyWords, ScannedPointDecoder } from './protobuf-point.js';

const NO_QUANTILES = new Float64Array(0);

/**
 * Decodes SummaryDataPoint messages into columns.
 *
 * start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, count = 4 fixed64, sum = 5 double, quantile_values = 6
 * repeated ValueAtQuantile, attributes = 7 repeated KeyValue, flags = 8 uint32. Summaries have no exemplars.
 */
export class SummaryPointDecoder extends ScannedPointDecoder {
  private count = 0;
  private sum = 0;
  private readonly quantiles: number[] = [];
  private readonly values: number[] = [];

  protected columns(): SummaryColumns {
    return this.parts.builder.summaries;
  }

  protected clear(): void {
    this.count = this.sum = 0;
    this.quantiles.length = 0;
    this.values.length = 0;
  }

  protected scanField(tag: number): void {
    const { reader } = this.parts;
    switch (reader.field) {
      case 2:
        this.startTime = reader.fixed64();
        return;
      case 3:
        this.time = reader.fixed64();
        return;
      case 4:
        this.count = reader.fixed64();
        return;
      case 5:
        this.sum = reader.fixed64();
        return;
      case 6:
        this.readQuantile();
        return;
      case 7:
        this.attribute(tag);
        return;
      case 8:
        this.flags = reader.uint32();
        return;
      default:
        reader.skip();
    }
  }

  protected contentFault(): Fault | undefined {
    if (this.quantiles.length > MAX_LIST_LENGTH) {
      return FAULT.listLength;
    }
    // Written so that NaN fails.
    return this.quantiles.every((quantile) => quantile >= 0 && quantile <= 1)
      ? undefined
      : FAULT.quantileRange;
  }

  protected storeContent(row: number): void {
    const { view } = this.parts.reader;
    const columns = this.columns();
    if (this.count !== 0) {
      copyWords(view, this.count, columns.count.words, row);
    }
    if (this.sum !== 0) {
      columns.sum[row] = view.getFloat64(this.sum, true);
    }
    const isEmpty = this.quantiles.length === 0;
    columns.quantiles.push(isEmpty ? NO_QUANTILES : Float64Array.from(this.quantiles));
    columns.quantileValues.push(isEmpty ? NO_QUANTILES : Float64Array.from(this.values));
  }

  /** ValueAtQuantile: quantile = 1 double, value = 2 double; absent is 0. */
  private readQuantile(): void {
    const { reader } = this.parts;
    const end = reader.bytesEnd();
    const outer = reader.limit;
    reader.limit = end;
    let quantile = 0;
    let value = 0;
    while (reader.next()) {
      if (reader.field === 1) {
        quantile = reader.view.getFloat64(reader.fixed64(), true);
      } else if (reader.field === 2) {
        value = reader.view.getFloat64(reader.fixed64(), true);
      } else {
        reader.skip();
      }
    }
    reader.limit = outer;
    if (this.quantiles.length <= MAX_LIST_LENGTH) {
      this.quantiles.push(quantile);
      this.values.push(value);
    }
  }
}
