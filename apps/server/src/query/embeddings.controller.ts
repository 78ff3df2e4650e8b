import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { TimeRange } from '@tidewatch/core';
import { describeBaseline, projectVectors, type MonitorOf } from '@tidewatch/drift';
import { matrix } from '@tidewatch/stats';
import type { VectorQuery } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { comparedOrigin, embeddingSides, embeddingStreams } from '../evaluate/embedding/embedding-sides.js';
import { opened, type OpenSpace } from '../evaluate/embedding/vector-streams.js';
import { projectOfRule } from '../evaluate/rule-project.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf, timeParameter } from './api-request.js';
import { findMonitorOf, notFound } from './find-monitor.js';

/** Points of each side in the picture. */
const POINTS = 400;

/** A window beside its baseline in the two directions in which the baseline varies most. */
export interface ProjectionView {
  readonly embedding: string;
  readonly window: TimeRange;
  readonly baseline: string;
  /** Points shown. */
  readonly n: number;
  readonly m: number;
  readonly reference: readonly (readonly [number, number])[];
  readonly current: readonly (readonly [number, number])[];
  readonly clusters: readonly {
    readonly cluster: number;
    readonly x: number;
    readonly y: number;
    /** Shares of the points shown. */
    readonly share: number;
    readonly referenceShare: number;
  }[];
  /** Share of the variance of the baseline's points along each axis. */
  readonly shares: readonly [number, number];
}

/** `GET /api/v1/monitors/:name/projection`: the vectors behind an embedding monitor as a picture. */
@Controller('api/v1/monitors')
export class EmbeddingsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get(':name/projection')
  async projection(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<ProjectionView> {
    const { store } = this.runtime;
    const monitor = findMonitorOf(this.runtime, projectOf(this.runtime, request), {
      name,
      kinds: ['EmbeddingMonitor'],
    });
    const to = timeParameter(query['to'], 'to') ?? (await this.lastEnd(monitor));
    const window = { from: to - monitor.windowMs, to };
    const sides = await embeddingSides(store, monitor, window);
    const space = await this.space(monitor);
    const { origin, problem } = comparedOrigin(sides, monitor.embedding, space?.origin ?? null);
    if (origin === null || space === null) {
      throw notFound(
        `There is no picture of monitor ${name}: ${problem === '' ? 'its baseline has too few vectors yet' : problem}.`,
      );
    }
    const sample = async (side: VectorQuery) => {
      const { ids, dimension, data } = await store.vectors.sample(sides.project, {
        ...side,
        encoder: origin.encoder,
        dimension: origin.dimension,
        limit: POINTS,
      });
      return matrix(ids.length, dimension, data);
    };
    const [current, reference] = [await sample(sides.window.query), await sample(sides.reference.query)];
    return {
      embedding: monitor.embedding,
      window,
      baseline: describeBaseline(monitor.baseline),
      n: current.rows,
      m: reference.rows,
      ...projectVectors(space.space, { current, reference }),
    };
  }

  /** The raw input of a prediction, if its rule kept it: as it is stored, without what was private in it. */
  @Get(':name/inputs/:id')
  async input(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Param('id') id: string,
  ): Promise<{ dataType: string; shape: readonly number[]; timestamp: number; data: string }> {
    const monitor = findMonitorOf(this.runtime, projectOf(this.runtime, request), {
      name,
      kinds: ['EmbeddingMonitor'],
    });
    const { vectors } = this.runtime.store;
    const found = await vectors.keptInput(
      projectOfRule(monitor),
      monitor.population.model,
      monitor.embedding,
      id,
    );
    if (found === null) {
      throw notFound(
        `The input "${monitor.embedding}" of prediction ${id.slice(0, 80)} is not kept. An Encoder rule keeps a share of them with keepInputs.`,
      );
    }
    const { dataType, shape, timestamp, data } = found;
    return { dataType, shape, timestamp, data: Buffer.from(data).toString('base64') };
  }

  private async space(monitor: MonitorOf<'EmbeddingMonitor'>): Promise<OpenSpace | null> {
    const { window } = embeddingStreams(monitor);
    const stored = await this.runtime.store.embeddingSums.space(projectOfRule(monitor), window);
    return stored === null ? null : opened(stored);
  }

  private async lastEnd(monitor: MonitorOf<'EmbeddingMonitor'>): Promise<number> {
    const [row] = await this.runtime.store.verdicts.latest(projectOfRule(monitor), monitor.kind, {
      rule: monitor.name,
      limit: 1_000,
    });
    if (row === undefined) {
      throw notFound(`Monitor ${monitor.name} has not been evaluated yet.`);
    }
    return row.windowEnd;
  }
}
