import { OVERFLOW_GROUP } from '../definition.js';

/** Decides which groups of an SLO are judged on their own. The first that come stay: a group never moves into the overflow later. */
export class GroupRegistry {
  private readonly limit: number;
  private readonly known: Set<string>;
  private overflowing = new Set<string>();

  /** @param known groups that have slices already; they keep their place */
  constructor(limit: number, known: Iterable<string> = []) {
    this.limit = limit;
    this.known = new Set([...known].filter((group) => group !== OVERFLOW_GROUP));
  }

  /** The group that `group` is counted in: itself, or {@link OVERFLOW_GROUP}. */
  place(group: string): string {
    if (this.known.has(group)) {
      return group;
    }
    if (this.known.size < this.limit) {
      this.known.add(group);
      return group;
    }
    // Names are remembered to tell how many there are, up to a bound: whoever sends them decides how many come.
    if (this.overflowing.size < 10_000) {
      this.overflowing.add(group);
    }
    return OVERFLOW_GROUP;
  }

  /** How many groups are counted together for want of room. */
  get overflow(): number {
    return this.overflowing.size;
  }
}
