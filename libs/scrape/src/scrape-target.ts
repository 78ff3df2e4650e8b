import { attributeKeysOf, parseDuration, type Labels } from '@tidewatch/core';
import { z } from 'zod';
import type { ExpositionLimits } from './exposition-parser.js';
import { NO_PRESET, PRESETS, presets, type PresetName } from './presets.js';
import { targetUrl, targetUrlProblem } from './target-url.js';
import type { SampleMapping } from './to-metrics.js';

/** A header whose value is a secret: the rule says where it is kept, never what it is. */
export interface SecretHeader {
  readonly name: string;
  /** Comes before the secret, `Bearer ` for a token. */
  readonly prefix: string;
  /** Exactly one of the two. */
  readonly secret: { readonly env?: string; readonly file?: string };
}

/** A rule that asks an address for metrics, again and again. */
export interface ScrapeTarget {
  readonly kind: 'ScrapeTarget';
  readonly name: string;
  readonly owner: string;
  readonly runbook: string;
  /** Of the rule: `project` says whose data it is. The labels of the series are in `resource`. */
  readonly labels: Labels;
  readonly url: string;
  readonly preset: PresetName | null;
  readonly intervalMs: number;
  /** At most the interval. */
  readonly timeoutMs: number;
  readonly limits: ExpositionLimits;
  readonly headers: readonly SecretHeader[];
  readonly mapping: SampleMapping;
  /** Resource attributes of every series of the target. */
  readonly resource: Labels;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const SHORTEST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 3_600_000;

const duration = z.string({ error: 'must be a duration such as 15s' }).transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (
    milliseconds === undefined ||
    milliseconds < SHORTEST_INTERVAL_MS ||
    milliseconds > LONGEST_INTERVAL_MS
  ) {
    context.addIssue(`must be a duration from 1s to 1h such as 15s, and is ${JSON.stringify(text)}`);
    return z.NEVER;
  }
  return milliseconds;
});

const text = z.string({ error: 'must be text' }).trim().min(1, 'must not be empty');

const url = z.string({ error: 'must be a URL' }).superRefine((value, context) => {
  const problem = targetUrlProblem(value);
  if (problem !== undefined) {
    context.addIssue(problem);
  }
});

/** The scraper sets these itself, or they belong to the connection. */
const OWN_HEADERS = /^(accept|accept-encoding|connection|content-length|host|transfer-encoding|upgrade|te)$/i;

const header = z
  .strictObject({
    name: z
      .string({ error: 'must be the name of a header' })
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
      .refine((name) => !OWN_HEADERS.test(name), 'is set by the scraper itself'),
    prefix: z
      .string()
      .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')
      .default(''),
    valueEnv: z
      .string({ error: 'must be the name of an environment variable' })
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the secret itself')
      .optional(),
    valueFile: z.string({ error: 'must be the path of a file that holds the secret' }).min(1).optional(),
  })
  .refine(
    ({ valueEnv, valueFile }) => (valueEnv === undefined) !== (valueFile === undefined),
    'must have exactly one of valueEnv, valueFile',
  )
  .transform(({ name, prefix, valueEnv, valueFile }): SecretHeader => ({
    name,
    prefix,
    secret: valueEnv === undefined ? { file: valueFile ?? '' } : { env: valueEnv },
  }));

const limits = z
  .strictObject({
    // Ten times what a large vLLM or DCGM fleet member exposes; a target above it has a label without bounds.
    bytes: z.int().min(1_024).max(268_435_456).default(16_777_216),
    samples: z.int().min(1).max(1_000_000).default(50_000),
    labelLength: z.int().min(16).max(65_536).default(1_024),
  })
  .prefault({});

const spec = z
  .strictObject({
    url,
    preset: z.enum(PRESETS, { error: `must be one of ${PRESETS.join(', ')}` }).optional(),
    interval: duration.optional(),
    timeout: duration.optional(),
    labels: z.record(text, text).default({}),
    rename: z.record(text, text).default({}),
    limits,
    headers: z.array(header).default([]),
  })
  .superRefine((value, context) => {
    const intervalMs = value.interval ?? presetOf(value.preset).intervalMs;
    if (value.timeout !== undefined && value.timeout > intervalMs) {
      context.addIssue({
        code: 'custom',
        path: ['timeout'],
        message: 'must not be longer than the interval',
      });
    }
  });

/**
 * The document `kind: ScrapeTarget`. `metadata.name` becomes the label `job` and, without a label `service`, the
 * service.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: ScrapeTarget
 * metadata: {name: chat-vllm, owner: ml-serving}
 * spec: {url: 'http://localhost:8000', preset: vllm, labels: {service: chat, region: eu-1}}
 * ```
 */
export const scrapeTargetSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('ScrapeTarget'),
    metadata: z.strictObject({
      name: z
        .string({ error: 'must be a name' })
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
          'must be 1 to 63 letters, digits, dots, dashes or underscores',
        ),
      owner: z.string().default(''),
      runbook: z.string().default(''),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec,
  })
  .transform(({ kind, metadata, spec: written }): ScrapeTarget => {
    const preset = presetOf(written.preset);
    const intervalMs = written.interval ?? preset.intervalMs;
    const address = targetUrl(written.url, preset.path);
    return {
      kind,
      ...metadata,
      url: address,
      preset: written.preset ?? null,
      intervalMs,
      timeoutMs: written.timeout ?? Math.min(DEFAULT_TIMEOUT_MS, intervalMs),
      limits: written.limits,
      headers: written.headers,
      mapping: {
        rename: { ...preset.rename, ...written.rename },
        unsupportedFrom: preset.unsupportedFrom,
      },
      resource: resourceOf(metadata.name, address, written.labels),
    };
  });

/** The places of the secrets that a target needs. */
export function scrapeSecrets(target: ScrapeTarget): SecretHeader['secret'][] {
  return target.headers.map((each) => each.secret);
}

function presetOf(name: PresetName | undefined) {
  return name === undefined ? NO_PRESET : presets[name];
}

/** As OpenTelemetry maps Prometheus' labels: job is the service's name, instance the service's instance. */
function resourceOf(name: string, address: string, labels: Labels): Labels {
  const { hostname, host, port, protocol } = new URL(address);
  const named = Object.entries(labels).map(([label, value]) => [attributeKeysOf(label)[0] ?? label, value]);
  return {
    'service.name': name,
    'service.instance.id': port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host,
    'server.address': hostname,
    ...(Object.fromEntries(named) as Labels),
    job: name,
  };
}
