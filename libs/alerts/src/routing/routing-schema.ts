import { formatDuration, parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { matchSchema } from '../matcher/read-match.js';
import type { EscalationStep, Route, Routing } from './route.js';

/** What one document says; several make up a {@link Routing}. */
export interface RoutingPart {
  readonly routes: readonly Route[];
  /** `null` when it says nothing about it. */
  readonly warmUpMs: number | null;
}

/** How long drift and canary tickets wait after a deployment when no document says. */
const DEFAULT_WARM_UP_MS = 900_000;
/** Longer than this, a warm-up hides what the deployment broke. */
const LONGEST_WARM_UP_MS = 3_600_000;
const LONGEST_WAIT_MS = 30 * 86_400_000;
const MOST_STEPS = 10;

const name = z.string({ error: 'must be the name of a Receiver' }).min(1, 'must be the name of a Receiver');
const names = z
  .array(name, { error: 'must be a list of names of Receivers' })
  .min(1, 'must name at least one Receiver')
  .transform((all) => [...new Set(all)]);

function duration({ least = 0, most = LONGEST_WAIT_MS } = {}) {
  return z.string({ error: 'must be a duration such as 5m' }).transform((text, context): number => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds >= least && milliseconds <= most) {
      return milliseconds;
    }
    const wanted =
      milliseconds === undefined
        ? 'a duration such as 5m'
        : milliseconds < least
          ? 'longer than 0s'
          : `at most ${formatDuration(most)}`;
    context.addIssue({ code: 'custom', message: `must be ${wanted}, and is ${JSON.stringify(text)}` });
    return z.NEVER;
  });
}

const stepSchema = z
  .strictObject({
    after: duration({ least: 1 }),
    unless: z.literal('acknowledged', { error: 'must be acknowledged, or left out' }).optional(),
    receiver: name.optional(),
    receivers: names.optional(),
    raise: z.literal('page', { error: 'must be page' }).optional(),
  })
  .superRefine((step, context) => {
    if (step.receiver !== undefined && step.receivers !== undefined) {
      context.addIssue({ code: 'custom', path: ['receivers'], message: 'must not stand beside "receiver"' });
    }
    if (step.receiver === undefined && step.receivers === undefined && step.raise === undefined) {
      context.addIssue({ code: 'custom', message: 'must have a receiver, receivers or raise: page' });
    }
  })
  .transform((step): EscalationStep => ({
    afterMs: step.after,
    when: step.unless === undefined ? 'still-firing' : 'not-acknowledged',
    receivers: step.receivers ?? (step.receiver === undefined ? [] : [step.receiver]),
    raise: step.raise !== undefined,
  }));

const routeSchema: z.ZodType<Route> = z.lazy(() =>
  z
    .strictObject({
      match: matchSchema.optional(),
      receiver: name.optional(),
      receivers: names.optional(),
      to: z.literal('owner', { error: 'must be owner' }).optional(),
      continue: z.boolean({ error: 'must be true or false' }).default(false),
      groupWait: duration().optional(),
      updateWait: duration().optional(),
      repeat: duration().optional(),
      escalate: z
        .array(stepSchema, { error: 'must be a list of steps' })
        .max(MOST_STEPS, `must have at most ${MOST_STEPS} steps`)
        .optional(),
      routes: z.array(routeSchema, { error: 'must be a list of routes' }).default([]),
    })
    .superRefine((route, context) => {
      const [first, ...more] = (['receiver', 'receivers', 'to'] as const).filter(
        (key) => route[key] !== undefined,
      );
      for (const key of more) {
        context.addIssue({ code: 'custom', path: [key], message: `must not stand beside "${first}"` });
      }
    })
    .transform((route): Route => ({
      matchers: route.match ?? [],
      receivers: route.receivers ?? (route.receiver === undefined ? null : [route.receiver]),
      toOwner: route.to !== undefined,
      continue: route.continue,
      groupWaitMs: route.groupWait ?? null,
      updateWaitMs: route.updateWait ?? null,
      repeatMs: route.repeat ?? null,
      escalations: route.escalate ?? null,
      routes: route.routes,
    })),
);

/**
 * The document `kind: Routing`: a tree of routes. Several documents are read as one, in the order of their files.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Routing
 * spec:
 *   routes:
 *     - {match: {severity: page}, receiver: sre-pager}
 *     - {match: {severity: ticket}, to: owner, groupWait: 5m}
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
    spec: z.strictObject({
      warmUp: duration({ most: LONGEST_WARM_UP_MS }).optional(),
      routes: z
        .array(routeSchema, { error: 'must be a list of routes' })
        .min(1, 'must have at least one route'),
    }),
  })
  .superRefine((document, context) => {
    for (const path of routesToNobody(document.spec.routes, false, ['spec', 'routes'])) {
      context.addIssue({
        code: 'custom',
        path: [...path, 'receiver'],
        message: 'must be the name of a Receiver; neither this route nor one above it says who is told',
      });
    }
  })
  .transform((document): RoutingPart => ({
    routes: document.spec.routes,
    warmUpMs: document.spec.warmUp ?? null,
  }));

/**
 * One table from all documents, in their order. Of several that set `warmUp` the longest holds; where none does, it is
 * 15 minutes.
 */
export function mergeRoutings(parts: readonly RoutingPart[]): Routing {
  const warmUps = parts.flatMap(({ warmUpMs }) => warmUpMs ?? []);
  return {
    routes: parts.flatMap(({ routes }) => routes),
    warmUpMs: warmUps.length === 0 ? DEFAULT_WARM_UP_MS : Math.max(...warmUps),
  };
}

/** Paths of the routes that end here and inherit nobody: they would match and tell nobody. */
function routesToNobody(
  routes: readonly Route[],
  inherited: boolean,
  path: readonly (string | number)[],
): (string | number)[][] {
  return routes.flatMap((route, index) => {
    const here = [...path, index];
    const hasSomebody = inherited || route.receivers !== null || route.toOwner;
    return route.routes.length === 0
      ? hasSomebody
        ? []
        : [here]
      : routesToNobody(route.routes, hasSomebody, [...here, 'routes']);
  });
}
