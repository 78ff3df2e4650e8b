import type { CardinalityLimits } from './cardinality.js';

/** placeholder */
export interface SeriesCacheOptions {
  readonly maxBytes: number;
  readonly limits: CardinalityLimits;
}

/** placeholder */
export interface SeriesCacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly seriesRefused: number;
}

/** placeholder */
export class SeriesCache {
  readonly stats: SeriesCacheStats = { entries: 0, bytes: 0, hits: 0, misses: 0, seriesRefused: 0 };
  constructor(_options: SeriesCacheOptions) {}
  forget(): void {}
}
