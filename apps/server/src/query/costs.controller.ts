import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { AppError, errorMessage, type TimeRange } from '@tidewatch/core';
import {
  COST_DIMENSIONS,
  sumBy,
  wholeSteps,
  type CostDimension,
  type CostModel,
  type CostReport,
  type CostVerdict,
} from '@tidewatch/slo';
import type { FastifyRequest } from 'fastify';
import { readCosts } from '../evaluate/metric/read-costs.js';
import { projectOfRule } from '../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf, timeParameter } from './api-request.js';

/** What a cost model says about a range, and what its guardrail says now. */
export interface CostView extends CostReport {
  readonly name: string;
  readonly description: string;
  readonly service: string;
  readonly model: string;
  readonly owner: string;
  readonly currency: string;
  readonly guardrail: CostModel['guardrail'];
  /** Of the guardrail's window; `null` before the first evaluation. */
  readonly verdict: CostVerdict | null;
  /** Why there are no numbers; `null` when there are. */
  readonly error: string | null;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** `GET /api/v1/costs`: what inferences cost, by model, version, region and execution provider. */
@Controller('api/v1/costs')
export class CostsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Of the last day unless times are given; put together by the dimensions in `by`, all of them unless some are named. */
  @Get()
  async costs(
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: CostView[]; range: TimeRange; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const range = rangeOf(query, now);
    const by = dimensionsOf(query['by']);
    const models = this.runtime.rules().costModels.filter((costs) => projectOfRule(costs) === project);
    const items: CostView[] = [];
    for (const costs of models) {
      items.push(await this.view(project, costs, { range, by, now }));
    }
    return { items, range, now };
  }

  private async view(
    project: string,
    costs: CostModel,
    {
      range,
      by,
      now,
    }: { readonly range: TimeRange; readonly by: readonly CostDimension[]; readonly now: number },
  ): Promise<CostView> {
    const { store } = this.runtime;
    const [row] = await store.verdicts.latest(project, costs.kind, {
      rule: costs.name,
      since: now - DAY_MS - costs.everyMs,
    });
    const { name, description, service, model, owner, currency, guardrail } = costs;
    const about = {
      ...{ name, description, service, model, owner, currency, guardrail },
      verdict: row === undefined ? null : (JSON.parse(row.document) as CostVerdict),
    };
    try {
      const { total, rows } = await readCosts(store.metricQueries, project, costs, range);
      return { ...about, total, rows: sumBy(rows, by), error: null };
    } catch (error) {
      // One model that names the wrong kind of metric must not hide what the others cost.
      const total = { cost: 0, inferences: 0, perThousand: null };
      return { ...about, total, rows: [], error: errorMessage(error) };
    }
  }
}

function rangeOf(query: Readonly<Record<string, string | undefined>>, now: number): TimeRange {
  const to = timeParameter(query['to'], 'to') ?? now;
  const from = timeParameter(query['from'], 'from') ?? to - DAY_MS;
  if (!(from < to) || to - from > MOST_DAYS * DAY_MS) {
    throw new AppError({
      code: 'request.invalid',
      message: 'The range of costs is empty or too long.',
      hint: `"from" must be before "to", and at most ${MOST_DAYS} days before it.`,
    });
  }
  return wholeSteps({ from, to });
}

function dimensionsOf(by: string | undefined): readonly CostDimension[] {
  if (by === undefined || by === '') {
    return COST_DIMENSIONS;
  }
  const names = by.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !COST_DIMENSIONS.some((dimension) => dimension === name));
  if (unknown !== undefined) {
    throw new AppError({
      code: 'request.invalid',
      message: `The parameter by names "${unknown.slice(0, 40)}".`,
      hint: `It must be a list of ${COST_DIMENSIONS.join(', ')}.`,
    });
  }
  return COST_DIMENSIONS.filter((dimension) => names.includes(dimension));
}
