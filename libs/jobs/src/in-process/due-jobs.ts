/** Something that has a time. */
interface Due {
  readonly dueAt: number;
}

/** Jobs by the time they are due, the earliest first; a binary heap. Jobs of one time come in no particular order. */
export class DueJobs<Entry extends Due> {
  private readonly heap: Entry[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** When the earliest is due; `undefined` when there is none. */
  get nextAt(): number | undefined {
    return this.heap[0]?.dueAt;
  }

  push(entry: Entry): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueAt <= entry.dueAt) {
        break;
      }
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes the earliest if it is due at `now`. */
  takeDue(now: number): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined || first.dueAt > now) {
      return undefined;
    }
    const last = heap.pop()!;
    if (heap.length > 0) {
      this.sink(last);
    }
    return first;
  }

  clear(): void {
    this.heap.length = 0;
  }

  private sink(entry: Entry): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && heap[child + 1]!.dueAt < heap[child]!.dueAt) {
        child += 1;
      }
      if (child >= heap.length || heap[child]!.dueAt >= entry.dueAt) {
        break;
      }
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  }
}
