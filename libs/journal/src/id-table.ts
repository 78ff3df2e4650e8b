import { randomFillSync } from 'node:crypto';

/** Answer for a request seen before. */
export interface IdEntry {
  readonly items: number;
  readonly rejected: number;
}

/** Identity (4 words), items, rejected. */
const WORDS = 6;
const CHUNK_ENTRIES = 4096;
const MAX_LOAD = 0.7;

/** Odd multipliers nobody outside knows: identities made to collide would turn every look-up into a search. */
const MIX = randomFillSync(new Uint32Array(4)).map((word) => word | 1);

/**
 * A set of 128-bit identities with two numbers each, at about 32 bytes an entry: entries stand densely in chunks, an
 * open-addressing index of 32-bit positions finds them. Entries are never removed one by one.
 */
export class IdTable {
  private readonly chunks: Uint32Array[] = [];
  /** Position + 1, or 0 for a free slot. */
  private slots = new Uint32Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @returns whether the identity is new; the numbers of a known one stay. */
  add(id: Uint8Array, items: number, rejected: number): boolean {
    const [a, b, c, d] = [word(id, 0), word(id, 4), word(id, 8), word(id, 12)];
    let slot = this.find(a, b, c, d);
    if (this.slots[slot] !== 0) {
      return false;
    }
    if (this.count + 1 > this.slots.length * MAX_LOAD) {
      this.grow();
      slot = this.find(a, b, c, d);
    }
    const at = (this.count % CHUNK_ENTRIES) * WORDS;
    if (at === 0) {
      this.chunks.push(new Uint32Array(CHUNK_ENTRIES * WORDS));
    }
    const chunk = this.chunks.at(-1)!;
    chunk[at] = a;
    chunk[at + 1] = b;
    chunk[at + 2] = c;
    chunk[at + 3] = d;
    chunk[at + 4] = items;
    chunk[at + 5] = rejected;
    this.count += 1;
    this.slots[slot] = this.count;
    return true;
  }

  get(id: Uint8Array): IdEntry | null {
    const position = this.slots[this.find(word(id, 0), word(id, 4), word(id, 8), word(id, 12))]!;
    if (position === 0) {
      return null;
    }
    const chunk = this.chunks[Math.floor((position - 1) / CHUNK_ENTRIES)]!;
    const at = ((position - 1) % CHUNK_ENTRIES) * WORDS;
    return { items: chunk[at + 4]!, rejected: chunk[at + 5]! };
  }

  /** The slot that holds the identity, or the free one where it belongs. */
  private find(a: number, b: number, c: number, d: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(a, b, c, d) & mask;
    for (;;) {
      const position = this.slots[slot]!;
      if (position === 0) {
        return slot;
      }
      const chunk = this.chunks[Math.floor((position - 1) / CHUNK_ENTRIES)]!;
      const at = ((position - 1) % CHUNK_ENTRIES) * WORDS;
      if (chunk[at] === a && chunk[at + 1] === b && chunk[at + 2] === c && chunk[at + 3] === d) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let position = 0; position < this.count; position += 1) {
      const chunk = this.chunks[Math.floor(position / CHUNK_ENTRIES)]!;
      const at = (position % CHUNK_ENTRIES) * WORDS;
      let slot = hash(chunk[at]!, chunk[at + 1]!, chunk[at + 2]!, chunk[at + 3]!) & mask;
      while (this.slots[slot] !== 0) {
        slot = (slot + 1) & mask;
      }
      this.slots[slot] = position + 1;
    }
  }
}

function word(id: Uint8Array, at: number): number {
  return (id[at]! | (id[at + 1]! << 8) | (id[at + 2]! << 16) | (id[at + 3]! << 24)) >>> 0;
}

function hash(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(a, MIX[0]!) ^ Math.imul(b, MIX[1]!) ^ Math.imul(c, MIX[2]!) ^ Math.imul(d, MIX[3]!);
  // The low bits of a product depend on the low bits of the factors only.
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
