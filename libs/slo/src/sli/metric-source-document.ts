import { z } from 'zod';
import { describeValue, expected, expectedMap } from '../field-errors.js';
import { nameSchema } from '../metadata.js';
import { gaugeSourceSchema } from './gauge.js';
import type { TidewatchSource } from './indicator.js';
import { logSourceSchema } from './logs.js';
import { metricSourceSchema } from './metric-source.js';
import { predictionSourceSchema } from './prediction-source.js';
import { spanSourceSchema } from './spans.js';
import { sqlSourceSchema } from './sql.js';
import { verdictSourceSchema } from './verdicts.js';

/** The type of the sources that Tidewatch reads. */
export const OWN_TYPE = 'tidewatch';

/** Every kind of source by the key of its `spec` that tells it. */
const SOURCE_SCHEMAS: { readonly [Kind in TidewatchSource['kind']]: z.ZodType<TidewatchSource> } = {
  metric: metricSourceSchema,
  gauge: gaugeSourceSchema,
  spans: spanSourceSchema,
  logs: logSourceSchema,
  predictions: predictionSourceSchema,
  verdicts: verdictSourceSchema,
  sql: sqlSourceSchema,
};
const SOURCE_KEYS = Object.keys(SOURCE_SCHEMAS) as TidewatchSource['kind'][];

/** The `spec` of a source that Tidewatch reads. */
export const tidewatchSourceSchema = z.unknown().transform((spec, context): TidewatchSource => {
  const keys = SOURCE_KEYS.filter((key) => Object.hasOwn(Object(spec) as object, key));
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    const found = keys.length > 1 ? `has ${keys.join(' and ')}` : `is ${describeKeys(spec)}`;
    context.addIssue({
      code: 'custom',
      message: `must be a map with one of ${SOURCE_KEYS.join(', ')}, such as {metric: inference.requests, match: {service: web}}, and ${found}`,
    });
    return z.NEVER;
  }
  const parsed = SOURCE_SCHEMAS[key].safeParse(spec);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      context.addIssue({ ...issue });
    }
    return z.NEVER;
  }
  return parsed.data;
});

function describeKeys(spec: unknown): string {
  return typeof spec === 'object' && spec !== null && !Array.isArray(spec)
    ? `a map with ${Object.keys(spec).join(', ') || 'nothing in it'}`
    : describeValue(spec);
}

const specMessage = expected('a map that says what to read, with at least one key');

/**
 * OpenSLO's `{metricSource: {metricSourceRef, type, spec}}`.
 *
 * The `spec` of the type `tidewatch` is read; that of others is kept as it is. Where only a reference tells the type,
 * that is left for the time when references are followed.
 */
export const metricSpecSchema = z
  .strictObject(
    {
      metricSource: z
        .strictObject(
          {
            metricSourceRef: nameSchema.optional(),
            type: z
              .string({ error: expected('text, such as tidewatch') })
              .min(1, { error: expected('text, such as tidewatch') })
              .optional(),
            spec: z
              .record(z.string(), z.unknown(), { error: specMessage })
              .refine((spec) => Object.keys(spec).length > 0, { error: specMessage }),
          },
          { error: expectedMap('a map with type and spec') },
        )
        .transform(({ metricSourceRef, type, spec }, context): ParsedSource => {
          if (metricSourceRef === undefined && type === undefined) {
            context.addIssue({
              code: 'custom',
              path: ['type'],
              message: `is missing; it must be tidewatch for what Tidewatch itself stores, or the name of another system. Write {type: tidewatch, spec: {metric: NAME, match: {LABEL: VALUE}}}`,
            });
          }
          const parsed = type === OWN_TYPE ? tidewatchSourceSchema.safeParse(spec) : null;
          for (const issue of parsed?.error?.issues ?? []) {
            context.addIssue({ ...issue, path: ['spec', ...issue.path] });
          }
          return { ref: metricSourceRef, type, spec, source: parsed?.data ?? null };
        }),
    },
    { error: expectedMap('a map with metricSource') },
  )
  .transform(({ metricSource }) => metricSource);

/** A `metricSource` after parsing. */
export interface ParsedSource {
  readonly ref: string | undefined;
  readonly type: string | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Of the type `tidewatch`; `null` for others and where only the reference tells the type. */
  readonly source: TidewatchSource | null;
}
