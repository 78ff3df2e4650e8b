/** How one process opens the store. Built by the configuration: this library never reads the environment. */
export interface StoreOptions {
  readonly mode: EmbeddedMode | ServerMode;
  /** Absolute or working-directory-relative folder that holds `NNNN_name.sql`. */
  readonly migrationsDir: string;
  readonly retention: Retention;
  /** Name of this process in `ingest_batches` and in deduplication tokens; unique among the running processes. */
  readonly processName: string;
  /**
   * What to do when a ClickHouse server does not answer at start. `fail` (default): throw. `wait`: open all the same; every
   * statement then fails with a retryable error until the server is there and its tables are up to date.
   */
  readonly whenUnreachable?: 'fail' | 'wait';
  /** Is told of every statement by its tag, when it begins: for measuring and for logs. */
  readonly onStatement?: (tag: string) => void;
}

/** ClickHouse inside this process, its files in `dataDir`. Only one process at a time can have a directory open. */
export interface EmbeddedMode {
  readonly kind: 'embedded';
  readonly dataDir: string;
  /** What a second process that finds the directory taken is told: who has it, and where to talk to it. */
  readonly announce: { readonly pid: number; readonly url: string };
}

/** A ClickHouse server, spoken to over HTTP. */
export interface ServerMode {
  readonly kind: 'server';
  /** `http://user:password@host:8123/database`. The password never appears in a message. */
  readonly url: string;
  /** Name of the cluster on which tables are created, replicated. Absent or empty: a single node. */
  readonly cluster?: string;
}

/** Days until a table's old partitions are dropped. Applied when the tables are created. */
export interface Retention {
  /** Raw points and prediction samples. */
  readonly rawDays: number;
  /** Embedding vectors and raw inputs. */
  readonly vectorDays: number;
  /** Hourly slices, incidents, deployments. */
  readonly aggregateDays: number;
}
