import { equalBytes } from '../wire/byte-compare.js';

/** A value under a key of bytes, which lie in the arena of the table that holds the entry. */
export class ByteEntry<Value> {
  readonly hash: number;
  /** What the key belongs to: equal bytes under another owner are another key. */
  readonly owner: number;
  readonly start: number;
  readonly length: number;
  readonly value: Value;
  /** The entry that came after this one the last time: a guess for the next time, of the same table. */
  next: ByteEntry<Value> | null = null;

  constructor(hash: number, owner: number, range: { start: number; length: number }, value: Value) {
    this.hash = hash;
    this.owner = owner;
    this.start = range.start;
    this.length = range.length;
    this.value = value;
  }
}

/** Beyond so many probes an entry replaces another: a sender who forges collisions gets misses, not a slow server. */
const MAX_PROBES = 24;

const FIRST_SLOTS = 256;

/** The keys of one generation of a cache, side by side in one buffer. */
export class ByteArena {
  bytes: Uint8Array;
  view: DataView;
  private used = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get capacity(): number {
    return this.bytes.length;
  }

  /** By how much the arena would grow to take `length` more bytes. */
  growthFor(length: number): number {
    const missing = this.used + length - this.bytes.length;
    return missing <= 0 ? 0 : Math.max(missing, this.bytes.length);
  }

  /** Copies bytes to the end of the arena, and returns where they start. */
  add(source: Uint8Array, start: number, end: number): number {
    const position = this.used;
    const needed = position + end - start;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, position));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.bytes.set(source.subarray(start, end), position);
    this.used = needed;
    return position;
  }
}

/** A hash table from bytes to values, open-addressed with bounded probes. Finding makes no object. */
export class ByteTable<Value> {
  readonly arena: ByteArena;
  private slots: (ByteEntry<Value> | undefined)[] = new Array<undefined>(FIRST_SLOTS).fill(undefined);
  private count = 0;

  constructor(arena: ByteArena) {
    this.arena = arena;
  }

  get size(): number {
    return this.count;
  }

  /** Slots of the table, used or not. */
  get capacity(): number {
    return this.slots.length;
  }

  /** The entry under the bytes of `view` between two positions; `hash` is their `hashBytes` with the owner in it. */
  find(
    hash: number,
    owner: number,
    view: DataView,
    start: number,
    end: number,
  ): ByteEntry<Value> | undefined {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = slots[(hash + probe) & mask];
      if (entry === undefined) {
        return undefined;
      }
      if (
        entry.hash === hash &&
        entry.owner === owner &&
        entry.length === end - start &&
        equalBytes(this.arena.view, entry.start, view, start, entry.length)
      ) {
        return entry;
      }
    }
    return undefined;
  }

  /** Adds a key that `find` did not find. */
  add(
    hash: number,
    owner: number,
    key: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
    value: Value,
  ): ByteEntry<Value> {
    if (2 * (this.count + 1) > this.slots.length) {
      this.grow();
    }
    const start = this.arena.add(key.bytes, key.start, key.end);
    const entry = new ByteEntry(hash, owner, { start, length: key.end - key.start }, value);
    this.place(entry);
    return entry;
  }

  private place(entry: ByteEntry<Value>): void {
    const mask = this.slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (entry.hash + probe) & mask;
      if (this.slots[slot] === undefined) {
        this.slots[slot] = entry;
        this.count++;
        return;
      }
    }
    this.slots[entry.hash & mask] = entry;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Array<undefined>(2 * old.length).fill(undefined);
    this.count = 0;
    for (const entry of old) {
      if (entry !== undefined) {
        this.place(entry);
      }
    }
  }
}
