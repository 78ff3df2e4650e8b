import type { RowBlock, SealedBatch } from '@tidewatch/core';
import type { MetricBatch } from '@tidewatch/otlp';
import type { Store } from '@tidewatch/store';

let nextToken = 0;

/** Stores blocks at once, each as a batch of its own, the way the journal would: inserted in order, then announced. */
export async function storeBlocks(
  store: Store,
  blocks: readonly RowBlock[],
  project = 'default',
): Promise<void> {
  const batches = blocks.map((block) => sealedBatch([block], project));
  for (const batch of batches) {
    await store.ingest.sink.insert(batch);
  }
  await store.ingest.sink.announce(batches);
}

/** Blocks of one layout and day as one batch, under a token of its own unless one is given. */
export function sealedBatch(
  blocks: readonly RowBlock[],
  project = 'default',
  token = `test:${process.pid}:${Date.now().toString(36)}:${nextToken++}`,
): SealedBatch {
  const [first] = blocks;
  if (first === undefined) {
    throw new Error('A batch has at least one block.');
  }
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  return {
    token,
    layout: first.layout,
    day: first.day,
    rows,
    parts: [
      {
        project,
        rows,
        minTime: Math.min(...blocks.map(({ minTime }) => minTime)),
        maxTime: Math.max(...blocks.map(({ maxTime }) => maxTime)),
        bytes: blocks.map(({ bytes }) => bytes),
      },
    ],
  };
}

/** Blocks of several projects, sealed as the journal would: one batch per layout and day, in the order of the first. */
export function sealByLayoutAndDay(
  blocks: readonly { readonly project: string; readonly block: RowBlock }[],
): SealedBatch[] {
  const batches = new Map<string, SealedBatch>();
  for (const { project, block } of blocks) {
    const key = `${block.layout}:${block.day}`;
    const single = sealedBatch([block], project);
    const known = batches.get(key);
    batches.set(
      key,
      known === undefined
        ? single
        : { ...known, rows: known.rows + single.rows, parts: [...known.parts, ...single.parts] },
    );
  }
  return [...batches.values()];
}

/** Encodes and stores a decoded metrics request. */
export function storeMetrics(store: Store, project: string, batch: MetricBatch): Promise<void> {
  return storeBlocks(store, store.metrics.encode(project, batch), project);
}
