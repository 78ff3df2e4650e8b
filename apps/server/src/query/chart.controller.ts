import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';
import { stateOfRow } from './incident-view.js';

/** `GET /api/v1/incidents/:id/chart.png`: the measure of an incident's leading rule over the last hours. */
@Controller('api/v1/incidents')
export class ChartController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /**
   * With an API key as everything else; or, for services that fetch the pictures of messages, with the signature that the message's
   * own link carries.
   */
  @Get(':id/chart.png')
  async chart(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('project') projectText?: string,
    @Query('until') untilText?: string,
    @Query('signature') signature?: string,
  ): Promise<void> {
    const now = Date.now();
    const project =
      signature === undefined
        ? projectOf(this.runtime, request)
        : this.signedProject(
            { project: projectText ?? '', incidentId: id, until: Number(untilText) },
            signature,
            now,
          );
    const [row] = await this.runtime.store.incidents.lastChanges(project, [id]);
    if (row === undefined) {
      throw new AppError({ code: 'incident.unknown', message: `There is no incident ${id}.` });
    }
    // A person or a service waits for this picture and for nothing else.
    const { chart } = await this.runtime.contexts.contextOf(stateOfRow(row), now, 'ticket');
    if (chart === null) {
      throw new AppError({
        code: 'request.not-found',
        message: `There is no chart of incident ${id}.`,
        hint: 'Its leading rule measures nothing, or too few of its verdicts are stored.',
      });
    }
    await reply
      .header('Content-Type', 'image/png')
      .header('Cache-Control', 'private, max-age=60')
      .header('X-Content-Type-Options', 'nosniff')
      .send(Buffer.from(chart.png));
  }

  private signedProject(
    link: { readonly project: string; readonly incidentId: string; readonly until: number },
    signature: string,
    now: number,
  ): string {
    if (!this.runtime.contexts.links.verify(link, signature, now)) {
      throw new AppError({
        code: 'request.unauthorized',
        message: 'The link to this chart is not valid, or not any more.',
        hint: 'Links in messages open for seven days. Send an API key, or open the incident in the console.',
      });
    }
    return link.project;
  }
}
