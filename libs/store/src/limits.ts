/**
 * Bounds that every engine query carries. They are constants because a wrong value breaks the promise "answers stay
 * fast while queries run", and nobody running Tidewatch can judge them better than the benchmark that fixed them.
 */

/** Engine queries at once. chDB runs each on a libuv thread and the launcher grants 16: fdatasync keeps 12. */
export const ENGINE_SLOTS = 4;

/** Reads at once: one slot stays free for writes, so that an ingest answer never waits for a slow query. */
export const READ_SLOTS = 3;

/** Longest a read may run, unless its caller asks for less or more. Below every evaluation period of minutes. */
export const READ_TIMEOUT_MS = 30_000;

/** Longest an insert or a migration statement may run. A disk slower than this is broken, not busy. */
export const WRITE_TIMEOUT_MS = 60_000;

/** Longest a query waits for a free slot before its caller is told to come back. */
export const SLOT_WAIT_MS = 30_000;

/** Memory of one read: three of them fit a laptop with 8 GiB beside the process and the page cache. */
export const READ_MEMORY_BYTES = 1_500_000_000;

/** Memory of one insert: a block of 1,000,000 rows or 64 MiB, its sorted copy, and its compressed parts. */
export const WRITE_MEMORY_BYTES = 1_000_000_000;

/** Threads of one read. More would let three reads take every core from the ingest path of a small machine. */
export const READ_THREADS = 2;

/** Rows and bytes of one insert. ClickHouse writes up to 1,048,449 rows as one block, hence as one atomic part. */
export const MAX_BLOCK_ROWS = 1_000_000;
export const MAX_BLOCK_BYTES = 64 * 1024 * 1024;

/** Largest result accepted from a read, in rows; a query that exceeds it is a mistake and fails. */
export const MAX_RESULT_ROWS = 1_000_000;
