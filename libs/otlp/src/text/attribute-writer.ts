import { ByteArena } from './byte-arena.js';
import { grown } from './grown.js';

/** Up to here the keys of a set are compared with each other; above, they are looked up in a map. */
const COMPARED_KEYS = 32;

/** From this length on, a native copy is faster than a loop. */
const LONG_COPY = 48;

/** What `openEntry` and `close` need to know of an entry already written. */
class Entries {
  count = 0;
  start = new Uint32Array(COMPARED_KEYS);
  keyStart = new Uint32Array(COMPARED_KEYS);
  keyEnd = new Uint32Array(COMPARED_KEYS);
  keyHash = new Uint32Array(COMPARED_KEYS);
  /** 1 for an entry whose key came again later. */
  isReplaced = new Uint8Array(COMPARED_KEYS);
  replaced = 0;

  grow(): void {
    const capacity = 2 * this.start.length;
    this.start = grown(this.start, capacity);
    this.keyStart = grown(this.keyStart, capacity);
    this.keyEnd = grown(this.keyEnd, capacity);
    this.keyHash = grown(this.keyHash, capacity);
    this.isReplaced = grown(this.isReplaced, capacity);
  }
}

/**
 * Writes sets of attributes into one growing byte array, in the form that `AttributesColumn` describes.
 *
 * One set at a time: `open`, then for each attribute `openEntry` and exactly one value, then `close`. Keys are compared
 * by hash, kept in arrays that all sets share, so that a set costs no object; a map appears only above 32 keys, because
 * comparing all pairs would let one request with 100,000 attributes stop the process.
 */
export class AttributeWriter {
  readonly arena: ByteArena;
  private readonly entries = new Entries();
  private setStart = 0;
  private indexByKey: Map<string, number> | undefined;

  /** @param capacity bytes to start with */
  constructor(capacity: number) {
    this.arena = ByteArena.empty(capacity);
  }

  /** Entries of the open set so far, those replaced by a later one included. */
  get size(): number {
    return this.entries.count;
  }

  /** Starts a set; returns where it starts. One byte for its size is left free. */
  open(): number {
    const { arena, entries } = this;
    arena.reserve(1);
    this.setStart = arena.length++;
    entries.count = 0;
    entries.replaced = 0;
    this.indexByKey = undefined;
    return this.setStart;
  }

  /** Starts an entry whose key is `source[start..end)`. */
  openEntry(source: Uint8Array, start: number, end: number): void {
    const { arena } = this;
    const length = end - start;
    arena.reserve(length + 5);
    const entryStart = arena.length;
    const keyStart = this.writeLength(entryStart, length);
    const { bytes } = arena;
    if (length < LONG_COPY) {
      for (let from = start, to = keyStart; from < end; from++, to++) {
        bytes[to] = source[from]!;
      }
    } else {
      bytes.set(source.subarray(start, end), keyStart);
    }
    arena.length = keyStart + length;
    this.noteEntry(entryStart, keyStart, quickHash(bytes, keyStart, length));
  }

  /** Starts an entry with a key in UTF-16. */
  openEntryText(key: string): void {
    const bytes = Buffer.from(key, 'utf8');
    this.openEntry(bytes, 0, bytes.length);
  }

  /** The value `source[start..end)`. */
  bytesValue(source: Uint8Array, start: number, end: number): void {
    const { arena } = this;
    const length = end - start;
    arena.reserve(length + 5);
    const valueStart = this.writeLength(arena.length, length);
    const { bytes } = arena;
    if (length < LONG_COPY) {
      for (let from = start, to = valueStart; from < end; from++, to++) {
        bytes[to] = source[from]!;
      }
    } else {
      bytes.set(source.subarray(start, end), valueStart);
    }
    arena.length = valueStart + length;
  }

  /** A value in UTF-16. */
  textValue(text: string): void {
    const { arena } = this;
    const length = Buffer.byteLength(text, 'utf8');
    arena.reserve(length + 5);
    const valueStart = this.writeLength(arena.length, length);
    arena.length = valueStart + arena.bytes.write(text, valueStart, 'utf8');
  }

  /** Starts a value of less than 128 bytes, which the caller appends to the arena; returns where its length goes. */
  openShortValue(): number {
    this.arena.reserve(1);
    return this.arena.length++;
  }

  /** Ends the value that `openShortValue` started. */
  closeShortValue(lengthAt: number): void {
    this.arena.bytes[lengthAt] = this.arena.length - lengthAt - 1;
  }

  /** Ends the set; returns where it ends. */
  close(): number {
    const { arena, entries } = this;
    if (entries.replaced > 0) {
      this.dropReplaced();
    }
    const count = entries.count - entries.replaced;
    if (count < 0x80) {
      arena.bytes[this.setStart] = count;
      return arena.length;
    }
    let extra = 0;
    for (let rest = count; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
      extra++;
    }
    arena.reserve(extra);
    arena.bytes.copyWithin(this.setStart + 1 + extra, this.setStart + 1, arena.length);
    this.writeLength(this.setStart, count);
    arena.length += extra;
    return arena.length;
  }

  /** Ends the set and takes it out of the arena, as bytes of its own. */
  take(): Uint8Array {
    const end = this.close();
    this.arena.length = this.setStart;
    return Uint8Array.prototype.slice.call(this.arena.bytes, this.setStart, end);
  }

  /** Writes a LEB128 number into room that is reserved; returns where it ends. */
  private writeLength(at: number, length: number): number {
    const { bytes } = this.arena;
    let rest = length;
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    return at;
  }

  private noteEntry(start: number, keyStart: number, hash: number): void {
    const { arena, entries } = this;
    const index = entries.count;
    if (index === entries.start.length) {
      entries.grow();
    }
    entries.start[index] = start;
    entries.keyStart[index] = keyStart;
    entries.keyEnd[index] = arena.length;
    entries.keyHash[index] = hash;
    entries.isReplaced[index] = 0;
    const earlier = index < COMPARED_KEYS ? this.compareKeys(index) : this.lookUpKey(index);
    if (earlier >= 0) {
      entries.isReplaced[earlier] = 1;
      entries.replaced++;
    }
    entries.count = index + 1;
  }

  /** The earlier entry, not yet replaced, with the key of `index`; -1 when there is none. */
  private compareKeys(index: number): number {
    const { keyHash } = this.entries;
    const hash = keyHash[index]!;
    for (let earlier = 0; earlier < index; earlier++) {
      if (keyHash[earlier] === hash && this.isSameKey(earlier, index)) {
        return earlier;
      }
    }
    return -1;
  }

  private isSameKey(a: number, b: number): boolean {
    const { keyStart, keyEnd, isReplaced } = this.entries;
    const { bytes } = this.arena;
    return isReplaced[a] === 0 && bytes.compare(bytes, keyStart[b], keyEnd[b], keyStart[a], keyEnd[a]) === 0;
  }

  private lookUpKey(index: number): number {
    if (this.indexByKey === undefined) {
      this.indexByKey = new Map();
      for (let earlier = 0; earlier < index; earlier++) {
        this.indexByKey.set(this.keyText(earlier), earlier);
      }
    }
    const key = this.keyText(index);
    const earlier = this.indexByKey.get(key) ?? -1;
    this.indexByKey.set(key, index);
    return earlier;
  }

  /** One character per byte: distinct for distinct keys even where they are not UTF-8. */
  private keyText(index: number): string {
    return this.arena.bytes.toString('latin1', this.entries.keyStart[index], this.entries.keyEnd[index]);
  }

  private dropReplaced(): void {
    const { arena, entries } = this;
    let to = this.setStart + 1;
    for (let index = 0; index < entries.count; index++) {
      const start = entries.start[index]!;
      const end = index + 1 < entries.count ? entries.start[index + 1]! : arena.length;
      if (entries.isReplaced[index] === 0) {
        arena.bytes.copyWithin(to, start, end);
        to += end - start;
      }
    }
    arena.length = to;
  }
}

/**
 * Tells most keys of one set apart by length, both ends and the middle, without a pass over all bytes; keys that agree
 * in these are compared in full.
 */
function quickHash(bytes: Uint8Array, start: number, length: number): number {
  if (length === 0) {
    return 0;
  }
  const middle = bytes[start + (length >>> 1)]!;
  return ((length << 24) ^ (bytes[start]! << 16) ^ (middle << 8) ^ bytes[start + length - 1]!) >>> 0;
}
