import type { TimeRange } from '@tidewatch/core';
import type { Parameters } from '../parameters.js';

/**
 * SQL of the index of the range that `time` lies in, or -1. Spelled out and not a search in an array: so ClickHouse
 * reads only the hours that lie in one of them.
 */
export function slotOf(ranges: number, time = 'Timestamp'): string {
  const cases = Array.from(
    { length: ranges },
    (_, index) =>
      `${time} >= fromUnixTimestamp64Milli({from${index}:Int64}) AND ${time} < fromUnixTimestamp64Milli({to${index}:Int64}), ${index}`,
  );
  return `multiIf(${cases.join(', ')}, -1)`;
}

/** The parameters of {@link slotOf}. */
export function rangeParameters(ranges: readonly TimeRange[]): Parameters {
  return Object.fromEntries(
    ranges.flatMap(({ from, to }, index) => [
      [`from${index}`, from],
      [`to${index}`, to],
    ]),
  );
}
