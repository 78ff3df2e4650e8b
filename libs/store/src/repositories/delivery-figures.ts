import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';

/** What {@link DeliveryFiguresRepository.over} counts. Times in milliseconds. */
export interface DeliveryFiguresQuery {
  /** End of every window, since the epoch. */
  readonly now: number;
  /** Lengths of the windows. */
  readonly windowsMs: readonly number[];
  /** How long after it was due the first attempt of a page is in time. */
  readonly withinMs: number;
}

/** How messages that were due in one window fared, of one receiver or of all. */
export interface DeliveryFigures {
  readonly windowMs: number;
  /** Empty for all receivers together. */
  readonly receiver: string;
  /**
   * Messages of the severity page that open or update, as far as they can be judged: attempted, or due for longer than
   * the time that is allowed. What was overtaken by a newer message within that time is not counted.
   */
  readonly pages: number;
  /** Pages whose first attempt was made in time. */
  readonly pagesOnTime: number;
  /** From being due to the first attempt, or to now where there was none; `null` without pages. */
  readonly worstMs: number | null;
  /** Of the same time: the value at index floor(p × n) of the n sorted ones. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Messages of any severity and kind that were due and were not overtaken in time. */
  readonly messages: number;
  readonly delivered: number;
  /** Messages that will not be delivered: the dead letters. */
  readonly rejected: number;
}

/** Tells how well messages reach people. */
export interface DeliveryFiguresRepository {
  /** Figures of every window and receiver with a message, and of all receivers together (`receiver` empty). */
  over(project: string, query: DeliveryFiguresQuery): Promise<DeliveryFigures[]>;
}

/** A message may be due this long after the change that asked for it: a wait, never more. */
const LONGEST_WAIT_MS = 86_400_000;

/** Opens the repository. */
export function deliveryFiguresRepository(database: Database): DeliveryFiguresRepository {
  return {
    over: async (project, { now, windowsMs, withinMs }) => {
      const from = now - Math.max(...windowsMs);
      const rows = await database.query<FiguresJson>(
        FIGURES,
        { project, now, from, since: from - LONGEST_WAIT_MS, withinMs, windows: windowsMs },
        { tag: 'delivery-figures.over' },
      );
      return rows.map(toFigures);
    },
  };
}

/**
 * One line per message: the intent as it was stored with its change, by the writer with the highest epoch, and what became
 * of it. An attempt without a channel is none: there was nobody to send to.
 */
const MESSAGES = `
  SELECT intents.receiver AS receiver, intents.page AS page, intents.dueAt AS dueAt,
         attempts.firstAt AS firstAt, attempts.outcome AS outcome,
         if(firstAt > 0, greatest(0, firstAt - dueAt), {now:Int64} - dueAt) AS waitMs,
         outcome = 'superseded' AND firstAt = 0 AND attempts.lastAt - dueAt <= {withinMs:Int64} AS overtaken
  FROM (SELECT arrayJoin(JSONExtractArrayRaw(Intents)) AS intent, JSONExtractString(intent, 'id') AS intentId,
               JSONExtractString(intent, 'receiver') AS receiver,
               JSONExtractString(intent, 'severity') = 'page'
                 AND JSONExtractString(intent, 'action') IN ('trigger', 'update') AS page,
               greatest(JSONExtractInt(intent, 'notBefore'), toUnixTimestamp64Milli(At)) AS dueAt
        FROM incident_events FINAL
        WHERE Project = {project:String} AND Intents != '[]'
          AND At >= fromUnixTimestamp64Milli({since:Int64}) AND At <= fromUnixTimestamp64Milli({now:Int64})) AS intents
  LEFT JOIN (SELECT IntentId AS intentId, argMax(Outcome, Attempt) AS outcome,
                    toUnixTimestamp64Milli(max(At)) AS lastAt,
                    ifNull(minOrNullIf(toUnixTimestamp64Milli(At), Outcome = 'started'
                      OR (Outcome IN ('retry', 'delivered', 'rejected') AND Channel != '')), 0) AS firstAt
             FROM notification_events FINAL
             WHERE Project = {project:String}
               AND At >= fromUnixTimestamp64Milli({since:Int64}) AND At <= fromUnixTimestamp64Milli({now:Int64})
             GROUP BY intentId) AS attempts
    ON attempts.intentId = intents.intentId
  WHERE dueAt > {from:Int64} AND dueAt <= {now:Int64} AND NOT overtaken`;

const FIGURES = `
  SELECT windowMs, name AS receiver, countIf(judged) AS pages,
         countIf(judged AND firstAt > 0 AND waitMs <= {withinMs:Int64}) AS pagesOnTime,
         maxIf(waitMs, judged) AS worstMs, quantilesExactIf(0.5, 0.99)(waitMs, judged) AS waits,
         count() AS messages, countIf(outcome = 'delivered') AS delivered, countIf(outcome = 'rejected') AS rejected
  FROM (SELECT arrayJoin({windows:Array(Int64)}) AS windowMs, arrayJoin(['', receiver]) AS name,
               dueAt, firstAt, outcome, waitMs, page AND (firstAt > 0 OR waitMs > {withinMs:Int64}) AS judged
        FROM (${MESSAGES}))
  WHERE dueAt > {now:Int64} - windowMs
  GROUP BY windowMs, receiver
  ORDER BY windowMs, receiver`;

type Counted = 'windowMs' | 'pages' | 'pagesOnTime' | 'worstMs' | 'messages' | 'delivered' | 'rejected';

type FiguresJson = Readonly<Record<Counted, string>> & {
  readonly receiver: string;
  readonly waits: readonly [p50: string, p99: string];
};

function toFigures(row: FiguresJson): DeliveryFigures {
  const pages = toNumber(row.pages);
  const ofPages = (value: string): number | null => (pages === 0 ? null : toNumber(value));
  return {
    windowMs: toNumber(row.windowMs),
    receiver: row.receiver,
    pages,
    pagesOnTime: toNumber(row.pagesOnTime),
    worstMs: ofPages(row.worstMs),
    p50Ms: ofPages(row.waits[0]),
    p99Ms: ofPages(row.waits[1]),
    messages: toNumber(row.messages),
    delivered: toNumber(row.delivered),
    rejected: toNumber(row.rejected),
  };
}
