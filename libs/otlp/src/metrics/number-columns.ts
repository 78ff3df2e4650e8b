import type { NumberPoints } from './batch.js';
import { copyInto, cut, PointColumnsBuilder, signedColumn, widened } from './point-columns.js';

/** Growing columns of gauges and sums. */
export class NumberColumns extends PointColumnsBuilder {
  value = new Float64Array(0);
  valueInt = signedColumn(0);
  isInt = new Uint8Array(0);

  /** The columns, cut to length. */
  finish(): NumberPoints {
    const { length } = this;
    return {
      ...this.finishPoints(),
      value: cut(this.value, length),
      valueInt: cut(this.valueInt.values, length),
      isInt: cut(this.isInt, length),
    };
  }

  protected override resize(capacity: number): void {
    super.resize(capacity);
    this.value = copyInto(new Float64Array(capacity), this.value);
    this.valueInt = widened(this.valueInt, capacity);
    this.isInt = copyInto(new Uint8Array(capacity), this.isInt);
  }
}
