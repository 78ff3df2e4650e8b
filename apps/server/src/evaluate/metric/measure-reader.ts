import { errorMessage } from '@tidewatch/core';
import {
  groupText,
  readingKey,
  readingsOf,
  requestKey,
  valuesOf,
  type MeasuredGroups,
  type MeasureRequest,
  type Reading,
  type ReadingResult,
} from '@tidewatch/slo';
import type { MetricQueries, Store } from '@tidewatch/store';

/** What was measured, and what could not be. */
export interface Measured {
  readonly groups: MeasuredGroups;
  /** Why a request could not be read, by its key. */
  readonly failures: ReadonlyMap<string, string>;
}

/** So many queries run at a time: the store has others to serve. */
const AT_ONCE = 2;

/** Reads measures from stored metrics. */
export class MeasureReader {
  private readonly queries: MetricQueries;

  constructor(store: Pick<Store, 'metricQueries'>) {
    this.queries = store.metricQueries;
  }

  /**
   * Reads the values of all requests for windows that end at `windowEnd`. Requests that need the same numbers share a query. One that
   * fails is reported and keeps the others from nothing.
   *
   * @param labels of the group-by
   */
  async read(
    project: string,
    requests: readonly MeasureRequest[],
    labels: readonly string[],
    windowEnd: number,
  ): Promise<Measured> {
    const results = new Map<string, { reading: Reading; result: ReadingResult }>();
    const failed = new Map<string, string>();
    const waiting = readingsOf(requests, windowEnd);
    const work = async (): Promise<void> => {
      for (let reading = waiting.shift(); reading !== undefined; reading = waiting.shift()) {
        const key = readingKey(reading);
        try {
          results.set(key, { reading, result: await this.readOne(project, reading, labels) });
        } catch (error) {
          failed.set(key, errorMessage(error));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const failures = new Map<string, string>();
    for (const request of requests) {
      const keys = readingsOf([request], windowEnd).map(readingKey);
      const reason = keys.map((key) => failed.get(key)).find((each) => each !== undefined);
      if (reason !== undefined) {
        failures.set(requestKey(request), reason);
      }
    }
    const read = requests.filter((request) => !failures.has(requestKey(request)));
    return {
      groups: new Map(read.map((request) => [requestKey(request), valuesOf(request, windowEnd, results)])),
      failures,
    };
  }

  private async readOne(
    project: string,
    reading: Reading,
    labels: readonly string[],
  ): Promise<ReadingResult> {
    const { selector, range } = reading;
    const groupOf = (series: { readonly labels: Readonly<Record<string, string>> }): string =>
      groupText(
        labels,
        labels.map((label) => series.labels[label] ?? ''),
      );
    const step = reading.kind === 'levels' ? reading.stepMs : range.to - range.from;
    const query = { selector, range, step, by: labels, ...resolutionOf(range) };
    switch (reading.kind) {
      case 'increase': {
        const { series } = await this.queries.increase(project, query);
        return {
          kind: 'increase',
          groups: new Map(
            series.map((one) => [groupOf(one), one.points.reduce((sum, { value }) => sum + value, 0)]),
          ),
        };
      }
      case 'distribution': {
        const { series } = await this.queries.distribution(project, {
          ...query,
          quantiles: reading.quantiles,
          buckets: true,
        });
        return {
          kind: 'distribution',
          groups: new Map(
            series.flatMap((one) => {
              const [point] = one.points;
              return point === undefined
                ? []
                : [[groupOf(one), { ...point, ...(point.buckets ?? { bounds: [], counts: [] }) }] as const];
            }),
          ),
        };
      }
      case 'levels': {
        const { over, across } = reading;
        const { series } = await this.queries.gauge(project, { ...query, over, across });
        return { kind: 'levels', groups: new Map(series.map((one) => [groupOf(one), one.points])) };
      }
    }
  }
}

const RAW_SPAN_MS = 6 * 3_600_000;

/** Buckets of an hour would stretch a window to full hours. */
function resolutionOf({ from, to }: Reading['range']): { readonly resolution?: '1m' } {
  return to - from > RAW_SPAN_MS ? { resolution: '1m' } : {};
}
