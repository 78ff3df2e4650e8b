import type { StorableTimes } from '../storable-times.js';
import type { SeriesCache } from './series-cache.js';

/** What the decoder of metrics is told about the project whose request it decodes. */
export interface MetricContext {
  /** The project's: caches are never shared between projects. */
  readonly cache: SeriesCache;
  readonly times: StorableTimes;
  /** Today, in days since the Unix epoch, UTC: the day whose distinct series the cardinality limits count. */
  readonly day: number;
}
