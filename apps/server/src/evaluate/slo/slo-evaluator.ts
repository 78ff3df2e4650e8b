import type { Signal } from '@tidewatch/alerts';
import { errorMessage } from '@tidewatch/core';
import { decideSlo, inWords, notEvaluable, type SloDecision, type SloDefinition } from '@tidewatch/slo';
import type { Store, VerdictRow } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { SloGauges } from '../../telemetry/slo-gauges.js';
import { projectOfRule } from '../rule-project.js';
import { sloVerdictRow } from '../verdict-rows.js';
import { BudgetSteps } from './budget-steps.js';
import { differs, turned } from './decision-change.js';
import { groupBy } from './group-by.js';
import { ProjectSlos } from './project-slos.js';
import { SelfChecks } from './self-checks.js';
import { faultWords } from './slo-ledger.js';
import { sloOfMember, sloSignals } from './slo-signals.js';
import type { SloState } from './slo-state.js';

/** An unchanged verdict is written again after this long, so that a reader can tell "still so" from "nobody looked". */
const REWRITE_AFTER_MS = 300_000;

/** Numbers that moved are written this often at most: with thousands of groups some burn rate moves in every round. */
const NUMBERS_AFTER_MS = 60_000;

/** What an evaluator remembers of one group of an SLO between rounds. Losing it costs one extra row. */
interface Memory {
  /** The latest decision; tiers that are not due keep their state from it. */
  decision?: SloDecision;
  /** Window end of the last round that judged tickets too. */
  ticketsJudgedUntil: number;
  written?: SloDecision;
  writtenAt: number;
  /** Since when it cannot be judged. */
  silentSince: number | null;
  readonly steps: BudgetSteps;
}

/** What a round is given besides the SLOs. */
export interface SloRound {
  readonly now: number;
  /** Until when data is complete. */
  readonly horizon: number;
  /** Whether data has stopped coming in. */
  readonly stale: boolean;
  /** Members of incidents that are open, or may open. */
  readonly isMember: (member: string) => boolean;
  /** What the `and` conditions of an SLO's tiers say, by tier. */
  readonly conditions: (slo: SloDefinition, group: string) => ReadonlyMap<string, boolean | null>;
  /** Kind of the monitor of a name, for SLOs over verdicts. */
  readonly monitorKind?: (name: string) => string | undefined;
}

/** What the evaluator needs of the store. */
export type EvaluatorStore = Pick<
  Store,
  'sloSlices' | 'sliMetrics' | 'sliEvents' | 'ingest' | 'verdicts' | 'corrections'
>;

/**
 * Judges every SLO: keeps the sums over its windows up to date, decides, writes verdicts and yields signals.
 *
 * A tier is judged when its own period has passed (page tiers every 10 s, tickets every 30 s by default); between two
 * judgements it keeps its last state.
 */
export class SloEvaluator {
  private readonly store: EvaluatorStore;
  private readonly logger: Logger;
  private readonly gauges: SloGauges;
  private readonly projects = new Map<string, ProjectSlos>();
  private readonly memory = new Map<string, Memory>();
  private readonly checks: SelfChecks;
  private gauged = new Set<string>();
  private spread = 0;
  /** What was spent of each budget by the last verdicts of the process before this one. */
  private readonly spentBefore = new Map<string, number>();

  constructor(store: EvaluatorStore, logger: Logger, gauges: SloGauges) {
    this.store = store;
    this.logger = logger;
    this.gauges = gauges;
    this.checks = new SelfChecks(store);
  }

  /**
   * Evaluates all SLOs over windows that end at the horizon and returns the signals for alerting. A failing SLO
   * does not stop the others. Data that comes later reopens its slice: the next round counts it again.
   */
  async evaluate(slos: readonly SloDefinition[], round: SloRound): Promise<Signal[]> {
    const signals: Signal[] = [];
    for (const [project, ofProject] of groupBy(slos, projectOfRule)) {
      try {
        signals.push(...(await this.evaluateProject(project, ofProject, round)));
      } catch (error) {
        this.logger.error(
          { project, error: errorMessage(error) },
          'the SLOs of a project could not be evaluated',
        );
      }
    }
    this.forget(slos);
    return signals;
  }

  /** Counts history that is missing or came late, for as long as `until` is not reached. */
  async lookBack(now: number, until: number): Promise<void> {
    for (const project of this.projects.values()) {
      while ((await project.lookBack(now)) && Date.now() < until);
      await this.checks.run(project.project, project.counted(), now);
    }
  }

  /**
   * Whether `member` of an incident speaks for a group of which nothing is left in the windows of its SLO: no round comes to it any more.
   */
  isOfLostGroup(member: string, slos: readonly SloDefinition[]): boolean {
    const found = sloOfMember(member, slos);
    return (
      found !== null &&
      found.group !== '' &&
      this.projects.get(projectOfRule(found.slo))?.hasLost(found.slo, found.group) === true
    );
  }

  private async evaluateProject(
    project: string,
    slos: readonly SloDefinition[],
    round: SloRound,
  ): Promise<Signal[]> {
    const { now } = round;
    const evaluable = slos.filter(isEvaluable);
    const known = this.projects.get(project) ?? (await this.openProject(project, slos));
    const states = evaluable.length === 0 ? [] : await known.update(evaluable, now, round.horizon);
    const corrections = await this.store.corrections.list(project);
    await known.correct(states, corrections, now);
    const signals: Signal[] = [];
    const rows: VerdictRow[] = [];
    for (const slo of slos.filter((each) => !isEvaluable(each))) {
      const note = `its source is of type ${sourceTypes(slo)}, which Tidewatch does not read; write a metricSource of type tidewatch.`;
      const period = { from: round.horizon - slo.periodMs, to: round.horizon };
      this.judged(slo, notEvaluable(slo, round.horizon, period, note), round, { signals, rows });
    }
    for (const state of states) {
      const decisions = [...this.decide(state, known, round)];
      for (const decision of decisions) {
        this.judged(state.slo, decision, round, { signals, rows });
      }
      signals.push(...this.endWhole(state.slo, decisions, round));
    }
    await this.write(project, rows);
    return signals;
  }

  private async openProject(project: string, slos: readonly SloDefinition[]): Promise<ProjectSlos> {
    if (slos.some(({ budgetPolicy }) => budgetPolicy.length > 0)) {
      for (const { rule, subject, budgetRemaining } of await this.store.verdicts.latest(project, 'SLO')) {
        if (budgetRemaining !== null) {
          this.spentBefore.set(memoryName(rule, subject), 1 - budgetRemaining);
        }
      }
    }
    const opened = new ProjectSlos(this.store, project);
    this.projects.set(project, opened);
    return opened;
  }

  private *decide(state: SloState, known: ProjectSlos, round: SloRound): Generator<SloDecision> {
    const { slo } = state;
    // Before the first group of an SLO comes, all of its traffic is judged as one.
    const groups = state.groups().length === 0 ? [''] : state.groups();
    if (state.fault !== null || state.end === 0) {
      const words = state.fault === null ? 'its events have not been counted yet.' : faultWords(state.fault);
      const period = { from: round.horizon - slo.periodMs, to: round.horizon };
      const decision = notEvaluable(slo, round.horizon, period, words);
      yield* groups.map((group) => ({ ...decision, group }));
      return;
    }
    const health = this.checks.notesOf(state, known);
    for (const group of groups) {
      const memory = this.memoryOf(state, group);
      const ticketEveryMs = Math.min(
        ...slo.tiers.map((tier) => (tier.severity === 'ticket' ? tier.everyMs : Infinity)),
      );
      // By window ends: the rounds themselves come up to a second early or late.
      const ticketsDue = state.end - memory.ticketsJudgedUntil >= ticketEveryMs;
      memory.ticketsJudgedUntil = ticketsDue ? state.end : memory.ticketsJudgedUntil;
      yield decideSlo({
        slo,
        group,
        ...state.evidence(group),
        conditions: round.conditions(slo, group),
        stale: round.stale,
        evaluate: ticketsDue ? 'all' : 'page',
        previous: memory.decision,
        health,
      });
    }
  }

  private judged(
    slo: SloDefinition,
    decision: SloDecision,
    round: SloRound,
    into: { signals: Signal[]; rows: VerdictRow[] },
  ): void {
    const { now } = round;
    const memory = this.memoryOf({ slo }, decision.group);
    memory.decision = decision;
    memory.silentSince = isSilent(decision) ? (memory.silentSince ?? now) : null;
    const { silentSince } = memory;
    const reachedAt = memory.steps.at(slo, decision.budgetRemaining, now);
    into.signals.push(...sloSignals(slo, decision, { ...signalContext(round), silentSince, reachedAt }));
    this.gauges.update(slo, decision);
    this.gauged.add(slo.name);
    const { written } = memory;
    const age = now - memory.writtenAt;
    if (
      written === undefined ||
      turned(written, decision) ||
      age >= REWRITE_AFTER_MS ||
      (age >= NUMBERS_AFTER_MS && differs(written, decision))
    ) {
      into.rows.push(sloVerdictRow(slo, inWords(slo, decision), now));
      // The first time spread over a minute: thousands of groups must not all be due in the same round again.
      memory.writtenAt = written === undefined ? now - (this.spread++ % 6) * 10_000 : now;
      memory.written = decision;
    }
  }

  /**
   * Once there are groups nothing is said of all traffic any more: what was said of its absence is over. That is said for as long as an
   * incident knows of it: once is not enough, for a member has to be ok for a while, and may be from before a restart.
   */
  private endWhole(slo: SloDefinition, [first]: readonly SloDecision[], round: SloRound): Signal[] {
    if (slo.groupBy === null || first === undefined || first.group === '') {
      return [];
    }
    this.memory.delete(memoryName(slo.name, ''));
    const whole = { ...first, group: '', tiers: [] };
    const context = { ...signalContext(round), silentSince: null, reachedAt: new Map<string, number>() };
    return sloSignals({ ...slo, budgetPolicy: [] }, whole, context);
  }

  /** After the decisions are in memory: a verdict that cannot be written must not hold back a page. */
  private async write(project: string, rows: readonly VerdictRow[]): Promise<void> {
    if (rows.length === 0) {
      return;
    }
    try {
      await this.store.verdicts.write(project, rows);
    } catch (error) {
      this.logger.error({ project, error: errorMessage(error) }, 'verdicts on SLOs could not be written');
      for (const row of rows) {
        delete this.memory.get(memoryName(row.rule, row.subject))?.written;
      }
    }
  }

  private memoryOf({ slo }: { readonly slo: SloDefinition }, group: string): Memory {
    const name = memoryName(slo.name, group);
    const known = this.memory.get(name);
    if (known !== undefined) {
      return known;
    }
    const steps = new BudgetSteps(this.spentBefore.get(memoryName(slo.name, group)) ?? 0);
    const memory = { ticketsJudgedUntil: 0, writtenAt: 0, silentSince: null, steps };
    this.memory.set(name, memory);
    return memory;
  }

  private forget(slos: readonly SloDefinition[]): void {
    const names = new Set(slos.map(({ name }) => name));
    for (const name of [...this.gauged].filter((each) => !names.has(each))) {
      this.gauges.remove(name);
      this.gauged.delete(name);
    }
    for (const name of this.memory.keys()) {
      if (!names.has(name.split('\n')[0] ?? '')) {
        this.memory.delete(name);
      }
    }
    const projects = new Set(slos.map(projectOfRule));
    for (const project of this.projects.keys()) {
      if (!projects.has(project)) {
        this.projects.delete(project);
      }
    }
  }
}

function memoryName(slo: string, group: string): string {
  return `${slo}\n${group}`;
}

function isEvaluable(slo: SloDefinition): boolean {
  return slo.members.every(({ sli }) => sli.kind !== 'foreign');
}

function sourceTypes(slo: SloDefinition): string {
  return [
    ...new Set(slo.members.flatMap(({ sli }) => (sli.kind === 'foreign' ? [sli.sourceType] : []))),
  ].join(' and ');
}

/**
 * Nothing can be said of the tier that would notice first, which is the one with the shortest long window among those that page (among
 * all, where none does); and not because history is still being counted.
 */
function isSilent({ tiers, state, frozenBecause }: SloDecision): boolean {
  if (frozenBecause === 'coverage') {
    return false;
  }
  const pages = tiers.filter(({ severity }) => severity === 'page');
  const [first] = (pages.length > 0 ? pages : [...tiers]).sort((a, b) => a.longMs - b.longMs);
  return first === undefined ? state === 'frozen' : first.state === 'frozen' && first.longBurn === null;
}

function signalContext({ now, isMember, monitorKind }: SloRound) {
  return { now, isMember, ...(monitorKind === undefined ? {} : { monitorKind }) };
}
