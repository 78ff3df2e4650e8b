import { isAppError, type TimeRange } from '@tidewatch/core';
import type { Sli, SloDefinition } from '@tidewatch/slo';
import type { Store } from '@tidewatch/store';
import { EventCounter } from '../../apps/server/src/evaluate/slo/event-counter.js';
import type { CountSpan } from '../../apps/server/src/evaluate/slo/metric-counter.js';
import { sloDefinition } from './slo-definition.js';

/** Good and total events of an SLO without groups, as `[start, good, total]`, counted as the evaluator counts. */
export async function countEvents(
  store: Store,
  project: string,
  what: Sli | SloDefinition,
  range: TimeRange,
  how: Partial<CountSpan> = {},
): Promise<[number, number, number][]> {
  const slo = 'members' in what ? what : sloDefinition(what);
  const counter = new EventCounter(store);
  const span: CountSpan = { range, sliceMs: 10_000, source: 'raw', ...how };
  const found = (await counter.count(project, [slo], span, new Map())).counts.get(slo);
  if (found === undefined || isAppError(found)) {
    throw found ?? new Error('the SLO was not counted');
  }
  return (found.get('')?.[0] ?? []).map(({ start, good, total }) => [start, good, total]);
}
