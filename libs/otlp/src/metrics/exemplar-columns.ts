import type { Labels } from '@tidewatch/core';

import type { Exemplars } from './batch.js';
import { NumberColumns } from './number-columns.js';

/** Growing columns of exemplars: those of a number point and three lists. */
export class ExemplarColumns extends NumberColumns {
  readonly traceId: string[] = [];
  readonly spanId: string[] = [];
  readonly filteredAttributes: Labels[] = [];

  /** The columns, cut to length. */
  finishExemplars(): Exemplars {
    const { length, seriesIndex, timeUnixNano, value, valueInt, isInt } = this.finish();
    const { traceId, spanId, filteredAttributes } = this;
    return {
      length,
      seriesIndex,
      timeUnixNano,
      value,
      valueInt,
      isInt,
      traceId,
      spanId,
      filteredAttributes,
    };
  }
}
