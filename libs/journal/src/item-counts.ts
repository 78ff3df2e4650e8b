import type { SignalCounts } from './journal.js';
import { SIGNALS, type Signal } from './ingest-record.js';

/** A number of items for each signal, in the order of {@link SIGNALS}. */
export type ItemCounts = number[];

/** No items. */
export function noItems(): ItemCounts {
  return SIGNALS.map(() => 0);
}

/** Adds `more` to `counts` in place. */
export function addItems(counts: ItemCounts, more: readonly number[]): void {
  for (let i = 0; i < counts.length; i += 1) {
    counts[i]! += more[i]!;
  }
}

/** By name, without zeros: for people and files. */
export function namedItems(counts: readonly number[]): Partial<Record<Signal, number>> {
  return Object.fromEntries(SIGNALS.flatMap((signal, i) => (counts[i]! > 0 ? [[signal, counts[i]!]] : [])));
}

/** The opposite of {@link namedItems}. */
export function itemsOfNames(named: Readonly<Partial<Record<Signal, number>>>): ItemCounts {
  return SIGNALS.map((signal) => named[signal] ?? 0);
}

/**
 * Where every item is. Each method moves items between the columns; `pending` is kept and not computed, so that a check
 * of `received = stored + rejected + duplicate + pending` can fail.
 */
export class ItemLedger {
  private readonly received = noItems();
  private readonly stored = noItems();
  private readonly rejected = noItems();
  private readonly duplicate = noItems();
  private readonly pending = noItems();
  private readonly deadLettered = noItems();

  /** Items became durable, now or in an earlier process. */
  accept(items: readonly number[]): void {
    addItems(this.received, items);
    addItems(this.pending, items);
  }

  /** As {@link accept}, for one signal. */
  acceptOne(signal: number, items: number): void {
    this.received[signal]! += items;
    this.pending[signal]! += items;
  }

  reject(signal: Signal, items: number): void {
    const index = SIGNALS.indexOf(signal);
    this.received[index]! += items;
    this.rejected[index]! += items;
  }

  repeat(signal: Signal, items: number): void {
    const index = SIGNALS.indexOf(signal);
    this.received[index]! += items;
    this.duplicate[index]! += items;
  }

  store(items: readonly number[]): void {
    this.leavePending(items);
    addItems(this.stored, items);
  }

  /** Accepted items that cannot be stored any more: unreadable on disk, or a dropped dead letter. */
  lose(items: readonly number[]): void {
    this.leavePending(items);
    addItems(this.rejected, items);
  }

  /** Accepted items are put aside; they stay pending. */
  putAside(items: readonly number[]): void {
    addItems(this.deadLettered, items);
  }

  /** Opposite of {@link putAside}. */
  takeBack(items: readonly number[]): void {
    addItems(
      this.deadLettered,
      items.map((count) => -count),
    );
  }

  counts(): Record<Signal, SignalCounts> {
    return Object.fromEntries(
      SIGNALS.map((signal, i) => [
        signal,
        {
          received: this.received[i]!,
          stored: this.stored[i]!,
          rejected: this.rejected[i]!,
          duplicate: this.duplicate[i]!,
          pending: this.pending[i]!,
          deadLettered: this.deadLettered[i]!,
        },
      ]),
    ) as Record<Signal, SignalCounts>;
  }

  private leavePending(items: readonly number[]): void {
    addItems(
      this.pending,
      items.map((count) => -count),
    );
  }
}
