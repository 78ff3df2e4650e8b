import { floorTime } from '@tidewatch/core';
import { budgetHistory, type SloDefinition } from '@tidewatch/slo';
import type { SliceRow, Store } from '@tidewatch/store';
import { sliceKeysOf } from '../../evaluate/slice-key.js';

const MINUTE_MS = 60_000;
/** The trend shows the last hour, one point a minute, each the burn rate over the five minutes before it. */
const POINTS = 60;
const WINDOW_MINUTES = 5;
/** A list longer than this is not looked at line by line; those that burn come first. */
const MOST_TRENDS = 200;
const KEPT_MS = 10_000;

/** The burn of an SLO at one moment; `null` without usable events. */
export interface TrendPoint {
  readonly at: number;
  readonly burn: number | null;
}

/** Of which group of an SLO a trend is wanted. */
export interface WantedTrend {
  readonly slo: SloDefinition;
  readonly group: string;
}

/** Reads the last hour of many SLOs at once, and remembers it for a few seconds: several browsers may watch the same list. */
export class SloTrends {
  private readonly store: Store;
  private readonly kept = new Map<string, { until: number; trends: Promise<Map<string, TrendPoint[]>> }>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Trends by name of the SLO, of the first {@link MOST_TRENDS} wanted. */
  of(project: string, wanted: readonly WantedTrend[], now: number): Promise<Map<string, TrendPoint[]>> {
    const shown = wanted.slice(0, MOST_TRENDS);
    const name = JSON.stringify([project, shown.map(({ slo, group }) => [slo.name, group])]);
    const known = this.kept.get(name);
    if (known !== undefined && known.until > now) {
      return known.trends;
    }
    const trends = this.read(project, shown, floorTime(now, MINUTE_MS));
    // What failed must not be remembered.
    trends.catch(() => this.kept.delete(name));
    for (const [other, { until }] of this.kept) {
      if (until <= now) {
        this.kept.delete(other);
      }
    }
    this.kept.set(name, { until: now + KEPT_MS, trends });
    return trends;
  }

  private async read(
    project: string,
    wanted: readonly WantedTrend[],
    to: number,
  ): Promise<Map<string, TrendPoint[]>> {
    const range = { from: to - (POINTS + WINDOW_MINUTES) * MINUTE_MS, to };
    const keys = wanted.flatMap(({ slo }) => sliceKeysOf(slo));
    const rows =
      keys.length === 0
        ? []
        : await this.store.sloSlices.spans(project, [{ resolution: MINUTE_MS, range }], { slos: keys });
    const byPart = new Map<string, SliceRow[]>();
    for (const row of rows) {
      const name = partName(row.slo, row.group);
      const list = byPart.get(name);
      if (list === undefined) {
        byPart.set(name, [row]);
      } else {
        list.push(row);
      }
    }
    return new Map(
      wanted.map(({ slo, group }) => [
        slo.name,
        trendOf(
          slo,
          sliceKeysOf(slo).map((key) => byPart.get(partName(key, group)) ?? []),
          to,
        ),
      ]),
    );
  }
}

/** The burn over the five minutes before each of the last sixty. */
function trendOf(slo: SloDefinition, parts: readonly (readonly SliceRow[])[], to: number): TrendPoint[] {
  const ascending = parts.map((slices) => slices.toSorted((a, b) => a.start - b.start));
  return Array.from({ length: POINTS }, (_, index) => {
    const at = to - (POINTS - 1 - index) * MINUTE_MS;
    const moments = [at - WINDOW_MINUTES * MINUTE_MS, at];
    const [point] = budgetHistory({ slo, parts: ascending, sliceMs: MINUTE_MS, moments });
    return { at, burn: point?.burn ?? null };
  });
}

function partName(slo: string, group: string): string {
  return `${slo}\n${group}`;
}
