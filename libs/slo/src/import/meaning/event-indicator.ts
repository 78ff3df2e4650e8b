import { parsePromql } from '../promql/parse-promql.js';
import { isRefusal, Refusal } from '../refusal.js';
import { describeCounter, sameCounter, type Counter, type LabelNames } from './counter.js';
import { countingOf, isBucketOf, unlike, type Counting } from './counting.js';
import { countsSeries, gaugeIndicator, type GaugeSeries } from './gauge-indicator.js';
import type { Indicator } from './indicator.js';

/** A query and where it stands in its specification. */
export interface PlacedQuery {
  readonly text: string;
  readonly path: string;
}

/** How queries are read. */
export interface ReadingOptions {
  readonly names: LabelNames;
  readonly gaugeSeries: GaugeSeries;
}

/** Reads the two queries of an SLI: good or bad events, and all of them. */
export function eventIndicator(
  part: 'good' | 'bad',
  some: PlacedQuery,
  all: PlacedQuery,
  { names, gaugeSeries }: ReadingOptions,
): Indicator | Refusal {
  const [parsed, parsedTotal] = [parsePromql(some.text), parsePromql(all.text)];
  if (isRefusal(parsed)) {
    return parsed.under(some.path);
  }
  if (isRefusal(parsedTotal)) {
    return parsedTotal.under(all.path);
  }
  if (countsSeries(parsed) || countsSeries(parsedTotal)) {
    const gauge = gaugeIndicator(part, parsed, parsedTotal, { names, gaugeSeries });
    return isRefusal(gauge) ? gauge.under(some.path) : gauge;
  }
  const counting = countingOf(parsed, names);
  if (isRefusal(counting)) {
    return counting.under(some.path);
  }
  const total = countingOf(parsedTotal, names);
  if (isRefusal(total)) {
    return total.under(all.path);
  }
  const indicator = countingIndicator(part, counting, total);
  return isRefusal(indicator) ? indicator.under(some.path) : indicator;
}

/** Puts two countings together: a ratio of counters, or a latency when one of them is a bucket of the other. */
export function countingIndicator(part: 'good' | 'bad', some: Counting, all: Counting): Indicator | Refusal {
  if (all.minus !== null) {
    return new Refusal('is compared with a difference; all events must be one count');
  }
  if (some.by === null || all.by === null) {
    return new Refusal(
      'is not added up: each series would be an SLO of its own; write sum(…), or sum by (label) (…)',
    );
  }
  const fault = unlike(some, all);
  if (fault !== null) {
    return new Refusal(`compares ${fault}; both queries must be alike`);
  }
  if (some.minus !== null && !sameCounter(some.plus, all.plus)) {
    return new Refusal(
      `subtracts from ${describeCounter(some.plus)}, and all events are ${describeCounter(all.plus)}; only the rest of all events has an equivalent`,
    );
  }
  const other = part === 'good' ? 'bad' : 'good';
  const sli = some.minus === null ? sliOf(part, some.plus, all.plus) : sliOf(other, some.minus, all.plus);
  return isRefusal(sli)
    ? sli
    : {
        sli,
        groupBy: all.by,
        notes: [...some.notes, ...all.notes, ...countNotes(sli, some.minus ?? some.plus, all.plus)],
      };
}

function sliOf(part: 'good' | 'bad', counter: Counter, total: Counter): Indicator['sli'] | Refusal {
  const [one, every] = [describeCounter(counter), describeCounter(total)];
  if (total.part === 'bucket') {
    return new Refusal(`takes the bucket ${every} for all events; use the count of the histogram`);
  }
  if (counter.part === 'bucket') {
    if (!isBucketOf(counter, total)) {
      return new Refusal(
        `compares the bucket ${one} with ${every}; a latency SLI has a bucket and the count of one histogram, with the same conditions`,
      );
    }
    return part === 'good'
      ? { kind: 'latency', histogram: total.selector, threshold: counter.le }
      : new Refusal(`calls measurements up to ${counter.le} bad (${one}); only those above a limit can be`);
  }
  if (sameCounter(counter, total)) {
    return new Refusal(`takes ${one} for the ${part} events and for all of them`);
  }
  return { kind: 'ratio', part, counter: counter.selector, total: total.selector };
}

function countNotes(sli: Indicator['sli'], ...counters: readonly Counter[]): string[] {
  if (sli.kind !== 'ratio') {
    return [];
  }
  const bases = new Set(
    counters.filter(({ part }) => part === 'count').map(({ selector }) => selector.metric),
  );
  return [...bases].map(
    (metric) =>
      `${metric}_count is read as the number of measurements of the histogram ${metric}, as scraping stores it`,
  );
}
