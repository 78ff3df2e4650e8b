import type { ByteEntry } from './byte-table.js';
import { ByteArena, ByteTable } from './byte-table.js';
import { SeriesCounter } from './cardinality.js';
import type { CardinalityLimits } from './cardinality.js';
import type { MetricResource, MetricScope, MetricStream, SeriesSlot } from './series-slot.js';

/** Bounds of a {@link SeriesCache}. */
export interface SeriesCacheOptions {
  /** What the cache may take, estimated: keys exactly, decoded series at four bytes per byte of their key. */
  readonly maxBytes: number;
  readonly limits: CardinalityLimits;
}

/** What a {@link SeriesCache} holds and has done. `hits` and `misses` count points and grow for ever. */
export interface SeriesCacheStats {
  /** Encodings of series that are held; one series may have several. */
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Distinct new series refused by a cardinality limit, each at most once a day while it stays in the cache. */
  readonly seriesRefused: number;
}

/** A key as a range of bytes, with a view of the same memory. */
export interface KeyBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

interface ValueOf {
  resources: MetricResource;
  scopes: MetricScope;
  streams: MetricStream;
  series: SeriesSlot;
}

type TableName = keyof ValueOf;

const FIRST_ARENA_BYTES = 16_384;

/** Longer keys are decoded anew each time: a few attributes of a megabyte must not push out thousands of series. */
const MAX_KEY_BYTES = 16_384;

/** Rough sizes in memory of an entry with its value, beside four bytes per byte of the key. */
const ENTRY_BYTES = 640;

/** One half of the cache: filled until it is full, then kept for a while for what is still in use. */
class Generation {
  readonly arena = new ByteArena(FIRST_ARENA_BYTES);
  readonly resources = new ByteTable<MetricResource>(this.arena);
  readonly scopes = new ByteTable<MetricScope>(this.arena);
  readonly streams = new ByteTable<MetricStream>(this.arena);
  readonly series = new ByteTable<SeriesSlot>(this.arena);
  readonly slotByHash = new Map<bigint, SeriesSlot>();
  private estimate = 0;

  /** What the generation would take after one more key. */
  bytesWith(keyBytes: number): number {
    return this.bytes + this.arena.growthFor(keyBytes);
  }

  get bytes(): number {
    const { resources, scopes, streams, series } = this;
    const slots = resources.capacity + scopes.capacity + streams.capacity + series.capacity;
    return this.estimate + this.arena.capacity + 8 * slots;
  }

  count(keyBytes: number): void {
    this.estimate += ENTRY_BYTES + 4 * keyBytes;
  }
}

/**
 * What a project's requests have in common, so that it is decoded once: resources with scopes, metrics and series,
 * each under the bytes that senders wrote. Also counts the distinct series of the day.
 *
 * Bounded by generations: when the current one has used half of `maxBytes`, it becomes the previous one, and the one
 * before is dropped at once. What is used again moves over with its objects, so that a series in use stays the same
 * object; what is not is gone after two turns. No entry needs a place in an eviction list.
 */
export class SeriesCache {
  private readonly maxBytes: number;
  private readonly counter: SeriesCounter;
  private current = new Generation();
  private previous = new Generation();
  private hits = 0;
  private misses = 0;
  private seriesRefused = 0;
  private lastId = 0;
  private turns = 0;
  /** The batch that was begun or resumed last. */
  private lastBatch = 0;

  /** @internal Number points of the batch that was finished last. */
  expectedNumbers = 0;

  constructor(options: SeriesCacheOptions) {
    this.maxBytes = options.maxBytes;
    this.counter = new SeriesCounter(options.limits);
  }

  /** Current figures. */
  get stats(): SeriesCacheStats {
    return {
      entries: this.current.series.size + this.previous.series.size,
      bytes: this.current.bytes + this.previous.bytes,
      hits: this.hits,
      misses: this.misses,
      seriesRefused: this.seriesRefused,
    };
  }

  /** Drops everything but the count of the day: after this every series is handed out as a new object. */
  forget(): void {
    this.turns++;
    this.current = new Generation();
    this.previous = new Generation();
  }

  /** The limits that new series are held to. */
  get limits(): CardinalityLimits {
    return this.counter.limits;
  }

  /** @internal Changes whenever entries found before may have left the current generation. */
  get generation(): number {
    return this.turns;
  }

  /** @internal The bytes that the `start` of entries in the current generation refers to. */
  get keys(): DataView {
    return this.current.arena.view;
  }

  /** @internal A number no other scope or stream of this cache has. */
  nextId(): number {
    return ++this.lastId;
  }

  /** @internal A number for a batch that begins, or goes on after another one used the cache. */
  nextBatch(): number {
    return ++this.lastBatch;
  }

  /** @internal Whether `batch` is the one that used the cache last. */
  isLastBatch(batch: number): boolean {
    return batch === this.lastBatch;
  }

  /** @internal Counts points whose series was found, or had to be decoded. */
  countPoints(hits: number, misses: number): void {
    this.hits += hits;
    this.misses += misses;
  }

  /** @internal The entry under a key, moved to the current generation if it was in the previous one. */
  find<Name extends TableName>(
    name: Name,
    hash: number,
    owner: number,
    key: KeyBytes,
  ): ByteEntry<ValueOf[Name]> | undefined {
    const table = this.current[name] as unknown as ByteTable<ValueOf[Name]>;
    const found = table.find(hash, owner, key.view, key.start, key.end);
    if (found !== undefined) {
      return found;
    }
    const before = this.previous[name] as unknown as ByteTable<ValueOf[Name]>;
    const old = before.find(hash, owner, key.view, key.start, key.end);
    return old === undefined ? undefined : this.add(name, hash, owner, key, old.value);
  }

  /** @internal Adds what `find` did not find; undefined when the key is too long to be cached. */
  add<Name extends TableName>(
    name: Name,
    hash: number,
    owner: number,
    key: KeyBytes,
    value: ValueOf[Name],
  ): ByteEntry<ValueOf[Name]> | undefined {
    const length = key.end - key.start;
    if (length > this.longestKey) {
      return undefined;
    }
    this.makeRoom(length);
    const table = this.current[name] as unknown as ByteTable<ValueOf[Name]>;
    this.current.count(length);
    if (name === 'series') {
      const slot = value as SeriesSlot;
      this.current.slotByHash.set(slot.series.hash, slot);
    }
    return table.add(hash, owner, key, value);
  }

  /** @internal The longest key that is cached, in bytes. */
  get longestKey(): number {
    return Math.min(MAX_KEY_BYTES, this.maxBytes / 256);
  }

  /** @internal The slot of a series that came before in whatever encoding. */
  slotOf(hash: bigint): SeriesSlot | undefined {
    return this.current.slotByHash.get(hash) ?? this.previous.slotByHash.get(hash);
  }

  /** @internal Whether points of the slot's series may be taken on `day`. */
  admit(slot: SeriesSlot, day: number): boolean {
    if (slot.admittedDay === day) {
      return true;
    }
    if (slot.refusedDay === day) {
      return false;
    }
    const verdict = this.counter.admit(slot.series.hash, slot.metricKey, day);
    if (verdict === 'known' || verdict === 'admitted') {
      slot.admittedDay = day;
      return true;
    }
    slot.refusedDay = day;
    slot.refusedByProject = verdict === 'project-full';
    this.seriesRefused++;
    return false;
  }

  private makeRoom(keyBytes: number): void {
    if (this.current.bytesWith(keyBytes) > this.maxBytes / 2) {
      this.turns++;
      this.previous = this.current;
      this.current = new Generation();
    }
  }
}
