import type { RawInput } from '../inputs/raw-input.js';

/** How much may wait. */
export interface QueueLimits {
  readonly inputs: number;
  readonly bytes: number;
}

/** A batch is sent before it has all its inputs when these are large. */
const BATCH_BYTES = 64 * 2 ** 20;

/** An input that waits, for a caller. */
export interface QueuedInput<Caller> {
  readonly input: RawInput;
  readonly caller: Caller;
  /** Which of the caller's inputs it is. */
  readonly index: number;
  /** When it began to wait, in milliseconds. */
  readonly since: number;
}

/** Inputs of all callers, in the order in which they came, and no more than the limits allow. */
export class RawInputQueue<Caller> {
  private readonly limits: QueueLimits;
  private waiting: QueuedInput<Caller>[] = [];
  private bytes = 0;

  constructor(limits: QueueLimits) {
    this.limits = limits;
  }

  get length(): number {
    return this.waiting.length;
  }

  /** When the first that waits began to, or `null` when none does. */
  get oldest(): number | null {
    return this.waiting[0]?.since ?? null;
  }

  /** Whether `inputs` fit beside what waits (`now`), or would if nothing did (`ever`). */
  fits(inputs: readonly RawInput[]): 'now' | 'later' | 'never' {
    const bytes = bytesOf(inputs);
    const { inputs: most, bytes: mostBytes } = this.limits;
    if (inputs.length > most || bytes > mostBytes) {
      return 'never';
    }
    return this.waiting.length + inputs.length <= most && this.bytes + bytes <= mostBytes ? 'now' : 'later';
  }

  add(inputs: readonly RawInput[], caller: Caller, since: number): void {
    inputs.forEach((input, index) => this.waiting.push({ input, caller, index, since }));
    this.bytes += bytesOf(inputs);
  }

  /** Whether a batch of `size` is there, or one that is full by its bytes. */
  hasBatch(size: number): boolean {
    return this.waiting.length >= size || this.bytes >= BATCH_BYTES;
  }

  /** Takes the oldest `size` inputs, or fewer when they are large. */
  take(size: number): QueuedInput<Caller>[] {
    let bytes = 0;
    let count = 0;
    for (const { input } of this.waiting.slice(0, size)) {
      bytes += input.data.byteLength;
      if (count > 0 && bytes > BATCH_BYTES) {
        break;
      }
      count++;
    }
    const taken = this.waiting.splice(0, count);
    this.bytes -= bytesOf(taken.map(({ input }) => input));
    return taken;
  }

  /** Removes the inputs of a caller. */
  remove(caller: Caller): void {
    this.waiting = this.waiting.filter((each) => each.caller !== caller);
    this.bytes = bytesOf(this.waiting.map(({ input }) => input));
  }

  /** Removes all, and gives their callers. */
  clear(): Set<Caller> {
    const callers = new Set(this.waiting.map(({ caller }) => caller));
    this.waiting = [];
    this.bytes = 0;
    return callers;
  }
}

function bytesOf(inputs: readonly RawInput[]): number {
  return inputs.reduce((sum, { data }) => sum + data.byteLength, 0);
}
