import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { AppError, parseDuration, type TimeRange } from '@tidewatch/core';
import { DEFAULT_MARGINS, judgeCanary, type CanaryMargins, type CanaryVerdict } from '@tidewatch/drift';
import type { FastifyRequest } from 'fastify';
import type { CanaryRepository } from '@tidewatch/store';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, projectOf, timeParameter } from './api-request.js';

/** Whose first request is looked for. */
type StartedQuery = Parameters<CanaryRepository['startedAt']>[1];
type QueryParameters = Readonly<Record<string, string | undefined>>;

/** A comparison of two arms, and what was compared. */
export interface CanaryView extends CanaryVerdict {
  readonly model: string;
  readonly control: string;
  readonly candidate: string;
  readonly by: string;
  readonly stratify: string;
  readonly range: TimeRange;
  readonly minimumDurationMs: number;
  readonly alpha: number;
  readonly margins: CanaryMargins;
}

const DAY_MS = 86_400_000;
/** A candidate is looked for this far back where nobody says when it began. */
const LOOK_BACK_MS = 14 * DAY_MS;
const HOUR_MS = 3_600_000;

/** `GET /api/v1/canary`: version against version over the same minutes, valid at every look. */
@Controller('api/v1/canary')
export class CanaryController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async canary(@Req() request: FastifyRequest, @Query() query: QueryParameters): Promise<CanaryView> {
    const project = projectOf(this.runtime, request);
    const model = required(query, 'model');
    const [control, candidate] = [required(query, 'control'), required(query, 'candidate')];
    if (control === candidate) {
      throw invalid('control and candidate are the same.', 'Name two different variants or versions.');
    }
    const by = choiceParameter(query['by'], 'by', ['variant', 'version']);
    const { service = '', region = '', stratify = '', labelSource = '' } = query;
    const population = { model, service, region, where: {} };
    const range = await this.range(project, query, { population, by, arm: candidate });
    const strata = await this.runtime.store.canary.strata(project, {
      ...{ population, range, by, control, candidate, stratify, labelSource },
      maturityMs: durationParameter(query, 'maturity', DAY_MS),
    });
    const input = {
      range,
      margins: marginsOf(query),
      minimumDurationMs: durationParameter(query, 'minimumDuration', HOUR_MS),
      alpha: fraction(query, 'alpha', 0.05),
    };
    const { minimumDurationMs, alpha, margins } = input;
    return {
      ...judgeCanary({ ...input, strata }),
      ...{ model, control, candidate, by, stratify, range, minimumDurationMs, alpha, margins },
    };
  }

  private async range(project: string, query: QueryParameters, about: StartedQuery): Promise<TimeRange> {
    const to = timeParameter(query['to'], 'to') ?? Date.now();
    const from =
      timeParameter(query['from'], 'from') ??
      (await this.runtime.store.canary.startedAt(project, about, { from: to - LOOK_BACK_MS, to })) ??
      to;
    if (from > to) {
      throw invalid('"from" lies after "to".', 'Give a time before the end of the comparison.');
    }
    return { from, to };
  }
}

function marginsOf(query: QueryParameters): CanaryMargins {
  return {
    latency: margin(query, 'latencyMargin', DEFAULT_MARGINS.latency),
    success: margin(query, 'successMargin', DEFAULT_MARGINS.success),
    accuracy: margin(query, 'accuracyMargin', DEFAULT_MARGINS.accuracy),
    drift: margin(query, 'driftMargin', DEFAULT_MARGINS.drift),
  };
}

function margin(query: QueryParameters, name: string, fallback: number): number {
  const text = query[name];
  const value = text === undefined || text === '' ? fallback : Number(text);
  if (!(value >= 0 && Number.isFinite(value))) {
    throw invalid(`The parameter ${name} is "${text?.slice(0, 40)}".`, 'It must be a number of at least 0.');
  }
  return value;
}

function fraction(query: QueryParameters, name: string, fallback: number): number {
  const value = margin(query, name, fallback);
  if (!(value > 0 && value < 1)) {
    throw invalid(`The parameter ${name} is ${value}.`, 'It must lie between 0 and 1.');
  }
  return value;
}

function durationParameter(query: QueryParameters, name: string, fallback: number): number {
  const text = query[name];
  const value = text === undefined || text === '' ? fallback : parseDuration(text);
  if (value === undefined) {
    throw invalid(
      `The parameter ${name} is "${text?.slice(0, 40)}".`,
      'It must be a duration such as 30m or 1d.',
    );
  }
  return value;
}

function required(query: QueryParameters, name: string): string {
  const value = query[name];
  if (value === undefined || value === '') {
    throw invalid(`The parameter ${name} is missing.`, 'A comparison needs model, control and candidate.');
  }
  return value;
}

function invalid(message: string, hint: string): AppError {
  return new AppError({ code: 'request.invalid', message, hint });
}
