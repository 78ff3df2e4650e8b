import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { TimeRange } from '@tidewatch/core';
import type { SloDefinition } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../../runtime.js';
import { projectOf, timeParameter } from '../api-request.js';
import { findSlo, slosOf } from './find-slo.js';
import { currentRows } from './group-verdicts.js';
import { sloDetail, type SloDetail } from './slo-detail.js';
import { gateView, type GateView } from './slo-gate.js';
import { SloHistory, type BudgetView, type StripView } from './slo-history.js';
import { SloTrends } from './slo-trends.js';
import { sloView, type SloView } from './slo-view.js';

const DAY_MS = 86_400_000;
/** Enough for all groups of an SLO, and more than a project has. */
const MOST_ROWS = 20_000;

type Parameters = Readonly<Record<string, string | undefined>>;

/** `GET /api/v1/slos…`: the objectives in force, their verdicts, and the counts behind them. */
@Controller('api/v1/slos')
export class SlosController {
  private readonly runtime: Runtime;
  private readonly trends: SloTrends;
  private readonly history: SloHistory;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.trends = new SloTrends(runtime.store);
    this.history = new SloHistory(runtime.store);
  }

  @Get()
  async slos(@Req() request: FastifyRequest): Promise<{ items: SloView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const slos = slosOf(this.runtime, project);
    const byRule = new Map(slos.map((slo) => [slo.name, [] as VerdictRow[]]));
    for (const row of await this.runtime.store.verdicts.latest(project, 'SLO', { limit: MOST_ROWS })) {
      byRule.get(row.rule)?.push(row);
    }
    const rowsOf = (slo: SloDefinition): VerdictRow[] => byRule.get(slo.name) ?? [];
    const burning = (slo: SloDefinition): boolean => rowsOf(slo).some(({ state }) => state === 'breach');
    const wanted = slos
      .toSorted((a, b) => Number(burning(b)) - Number(burning(a)))
      .map((slo) => ({ slo, group: worstGroup(slo, rowsOf(slo)) }));
    const trends = await this.trends.of(project, wanted, now);
    return { items: slos.map((slo) => sloView(slo, rowsOf(slo), trends.get(slo.name) ?? [])), now };
  }

  @Get(':name')
  async slo(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
  ): Promise<SloDetail & { now: number }> {
    const slo = this.find(request, name);
    const now = Date.now();
    const project = projectOfRule(slo);
    const [rows, corrections] = await Promise.all([
      this.rows(slo),
      this.runtime.store.corrections.list(project),
    ]);
    const trends = await this.trends.of(project, [{ slo, group: worstGroup(slo, rows) }], now);
    const trend = trends.get(slo.name) ?? [];
    return { ...sloDetail(slo, { rows, trend, corrections, now }), now };
  }

  /** The budget over time, of the worst group unless one is named. */
  @Get(':name/budget')
  async budget(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Parameters,
  ): Promise<BudgetView> {
    const slo = this.find(request, name);
    const now = Date.now();
    const asked = query['from'] !== undefined || query['to'] !== undefined;
    const range = asked ? rangeOf(query, now, slo.periodMs) : null;
    return this.history.budget({ slo, group: await this.group(slo, query), range }, now);
  }

  /** The last day slice by slice, of the worst group unless one is named. */
  @Get(':name/minutes')
  async minutes(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Parameters,
  ): Promise<StripView> {
    const slo = this.find(request, name);
    const now = Date.now();
    const range = rangeOf(query, now, DAY_MS);
    return this.history.strip({ slo, group: await this.group(slo, query), range }, now);
  }

  /** Whether releases may go on. */
  @Get(':name/gate')
  async gate(@Req() request: FastifyRequest, @Param('name') name: string): Promise<GateView> {
    const slo = this.find(request, name);
    return gateView(slo, await this.rows(slo), Date.now());
  }

  private find(request: FastifyRequest, name: string): SloDefinition {
    return findSlo(this.runtime, projectOf(this.runtime, request), name);
  }

  private rows(slo: SloDefinition): Promise<VerdictRow[]> {
    return this.runtime.store.verdicts.latest(projectOfRule(slo), 'SLO', {
      rule: slo.name,
      limit: MOST_ROWS,
    });
  }

  private async group(slo: SloDefinition, query: Parameters): Promise<string> {
    return query['group'] ?? (slo.groupBy === null ? '' : worstGroup(slo, await this.rows(slo)));
  }
}

function worstGroup(slo: SloDefinition, rows: readonly VerdictRow[]): string {
  return currentRows(slo, rows)[0]?.subject ?? '';
}

function rangeOf(query: Parameters, now: number, lengthMs: number): TimeRange {
  const to = Math.min(now, timeParameter(query['to'], 'to') ?? now);
  return { from: timeParameter(query['from'], 'from') ?? to - lengthMs, to };
}
