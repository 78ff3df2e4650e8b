import { z } from 'zod';
import { expected, expectedMap } from './field-errors.js';
import { metadataSchema } from './metadata.js';
import { sliSpecSchema } from './sli/sli-spec.js';

/** The version of every document. */
export const apiVersionSchema = z.literal('openslo/v1', { error: expected('openslo/v1') });

/** An SLI that is written where it is used. `metadata`, which OpenSLO asks for, tells nothing here and may be absent. */
export const indicatorSchema = z.strictObject(
  {
    apiVersion: apiVersionSchema.optional(),
    kind: z.literal('SLI', { error: expected('SLI') }).optional(),
    metadata: metadataSchema.optional(),
    spec: sliSpecSchema,
  },
  { error: expectedMap('a map with metadata and spec, as in an SLI document') },
);

/** A parsed inline indicator. */
export type InlineIndicator = z.output<typeof indicatorSchema>;
