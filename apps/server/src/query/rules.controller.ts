import { Controller, Get, Inject, Req } from '@nestjs/common';
import { floorTime } from '@tidewatch/core';
import { burnRate, type SloDefinition, type SloVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../evaluate/rule-project.js';
import { sliceKeyOf } from '../evaluate/slice-key.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

const MINUTE_MS = 60_000;
const SLICE_MS = 10_000;
/** The trend shows the last hour up to now, one point a minute, each the burn rate over the five minutes before it. */
const TREND_POINTS = 60;
const TREND_WINDOW_MS = 5 * MINUTE_MS;

/** One SLO as the console shows it. */
export interface SloView {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
  readonly runbook: string;
  readonly target: number;
  readonly sli: string;
  readonly periodMs: number;
  readonly verdict: (SloVerdict & { readonly evaluatedAt: number }) | null;
  readonly trend: readonly { readonly at: number; readonly burn: number | null }[];
}

/** `GET /api/v1/slos`: the objectives in force with what evaluation last said of each. */
@Controller('api/v1')
export class RulesController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get('slos')
  async slos(@Req() request: FastifyRequest): Promise<{ items: SloView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const latest = await this.runtime.store.verdicts.latest(project, 'SLO');
    const byRule = new Map(latest.map((row) => [row.rule, row]));
    const items = await Promise.all(
      this.runtime
        .rules()
        .slos.filter((slo) => projectOfRule(slo) === project)
        .map(async (slo) => sloView(slo, byRule.get(slo.name), await this.trend(project, slo, now))),
    );
    return { items, now };
  }

  private async trend(project: string, slo: SloDefinition, now: number): Promise<SloView['trend']> {
    const to = floorTime(now, SLICE_MS);
    const from = to - TREND_POINTS * MINUTE_MS - TREND_WINDOW_MS;
    const slices = await this.runtime.store.sloSlices.slices(project, sliceKeyOf(slo), SLICE_MS, {
      from,
      to,
    });
    return Array.from({ length: TREND_POINTS }, (_, index) => {
      const at = to - (TREND_POINTS - 1 - index) * MINUTE_MS;
      let good = 0;
      let total = 0;
      for (const slice of slices) {
        if (slice.start >= at - TREND_WINDOW_MS && slice.start < at) {
          good += slice.good;
          total += slice.total;
        }
      }
      return { at, burn: burnRate({ good, total }, slo.target) };
    });
  }
}

function sloView(slo: SloDefinition, row: VerdictRow | undefined, trend: SloView['trend']): SloView {
  return {
    name: slo.name,
    displayName: slo.displayName,
    description: slo.description,
    service: slo.service,
    region: slo.region,
    model: slo.model,
    owner: slo.owner,
    runbook: slo.runbook,
    target: slo.target,
    sli: slo.sli.kind,
    periodMs: slo.periodMs,
    verdict:
      row === undefined
        ? null
        : { ...(JSON.parse(row.document) as SloVerdict), evaluatedAt: row.evaluatedAt },
    trend,
  };
}
