import { ceilTime, errorMessage, floorTime } from '@tidewatch/core';
import { judgeSlo, windowsOf, type SloDefinition, type SloVerdict } from '@tidewatch/slo';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { projectOfRule } from './rule-project.js';
import { sloSignals } from './signals.js';
import { sliceKeyOf } from './slice-key.js';
import { sloVerdictRow } from './verdict-rows.js';
import type { Signal } from '@tidewatch/alerts';

/** Slices are the finest grain of good and total counts. */
export const SLICE_MS = 10_000;

/** An unchanged verdict is written again after this long, so that a reader can tell "still so" from "nobody looked". */
const REWRITE_AFTER_MS = 300_000;

/** Where the events that SLOs count are stored. */
const POINT_TABLES = ['metric_points', 'metric_histograms'];

/** What an evaluator remembers of an SLO between rounds. Losing it costs one extra recomputation and one extra row. */
interface Memory {
  /** The latest verdict; tiers that are not due keep their state from it. */
  judged?: SloVerdict;
  /** Window end of the last round that judged tickets too. */
  ticketsJudgedUntil?: number;
  written?: SloVerdict;
  writtenAt?: number;
  /** Until when stored batches have been folded into slices. */
  foldedUntil?: number;
}

/**
 * Judges every SLO: brings its slices up to date, adds them up over the windows of its tiers, and decides.
 *
 * A tier is judged when its own period has passed (page tiers every 10 s, tickets every 30 s by default); between two
 * judgements it keeps its last state.
 */
export class SloEvaluator {
  private readonly store: Store;
  private readonly logger: Logger;
  private readonly memory = new Map<string, Memory>();

  constructor(store: Store, logger: Logger) {
    this.store = store;
    this.logger = logger;
  }

  /**
   * Evaluates all SLOs at `now` over windows that end at `windowEnd`, and returns the signals for alerting. A failing SLO
   * does not stop the others. Data that comes later reopens its slice: the next round recomputes what it touched.
   */
  async evaluate(slos: readonly SloDefinition[], now: number, windowEnd: number): Promise<Signal[]> {
    const signals: Signal[] = [];
    for (const slo of slos) {
      const memory = this.memoryOf(slo);
      try {
        const verdict = await this.judge(slo, memory, now, windowEnd);
        signals.push(...sloSignals(slo, verdict, now));
        if (isWorthWriting(memory, verdict, now)) {
          // After its signals: a verdict that cannot be written must not hold back a page.
          await this.store.verdicts.write(projectOfRule(slo), [sloVerdictRow(slo, verdict, now)]);
          memory.written = verdict;
          memory.writtenAt = now;
        }
      } catch (error) {
        this.logger.error({ slo: slo.name, error: errorMessage(error) }, 'an SLO could not be evaluated');
      }
    }
    return signals;
  }

  /** An SLO that counts something else than before starts with an empty memory. */
  private memoryOf(slo: SloDefinition): Memory {
    const key = sliceKeyOf(slo).slo;
    const memory = this.memory.get(key) ?? {};
    this.memory.set(key, memory);
    return memory;
  }

  private async judge(
    slo: SloDefinition,
    memory: Memory,
    now: number,
    windowEnd: number,
  ): Promise<SloVerdict> {
    await this.refreshSlices(slo, memory, now);
    const windows = [...new Set([...windowsOf(slo), slo.periodMs])];
    const counts = await this.store.sloSlices.sums(
      projectOfRule(slo),
      sliceKeyOf(slo),
      windowEnd,
      windows,
      now,
    );
    const period = counts.get(slo.periodMs) ?? { good: 0, total: 0 };
    const ticketEveryMs = Math.min(
      ...slo.tiers.map((tier) => (tier.severity === 'ticket' ? tier.everyMs : Infinity)),
    );
    // By window ends: the rounds themselves come up to a second early or late.
    const ticketsDue = windowEnd - (memory.ticketsJudgedUntil ?? 0) >= ticketEveryMs;
    const verdict = judgeSlo({
      slo,
      group: '',
      counts,
      period,
      windowEnd,
      evaluate: ticketsDue ? 'all' : 'page',
      previous: memory.judged,
    });
    memory.judged = verdict;
    memory.ticketsJudgedUntil = ticketsDue ? windowEnd : memory.ticketsJudgedUntil;
    return verdict;
  }

  /** Recomputes the slices that data stored since the last round has touched; all of the period the first time. */
  private async refreshSlices(slo: SloDefinition, memory: Memory, now: number): Promise<void> {
    const { sloSlices, ingest } = this.store;
    const project = projectOfRule(slo);
    const key = sliceKeyOf(slo);
    const oldest = now - slo.periodMs;
    // After a restart the last computed slice tells where the previous process stopped looking.
    const foldedUntil = memory.foldedUntil ?? (await sloSlices.lastComputed(project, key));
    const touched = await ingest.touchedSince(project, POINT_TABLES, foldedUntil ?? oldest);
    // Slices without data are computed too, once there is any: silence differs from "not looked at yet".
    const from = Math.max(oldest, Math.min(touched?.from ?? now, foldedUntil ?? now));
    await sloSlices.recompute(
      project,
      key,
      slo.sli,
      { from: floorTime(from, SLICE_MS), to: ceilTime(now, SLICE_MS) },
      now,
    );
    memory.foldedUntil = now;
  }
}

function isWorthWriting(memory: Memory, verdict: SloVerdict, now: number): boolean {
  return (
    memory.written === undefined ||
    now - (memory.writtenAt ?? 0) >= REWRITE_AFTER_MS ||
    differs(memory.written, verdict)
  );
}

/** Whether a reader would see a difference: a state, a burn rate by more than 5 %, or the budget by 0.1 points. */
function differs(before: SloVerdict, after: SloVerdict): boolean {
  if (before.state !== after.state || moved(before.budgetRemaining, after.budgetRemaining, 0.001, 0)) {
    return true;
  }
  return after.tiers.some((tier, index) => {
    const old = before.tiers[index];
    return (
      old === undefined ||
      old.state !== tier.state ||
      moved(old.longBurn, tier.longBurn, 0.01, 0.05) ||
      moved(old.shortBurn, tier.shortBurn, 0.01, 0.05)
    );
  });
}

function moved(before: number | null, after: number | null, absolute: number, relative: number): boolean {
  if (before === null || after === null) {
    return before !== after;
  }
  return Math.abs(after - before) > Math.max(absolute, relative * Math.abs(before));
}
