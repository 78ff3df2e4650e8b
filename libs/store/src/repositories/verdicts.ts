import type { TimeRange } from '@tidewatch/core';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { VERDICTS } from './verdict-row.js';
import type { VerdictRow } from './verdict-row.js';

/** Stores and reads what evaluation concluded. */
export interface VerdictsRepository {
  /** Stores verdicts; one with the kind, rule, subject and window end of a stored one replaces it. */
  write(project: string, rows: readonly VerdictRow[]): Promise<void>;
  /** The verdict of the latest window of every rule and subject of a kind, among windows that end after `since`. */
  latest(project: string, kind: string, options?: LatestOptions): Promise<VerdictRow[]>;
  /** Verdicts of one rule, oldest first, of one subject unless it is `null`; the newest `limit` (default 5,000). */
  history(project: string, query: VerdictHistory): Promise<VerdictRow[]>;
}

/** Bounds of {@link VerdictsRepository.latest}. */
export interface LatestOptions {
  /** Default: 24 hours before now. Verdicts are written at least every 5 minutes. */
  readonly since?: number;
  readonly rule?: string;
  /** Default 10,000. */
  readonly limit?: number;
}

/** Which verdicts {@link VerdictsRepository.history} reads. `range` bounds the window ends. */
export interface VerdictHistory {
  readonly kind: string;
  readonly rule: string;
  readonly subject: string | null;
  readonly range: TimeRange;
  readonly limit?: number;
}

const DAY_MS = 86_400_000;

/** Opens the repository. */
export function verdictsRepository(database: Database, writer: BlockWriter): VerdictsRepository {
  return {
    write: (project, rows) =>
      appendRows(
        writer,
        VERDICTS.definition,
        rows.map((row) => ({ ...row, project })),
        (row) => row.windowEnd,
      ),
    latest: async (project, kind, options = {}) => {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${VERDICTS.select} FROM verdicts FINAL
         WHERE Project = {project:String} AND Kind = {kind:String} AND ({rule:String} = '' OR Rule = {rule:String})
           AND WindowEnd > fromUnixTimestamp64Milli({since:Int64})
         ORDER BY Rule, Subject, WindowEnd DESC LIMIT 1 BY Rule, Subject LIMIT {limit:UInt32}`,
        {
          project,
          kind,
          rule: options.rule ?? '',
          since: options.since ?? Date.now() - DAY_MS,
          limit: options.limit ?? 10_000,
        },
        { tag: 'verdicts.latest' },
      );
      return rows.map(VERDICTS.parse);
    },
    history: async (project, { kind, rule, subject, range, limit }) => {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${VERDICTS.select} FROM verdicts FINAL
         WHERE Project = {project:String} AND Kind = {kind:String} AND Rule = {rule:String}
           AND ({anySubject:Bool} OR Subject = {subject:String})
           AND WindowEnd >= fromUnixTimestamp64Milli({from:Int64}) AND WindowEnd < fromUnixTimestamp64Milli({to:Int64})
         ORDER BY WindowEnd DESC, Subject LIMIT {limit:UInt32}`,
        {
          project,
          kind,
          rule,
          anySubject: subject === null,
          subject: subject ?? '',
          from: range.from,
          to: range.to,
          limit: limit ?? 5_000,
        },
        { tag: 'verdicts.history' },
      );
      return rows.map(VERDICTS.parse).reverse();
    },
  };
}
