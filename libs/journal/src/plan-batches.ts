import type { BatchPart, RowBlock, SealedBatch } from '@tidewatch/core';
import { SIGNALS, type IngestRecord } from './ingest-record.js';
import { noItems, type ItemCounts } from './item-counts.js';

/** Largest batch, unless a single block is larger. */
export const BATCH_LIMITS = { rows: 1_000_000, bytes: 64 * 1024 * 1024 } as const;

/** A batch and the items that are stored with it. */
export interface PlannedBatch {
  readonly batch: SealedBatch;
  readonly items: ItemCounts;
}

/** What a segment is turned into. */
export interface BatchPlan {
  /** In the order in which they are to be inserted. */
  readonly batches: readonly PlannedBatch[];
  /** Items of records without rows. */
  readonly itemsWithoutRows: ItemCounts;
}

interface PlacedBlock {
  readonly project: string;
  readonly block: RowBlock;
  readonly signal: number;
  readonly items: number;
}

/**
 * Turns the records of a segment into batches of one layout and one day each: a pure function, so that a replay sends the
 * same rows under the same tokens.
 *
 * Layouts stand in the order of first appearance, except that one which precedes another inside a record precedes it here
 * as well: series written by the last record are still inserted before the points of the first. Within a layout days stand
 * in the order of first appearance, within a day rows in the order of arrival.
 *
 * Which items a batch stores is known exactly only for a whole segment; within a record they are attributed to its last
 * blocks first, one item a row. The shares of a record always add up to its items.
 *
 * @param tokenPrefix `<journal id>:<segment>`; the token of batch n is `<tokenPrefix>:<n>`.
 */
export function planBatches(
  tokenPrefix: string,
  records: readonly IngestRecord[],
  limits: { readonly rows: number; readonly bytes: number } = BATCH_LIMITS,
): BatchPlan {
  const itemsWithoutRows = noItems();
  const layouts = new Map<string, Map<number, PlacedBlock[]>>();
  for (const record of records) {
    const signal = SIGNALS.indexOf(record.signal);
    const shares = itemShares(record);
    itemsWithoutRows[signal]! += shares.without;
    record.blocks.forEach((block, i) => {
      const days = entry(layouts, block.layout, () => new Map<number, PlacedBlock[]>());
      const placed = entry(days, block.day, () => []);
      placed.push({ project: record.project, block, signal, items: shares.perBlock[i]! });
    });
  }
  const batches: PlannedBatch[] = [];
  for (const layout of layoutOrder(records)) {
    for (const [day, blocks] of layouts.get(layout)!) {
      for (const group of split(blocks, limits)) {
        batches.push(makeBatch(`${tokenPrefix}:${batches.length}`, layout, day, group));
      }
    }
  }
  return { batches, itemsWithoutRows };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function itemShares(record: IngestRecord): { perBlock: number[]; without: number } {
  const perBlock = new Array<number>(record.blocks.length).fill(0);
  let rest = record.items;
  for (let i = perBlock.length - 1; i >= 0; i -= 1) {
    perBlock[i] = Math.min(rest, record.blocks[i]!.rows);
    rest -= perBlock[i]!;
  }
  if (perBlock.length === 0) {
    return { perBlock, without: rest };
  }
  perBlock[0]! += rest;
  return { perBlock, without: 0 };
}

/** Layouts by first appearance, each after all that precede it in any record. */
function layoutOrder(records: readonly IngestRecord[]): string[] {
  const predecessors = new Map<string, Set<string>>();
  for (const { blocks } of records) {
    for (let i = 0; i < blocks.length; i += 1) {
      const before = entry(predecessors, blocks[i]!.layout, () => new Set<string>());
      const previous = blocks[i - 1]?.layout;
      if (previous !== undefined && previous !== blocks[i]!.layout) {
        before.add(previous);
      }
    }
  }
  const waiting = [...predecessors.keys()];
  const order: string[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex((layout) =>
      [...predecessors.get(layout)!].every((before) => order.includes(before)),
    );
    // A circle has no right order; first appearance is as good as any, and always the same.
    order.push(...waiting.splice(Math.max(free, 0), 1));
  }
  return order;
}

function split(blocks: readonly PlacedBlock[], limits: { rows: number; bytes: number }): PlacedBlock[][] {
  const groups: PlacedBlock[][] = [];
  let rows = 0;
  let bytes = 0;
  for (const placed of blocks) {
    const current = groups.at(-1);
    const { block } = placed;
    if (
      current === undefined ||
      rows + block.rows > limits.rows ||
      bytes + block.bytes.length > limits.bytes
    ) {
      groups.push([placed]);
      rows = 0;
      bytes = 0;
    } else {
      current.push(placed);
    }
    rows += block.rows;
    bytes += block.bytes.length;
  }
  return groups;
}

function makeBatch(token: string, layout: string, day: number, blocks: readonly PlacedBlock[]): PlannedBatch {
  const items = noItems();
  const parts = new Map<string, BatchPart & { bytes: Uint8Array[] }>();
  let rows = 0;
  for (const { project, block, signal, items: share } of blocks) {
    items[signal]! += share;
    rows += block.rows;
    const before = parts.get(project);
    const bytes = before?.bytes ?? [];
    bytes.push(block.bytes);
    parts.set(project, {
      project,
      rows: (before?.rows ?? 0) + block.rows,
      minTime: Math.min(before?.minTime ?? Infinity, block.minTime),
      maxTime: Math.max(before?.maxTime ?? -Infinity, block.maxTime),
      bytes,
    });
  }
  return { batch: { token, layout, day, rows, parts: [...parts.values()] }, items };
}
