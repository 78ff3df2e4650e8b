import { formatDuration, parseDuration } from '@tidewatch/core';
import { z } from 'zod';

/** A rule that tells a dead man's switch, again and again, that alerting works. */
export interface HeartbeatRule {
  readonly name: string;
  readonly owner: string;
  /** Where the address is kept: exactly one of the two. The address is a secret, as whoever knows it can keep the switch quiet. */
  readonly address: { readonly env?: string; readonly file?: string };
  /** Time between two beats, ms. The switch has to be patient for some of them. */
  readonly everyMs: number;
  readonly method: 'GET' | 'POST';
}

/** More beats tell a switch nothing that it can use. */
const SHORTEST_MS = 10_000;
/** A switch that waits longer for its alarm is none. */
const LONGEST_MS = 86_400_000;

const every = z
  .string({ error: 'must be a duration such as 1m' })
  .transform((text, context): number => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || milliseconds < SHORTEST_MS || milliseconds > LONGEST_MS) {
      context.addIssue(
        `must be a duration from ${formatDuration(SHORTEST_MS)} to ${formatDuration(LONGEST_MS)} such as 1m, and is ${JSON.stringify(text)}`,
      );
      return z.NEVER;
    }
    return milliseconds;
  })
  .default(60_000);

const spec = z
  .strictObject({
    urlEnv: z
      .string({ error: 'must be the name of an environment variable' })
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]*$/,
        'must be the name of an environment variable, not the address itself',
      )
      .optional(),
    urlFile: z
      .string({ error: 'must be the path of a file that holds the address' })
      .min(1, 'must be the path of a file that holds the address')
      .refine((path) => !/^https?:/i.test(path), 'must be the path of a file, not the address itself')
      .optional(),
    every,
    method: z.enum(['GET', 'POST'], { error: 'must be GET or POST' }).default('POST'),
  })
  .refine(
    ({ urlEnv, urlFile }) => (urlEnv === undefined) !== (urlFile === undefined),
    'must have exactly one of urlEnv, urlFile',
  );

/**
 * The document `kind: Heartbeat`.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Heartbeat
 * metadata: {name: dead-mans-switch, owner: sre}
 * spec: {urlEnv: HEARTBEAT_URL, every: 1m}
 * ```
 */
export const heartbeatSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Heartbeat'),
    metadata: z.strictObject({
      name: z
        .string({ error: 'must be a name' })
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
          'must be 1 to 63 letters, digits, dots, dashes or underscores',
        ),
      owner: z.string().default(''),
      runbook: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
    spec,
  })
  .transform(({ metadata, spec: { urlEnv, urlFile, every: everyMs, method } }): HeartbeatRule => ({
    name: metadata.name,
    owner: metadata.owner,
    address: urlEnv === undefined ? { file: urlFile ?? '' } : { env: urlEnv },
    everyMs,
    method,
  }));
