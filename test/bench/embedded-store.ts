import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

/**
 * The store on the embedded engine with data of its own, for the time of `work`; the data is removed afterwards.
 *
 * @param onStatement is told of every statement by its tag
 */
export async function withEmbeddedStore<R>(
  work: (backend: OpenBackend) => Promise<R>,
  onStatement?: (tag: string) => void,
): Promise<R> {
  const embedded = STORE_BACKENDS.find(({ name }) => name === 'embedded');
  if (embedded === undefined) {
    throw new Error('The harness has no embedded engine.');
  }
  const backend = await embedded.open(onStatement);
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
}

/** Bytes of a table's active parts on disk, indexes and marks included, per row. */
export async function bytesPerRow(backend: OpenBackend, tables: readonly string[]): Promise<number> {
  const [row] = await backend.raw(
    `SELECT sum(bytes_on_disk) / sum(rows) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN (${tables.map((name) => `'${name}'`).join(', ')})`,
  );
  return Number(row?.['bytes']);
}
