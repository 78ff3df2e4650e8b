import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { SEVERITIES, type Severity } from './severity.js';

/** What a route can match on. `owner` and `kind` are those of the member that changed the incident. */
export interface RouteLabels {
  readonly severity: Severity;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
  readonly kind: string;
}

/** One line of the routing table. */
export interface Route {
  /** Every label named here must be equal; an empty object matches everything. */
  readonly match: Readonly<Partial<Record<keyof RouteLabels, string>>>;
  readonly receiver: string;
  /** How long a trigger waits, ms. An incident that resolves meanwhile is never sent. */
  readonly groupWaitMs: number;
}

/** Who is told of what. The first route that matches wins; what none matches is told to nobody. */
export interface Routing {
  readonly routes: readonly Route[];
}

const matchValue = z.string({ error: 'must be a text to compare with' }).min(1, 'must not be empty');

const routeSchema = z
  .strictObject({
    match: z.strictObject({
      severity: z.enum(SEVERITIES, { error: 'must be page or ticket' }).optional(),
      service: matchValue.optional(),
      region: matchValue.optional(),
      model: matchValue.optional(),
      owner: matchValue.optional(),
      kind: matchValue.optional(),
    }),
    receiver: z.string({ error: 'must be the name of a Receiver' }).min(1, 'must be the name of a Receiver'),
    groupWait: z
      .string({ error: 'must be a duration such as 5m' })
      .transform((text, context): number => {
        const milliseconds = parseDuration(text);
        if (milliseconds === undefined) {
          context.addIssue({
            code: 'custom',
            message: `must be a duration such as 5m, and is ${JSON.stringify(text)}`,
          });
          return z.NEVER;
        }
        return milliseconds;
      })
      // Nothing waits unless asked to: a page that waits is a late page.
      .default(0),
  })
  .transform((route): Route => ({
    match: route.match,
    receiver: route.receiver,
    groupWaitMs: route.groupWait,
  }));

/**
 * The document `kind: Routing`. Several documents are read as one table, in the order of their files.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Routing
 * spec:
 *   routes:
 *     - {match: {severity: page}, receiver: sre-pager}
 *     - {match: {severity: ticket}, receiver: ml-tickets, groupWait: 5m}
 * ```
 */
export const routingSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Routing'),
    metadata: z
      .strictObject({
        name: z.string().optional(),
        owner: z.string().optional(),
        runbook: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
    spec: z.strictObject({ routes: z.array(routeSchema).min(1, 'must have at least one route') }),
  })
  .transform((document): Routing => ({ routes: document.spec.routes }));

/** The first route whose every label equals that of the incident, or `undefined`. */
export function findRoute(routing: Routing, labels: RouteLabels): Route | undefined {
  return routing.routes.find((route) =>
    Object.entries(route.match).every(
      ([label, value]) => value === undefined || labels[label as keyof RouteLabels] === value,
    ),
  );
}
