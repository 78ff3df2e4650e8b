import { Controller, Inject, Post, Req, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { drillRequestSchema } from '../notify/drill/drill-request.js';
import { Drills, type DrillView } from '../notify/drill/drills.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { changeRequestOf } from './change-request.js';
import { readBody } from './read-body.js';

/** `POST /api/v1/drills`: a marked incident that goes the real way to people, and closes itself. */
@Controller('api/v1/drills')
export class DrillsController implements OnModuleDestroy {
  private readonly runtime: Runtime;
  private readonly drills: Drills;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.drills = new Drills(runtime);
  }

  @Post()
  async start(@Req() request: FastifyRequest): Promise<DrillView> {
    const { project, actor, requestId } = changeRequestOf(this.runtime, request);
    const drill = await readBody(request, drillRequestSchema);
    const view = await this.drills.start(project, drill, actor);
    await this.runtime.store.audit.append(project, [
      {
        at: Date.now(),
        actor,
        action: 'drill.start',
        objectKind: 'incident',
        objectId: view.incidentId,
        requestId,
        before: '',
        after: JSON.stringify(drill),
      },
    ]);
    return view;
  }

  onModuleDestroy(): Promise<void> {
    return this.drills.stop();
  }
}
