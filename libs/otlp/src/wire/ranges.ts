/** Where messages of one repeated field lie: [start, end, start, end, ...]. */
export type Ranges = number[];

/** Visits each message in order. */
export function forEachRange(ranges: Ranges, visit: (start: number, end: number) => void): void {
  for (let index = 0; index < ranges.length; index += 2) {
    visit(ranges[index]!, ranges[index + 1]!);
  }
}
