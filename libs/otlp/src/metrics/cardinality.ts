/** How many distinct series may arrive within one UTC day. */
export interface CardinalityLimits {
  readonly perMetric: number;
  readonly perProject: number;
}

/** Which limit a new series would break. */
export type CardinalityVerdict = 'known' | 'admitted' | 'metric-full' | 'project-full';

const FIRST_SLOTS = 1_024;

/**
 * Counts the distinct series of a project within a UTC day, exactly, and says which new ones may still come.
 *
 * Holds the hash of every admitted series, never of a refused one: at most 32 bytes for each of `perProject` series, and
 * a counter per metric. What it knows ends with the process and with the day.
 */
export class SeriesCounter {
  readonly limits: CardinalityLimits;
  private day = -Infinity;
  /** Two words per slot, the low half first; 0, 0 is an empty slot. */
  private words = new Uint32Array(2 * FIRST_SLOTS);
  private count = 0;
  private readonly countByMetric = new Map<bigint, number>();

  constructor(limits: CardinalityLimits) {
    this.limits = limits;
  }

  /**
   * Whether a point of the series may be taken today; a new series is counted if so.
   *
   * @param metric a hash of the metric's name
   * @param day in days since the epoch. Yesterday counts as today, since requests overlap midnight; a day further back
   *   means that the clock was wrong before, and starts a new count
   */
  admit(hash: bigint, metric: bigint, day: number): CardinalityVerdict {
    if (day > this.day || day < this.day - 1) {
      this.startDay(day);
    }
    const low = Number(hash & 0xffff_ffffn);
    // The hash 0 shares a place with 1: one in 2^63 is no reason for a branch.
    const high = Number(hash >> 32n) || (low === 0 ? 1 : 0);
    const slot = this.slotOf(low, high);
    if (this.words[slot] === low && this.words[slot + 1] === high) {
      return 'known';
    }
    if (this.count >= this.limits.perProject) {
      return 'project-full';
    }
    const ofMetric = this.countByMetric.get(metric) ?? 0;
    if (ofMetric >= this.limits.perMetric) {
      return 'metric-full';
    }
    this.countByMetric.set(metric, ofMetric + 1);
    this.add(slot, low, high);
    return 'admitted';
  }

  private startDay(day: number): void {
    this.day = day;
    this.count = 0;
    this.countByMetric.clear();
    this.words = new Uint32Array(2 * FIRST_SLOTS);
  }

  /** Where the pair is, or the empty slot where it belongs. The pairs are digests, so linear probing stays short. */
  private slotOf(low: number, high: number): number {
    const { words } = this;
    const mask = words.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const foundLow = words[2 * slot];
      const foundHigh = words[2 * slot + 1];
      if ((foundLow === low && foundHigh === high) || (foundLow === 0 && foundHigh === 0)) {
        return 2 * slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private add(slot: number, low: number, high: number): void {
    this.words[slot] = low;
    this.words[slot + 1] = high;
    this.count++;
    if (4 * this.count > this.words.length) {
      this.grow();
    }
  }

  private grow(): void {
    const old = this.words;
    this.words = new Uint32Array(2 * old.length);
    for (let slot = 0; slot < old.length; slot += 2) {
      const low = old[slot]!;
      const high = old[slot + 1]!;
      if (low !== 0 || high !== 0) {
        const target = this.slotOf(low, high);
        this.words[target] = low;
        this.words[target + 1] = high;
      }
    }
  }
}
