import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import type { BaselineDiff } from '@tidewatch/drift';
import type { BaselineStatus, BaselineVersion } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

/** A version with what it would change. */
export type BaselineView = Omit<BaselineVersion, 'diff'> & { readonly diff: BaselineDiff | null };

/** `/api/v1/baselines…`: what monitors compare with, and the versions that wait for approval. */
@Controller('api/v1/baselines')
export class BaselinesController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query('model') model?: string,
  ): Promise<{ items: BaselineView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const items = await this.runtime.store.baselines.list(project, model === '' ? undefined : model);
    return { items: items.map(baselineView), now: Date.now() };
  }

  @Get(':model/:name/versions')
  async versions(
    @Req() request: FastifyRequest,
    @Param('model') model: string,
    @Param('name') name: string,
  ): Promise<{ items: BaselineView[]; now: number }> {
    const items = await this.runtime.store.baselines.versions(projectOf(this.runtime, request), model, name);
    return { items: items.map(baselineView), now: Date.now() };
  }

  @Post(':model/:name/versions/:version/approve')
  @HttpCode(200)
  approve(
    @Req() request: FastifyRequest,
    @Param() parameters: Readonly<Record<'model' | 'name' | 'version', string>>,
  ): Promise<BaselineView> {
    return this.decide(request, parameters, 'active');
  }

  @Post(':model/:name/versions/:version/reject')
  @HttpCode(200)
  reject(
    @Req() request: FastifyRequest,
    @Param() parameters: Readonly<Record<'model' | 'name' | 'version', string>>,
  ): Promise<BaselineView> {
    return this.decide(request, parameters, 'rejected');
  }

  private async decide(
    request: FastifyRequest,
    { model, name, version }: Readonly<Record<'model' | 'name' | 'version', string>>,
    status: BaselineStatus,
  ): Promise<BaselineView> {
    const project = projectOf(this.runtime, request);
    const { baselines } = this.runtime.store;
    const found = (await baselines.versions(project, model, name)).find(
      (each) => String(each.version) === version,
    );
    if (found === undefined) {
      throw new AppError({
        code: 'request.not-found',
        message: `Baseline "${name.slice(0, 80)}" of model "${model.slice(0, 80)}" has no version ${version.slice(0, 20)}.`,
        hint: 'GET /api/v1/baselines lists what there is.',
      });
    }
    return baselineView(await baselines.setStatus(project, found, status));
  }
}

function baselineView(version: BaselineVersion): BaselineView {
  return { ...version, diff: version.diff === '' ? null : (JSON.parse(version.diff) as BaselineDiff) };
}
