import type { Database } from '../database.js';
import type { Retention } from '../options.js';
import type { Parameters } from '../parameters.js';
import { VISIBILITY_MS } from '../repositories/ingest.js';
import { toNumber } from '../row-values.js';
import { LOOK_BACK_MS } from '../semantics/increase-sql.js';
import { dueHours } from './due-hours.js';
import type { DueHour } from './due-hours.js';
import { HOUR_LOADS, MONTHLY_SERIES, unitStatements } from './rollup-sql.js';
import { rollupUnits } from './rollup-units.js';
import type { MetricLoad, RollupUnit } from './rollup-units.js';

/** Keeps minutes and hours of number points and histograms, computed from the stored points. */
export interface RollupsRepository {
  /**
   * Rolls up hours that ended before `watermark` and that stored batches touched since they were last rolled up, the
   * oldest first. Whole hours are computed anew from deduplicated points, so that replays change nothing and late points
   * are taken in; an hour that was rolled up is not computed again within five minutes. Costs one small query when there
   * is nothing to do.
   *
   * Stops after about `maxPoints` points, also amid an hour, and goes on there at the next call. Calls run one after the
   * other. Hours whose raw points begin to expire are left as they are.
   *
   * @param now Time of the computation, ms: the later wins.
   * @param watermark Everything that happened before this is stored, ms.
   */
  refresh(now: number, watermark: number, options?: { readonly maxPoints?: number }): Promise<RollupProgress>;
}

/** What a call of {@link RollupsRepository.refresh} did. */
export interface RollupProgress {
  /** Hours, of one project each, that were completed. */
  readonly hours: number;
  /** Points read, about. */
  readonly points: number;
  /** Closed hours that are still due: call again. */
  readonly remaining: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Late points that trickle in must not make an hour be computed again with each of them. */
const RECOMPUTE_AFTER = 300_000;

/** Points per call by default: a few seconds of one core. */
const MAX_POINTS = 50_000_000;

/** Opens the repository. */
export function rollupsRepository(database: Database, retention: Retention): RollupsRepository {
  const rollups = new Rollups(database, retention.rawDays * DAY - DAY);
  let running: Promise<unknown> = Promise.resolve();
  return {
    refresh: (now, watermark, { maxPoints = MAX_POINTS } = {}) => {
      const run = running.then(() => rollups.refresh(now, watermark, maxPoints));
      running = run.catch(() => undefined);
      return run;
    },
  };
}

/** An hour amid its computation. */
interface HourInProgress {
  readonly project: string;
  readonly hour: number;
  readonly rolledAt: number;
  readonly units: RollupUnit[];
}

class Rollups {
  private readonly database: Database;
  private readonly readableMs: number;
  /** Batches stored before this are all in rolled hours. Kept in memory: a restart looks through all batches once. */
  private storedSince = 0;
  private current: HourInProgress | null = null;

  /** @param readableMs Raw points younger than this are certainly all there. */
  constructor(database: Database, readableMs: number) {
    this.database = database;
    this.readableMs = readableMs;
  }

  async refresh(now: number, watermark: number, maxPoints: number): Promise<RollupProgress> {
    let hours = 0;
    let points = 0;
    const due = await this.findDue(now, watermark);
    while (points < maxPoints) {
      this.current ??= await this.begin(due.shift(), now);
      if (this.current === null) {
        break;
      }
      const unit = this.current.units.shift();
      if (unit === undefined) {
        await this.complete(this.current);
        this.current = null;
        hours++;
      } else {
        try {
          await this.rollUp(this.current, unit);
        } catch (error) {
          // Begun again by the next call: the hour is not recorded, hence still due.
          this.current = null;
          throw error;
        }
        points += unit.points;
      }
    }
    return { hours, points: Math.round(points), remaining: due.length + (this.current === null ? 0 : 1) };
  }

  private async findDue(now: number, watermark: number): Promise<DueHour[]> {
    const { hours, lastStored } = await dueHours(this.database, this.storedSince - VISIBILITY_MS);
    const kept = hours.filter(({ hour }) => hour >= now - this.readableMs);
    // What is due but waits must be found again; all else was rolled up after its batches were stored.
    this.storedSince = kept.reduce((least, { firstStored }) => Math.min(least, firstStored), lastStored);
    const { current } = this;
    return kept.filter(
      ({ project, hour, rolledAt }) =>
        hour + HOUR <= watermark &&
        (rolledAt === null || now - rolledAt >= RECOMPUTE_AFTER) &&
        !(current !== null && current.project === project && current.hour === hour),
    );
  }

  private async begin(due: DueHour | undefined, now: number): Promise<HourInProgress | null> {
    if (due === undefined) {
      return null;
    }
    const { project, hour } = due;
    const day = Math.floor(hour / DAY);
    const loads = await this.database.query<Omit<MetricLoad, 'points'> & { points: string }>(
      HOUR_LOADS,
      { project, from: hour, to: hour + HOUR, day },
      { tag: 'rollups.loads' },
    );
    // Labels first: whoever finds a bucket must be able to name it.
    await this.write(MONTHLY_SERIES, { project, day }, 'rollups.series');
    const units = rollupUnits(
      loads.map((load) => ({ ...load, points: toNumber(load.points) }) as MetricLoad),
    );
    return { project, hour, rolledAt: now, units };
  }

  private async rollUp({ project, hour, rolledAt }: HourInProgress, unit: RollupUnit): Promise<void> {
    const { metrics, slices, slice } = unit;
    const chosen = { project, from: hour, to: hour + HOUR, metrics, slices, slice, version: rolledAt };
    const days = {
      firstDay: Math.floor((hour - LOOK_BACK_MS) / DAY),
      lastDay: Math.floor(hour / DAY),
    };
    const [minutes, wholeHour] = unitStatements(unit);
    await this.write(minutes, { ...chosen, ...days }, 'rollups.minutes');
    await this.write(wholeHour, chosen, 'rollups.hour');
  }

  private async complete({ project, hour, rolledAt }: HourInProgress): Promise<void> {
    await this.write(
      `INSERT INTO rollup_hours (Project, Hour, RolledAt)
       SELECT {project:String}, toDateTime(intDiv({hour:Int64}, 1000)), fromUnixTimestamp64Milli({rolledAt:Int64})`,
      { project, hour, rolledAt },
      'rollups.complete',
    );
  }

  private write(sql: string, parameters: Parameters, tag: string): Promise<void> {
    return this.database.insertSelect(sql, parameters, { tag });
  }
}
