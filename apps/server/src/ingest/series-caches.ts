import { SeriesCache, type CardinalityLimits, type SeriesCacheStats } from '@tidewatch/otlp';

/** Projects whose series are remembered at once. With more, the one that has been silent longest is forgotten. */
const MAXIMUM_PROJECTS = 256;
/** Below this a cache forgets series faster than they come back. */
const MINIMUM_BYTES = 4_194_304;

export interface SeriesCachesOptions {
  /** For all projects together. */
  readonly maxBytes: number;
  /** How many projects are expected; the bytes are shared out among them. */
  readonly projects: number;
  readonly limits: CardinalityLimits;
}

/** One series cache for each project, bounded in number and bytes. */
export class SeriesCaches {
  private readonly limits: CardinalityLimits;
  private readonly bytesEach: number;
  private readonly maximum: number;
  /** In the order of last use. */
  private readonly caches = new Map<string, SeriesCache>();

  constructor(options: SeriesCachesOptions) {
    this.limits = options.limits;
    const projects = Math.min(MAXIMUM_PROJECTS, Math.max(1, options.projects));
    this.bytesEach = Math.max(MINIMUM_BYTES, Math.floor(options.maxBytes / projects));
    this.maximum = Math.max(1, Math.floor(options.maxBytes / this.bytesEach));
  }

  /** The cache of a project, made when there is none. */
  of(project: string): SeriesCache {
    const cache =
      this.caches.get(project) ?? new SeriesCache({ maxBytes: this.bytesEach, limits: this.limits });
    this.caches.delete(project);
    this.caches.set(project, cache);
    if (this.caches.size > this.maximum) {
      const [oldest = ''] = this.caches.keys();
      this.caches.delete(oldest);
    }
    return cache;
  }

  /** Makes every cache hand out its series as new objects, so that the store writes their rows again. */
  forget(): void {
    this.caches.forEach((cache) => cache.forget());
  }

  /** Sums over the projects. */
  get stats(): SeriesCacheStats {
    const total = { entries: 0, bytes: 0, hits: 0, misses: 0, seriesRefused: 0 };
    for (const { stats } of this.caches.values()) {
      total.entries += stats.entries;
      total.bytes += stats.bytes;
      total.hits += stats.hits;
      total.misses += stats.misses;
      total.seriesRefused += stats.seriesRefused;
    }
    return total;
  }
}
