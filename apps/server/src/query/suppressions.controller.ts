import { Controller, Get, Inject, Req } from '@nestjs/common';
import {
  inForceAt,
  matchersText,
  type Holding,
  type IncidentState,
  type Suppression,
} from '@tidewatch/alerts';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

/** How many members are named for each; the count is of all. */
const MOST_NAMED = 20;

/** A member of an open incident that something keeps quiet. */
export interface HeldMember {
  readonly incidentId: string;
  readonly member: string;
  readonly severity: string;
}

/** A silence, maintenance window or fresh deployment that holds now, and what it holds back. */
export interface QuietView extends Suppression {
  /** Such as `service=ranker-api severity!=page`; for a deployment, what it was of. */
  readonly matchers: string;
  readonly comment: string;
  /** Empty for windows and deployments. */
  readonly createdBy: string;
  /** At most 20; `held` counts all. */
  readonly members: readonly HeldMember[];
  readonly held: number;
}

/** `/api/v1/suppressions`: what is quiet now, and what would speak otherwise. */
@Controller('api/v1/suppressions')
export class SuppressionsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  list(@Req() request: FastifyRequest): { items: QuietView[]; now: number } {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const { silences, windows, warmUps } = inForceAt(this.runtime.suppressions.of(project), now);
    const held = heldMembers(this.runtime.incidents.all().filter(({ key }) => key.project === project));
    const view = (suppression: Suppression, rest: Pick<QuietView, 'matchers' | 'comment' | 'createdBy'>) => {
      const members = held.get(keyOf(suppression)) ?? [];
      return { ...suppression, ...rest, members: members.slice(0, MOST_NAMED), held: members.length };
    };
    const holding = ({ suppression, matchers, comment, createdBy }: Holding): QuietView =>
      view(suppression, { matchers: matchersText(matchers), comment, createdBy });
    return {
      items: [
        ...silences.map(holding),
        ...windows.map(holding),
        ...warmUps.map(({ suppression, warmUp: { service, model, region } }) =>
          view(suppression, {
            matchers: deployedText({ service, model, region }),
            comment: '',
            createdBy: '',
          }),
        ),
      ],
      now,
    };
  }
}

/** Members of open incidents that are suppressed, by what suppresses them. */
function heldMembers(incidents: readonly IncidentState[]): Map<string, HeldMember[]> {
  const held = new Map<string, HeldMember[]>();
  for (const { id, status, members } of incidents) {
    if (status === 'resolved') {
      continue;
    }
    for (const [member, { suppressed, severity, phase }] of Object.entries(members)) {
      if (suppressed !== null && phase === 'firing') {
        const key = keyOf(suppressed);
        const list = held.get(key) ?? [];
        list.push({ incidentId: id, member, severity });
        held.set(key, list);
      }
    }
  }
  return held;
}

function keyOf({ kind, id }: Suppression): string {
  return `${kind} ${id}`;
}

/** Such as `service=ranker-api or model=ranker, region=eu-1`. */
function deployedText({
  service,
  model,
  region,
}: Readonly<Record<'service' | 'model' | 'region', string>>): string {
  const what = Object.entries({ service, model })
    .filter(([, name]) => name !== '')
    .map(([label, name]) => `${label}=${name}`)
    .join(' or ');
  return region === '' ? what : `${what}, region=${region}`;
}
