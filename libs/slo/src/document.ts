import { z } from 'zod';
import { describeValue, expected, expectedMap } from './field-errors.js';
import { descriptionSchema, metadataSchema, nameSchema } from './metadata.js';
import { objectiveSchema } from './objective.js';
import { SLI_KINDS } from './sli/index.js';
import { timeWindowSchema } from './time-window.js';

const apiVersion = z.literal('openslo/v1', { error: expected('openslo/v1') });
const SLI_KEYS = SLI_KINDS.map((kind) => kind.key).join(' or ');

/** The `spec` of an SLI: a description and exactly one of the kinds in the list. */
const sliSpecSchema = z
  .strictObject(
    {
      description: descriptionSchema,
      ...Object.fromEntries(SLI_KINDS.map((kind) => [kind.key, kind.schema.optional()])),
    },
    { error: expectedMap(`a map with ${SLI_KEYS}`) },
  )
  .superRefine((spec, context) => {
    const count = SLI_KINDS.filter((kind) => (spec as SliSpec)[kind.key] !== undefined).length;
    if (count !== 1) {
      context.addIssue({
        code: 'custom',
        path: [],
        message: `must hold one of ${SLI_KEYS}, and holds ${count || 'none'}`,
      });
    }
  });

/** A parsed SLI specification: what each kind's schema yielded, by key. */
export type SliSpec = Readonly<Record<string, unknown>>;

const sliSchema = z.strictObject({
  apiVersion,
  kind: z.literal('SLI'),
  metadata: metadataSchema,
  spec: sliSpecSchema,
});

const indicatorSchema = z.strictObject(
  {
    apiVersion: apiVersion.optional(),
    kind: z.literal('SLI', { error: expected('SLI') }).optional(),
    metadata: metadataSchema.optional(),
    spec: sliSpecSchema,
  },
  { error: expectedMap('a map with metadata and spec, as in an SLI document') },
);

const ALERTS_HINT =
  'Tidewatch alerts from burn-rate tiers. Leave it out for the default tiers or list your own in the annotation tidewatch.dev/tiers; documents of kind Routing and Receiver (tidewatch.dev/v1) say who is told';

const serviceMessage = expected('the name of the service, as its telemetry gives it in service.name');
const objectivesMessage = expected(
  'a list of exactly one objective; write one SLO document for each further objective',
);

const sloSpecSchema = z
  .strictObject(
    {
      description: descriptionSchema,
      service: z.string({ error: serviceMessage }).min(1, { error: serviceMessage }),
      indicator: indicatorSchema.optional(),
      indicatorRef: nameSchema.optional(),
      timeWindow: timeWindowSchema,
      budgetingMethod: z.literal('Occurrences', {
        error: expected('Occurrences (Timeslices and RatioTimeslices are not supported yet)'),
      }),
      objectives: z
        .array(objectiveSchema, { error: objectivesMessage })
        .length(1, { error: objectivesMessage }),
      alertPolicies: z
        .array(z.unknown(), { error: `must be left out: ${ALERTS_HINT}` })
        .max(0, { error: `cannot be used: ${ALERTS_HINT}` })
        .nullish(),
    },
    { error: expectedMap('a map with service, indicator, timeWindow, budgetingMethod and objectives') },
  )
  .superRefine(({ indicator, indicatorRef }, context) => {
    if ((indicator === undefined) === (indicatorRef === undefined)) {
      context.addIssue({
        code: 'custom',
        path: [],
        message:
          indicator === undefined
            ? 'has no indicator: write it under indicator, or name an SLI document in indicatorRef'
            : 'has both indicator and indicatorRef; keep one',
      });
    }
  });

const sloSchema = z.strictObject({
  apiVersion,
  kind: z.literal('SLO'),
  metadata: metadataSchema,
  spec: sloSpecSchema,
});

const serviceSchema = z.strictObject({
  apiVersion,
  kind: z.literal('Service'),
  metadata: metadataSchema,
  spec: z.strictObject({ description: descriptionSchema }, { error: expectedMap('a map') }).nullish(),
});

const dataSourceSchema = z.strictObject({
  apiVersion,
  kind: z.literal('DataSource'),
  metadata: metadataSchema,
  // Connection details may hold a key. Nothing here needs them, so they end at the door.
  spec: z.unknown().transform(() => null),
});

const ALERT_KINDS = ['AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'];

/**
 * One OpenSLO v1 document, as far as Tidewatch supports it.
 *
 * SLO and SLI are used; Service and DataSource are accepted and change nothing; the alert kinds are refused with what
 * to write instead. {@link resolveSlos} joins the documents and makes the checks that need more than one part.
 */
export const sloDocumentSchema = z.discriminatedUnion(
  'kind',
  [sloSchema, sliSchema, serviceSchema, dataSourceSchema],
  {
    error: (issue) => {
      const input: unknown = issue.input;
      if (typeof input !== 'object' || input === null) {
        return expected('a map with apiVersion, kind, metadata and spec')(issue);
      }
      const kind: unknown = 'kind' in input ? input.kind : undefined;
      return typeof kind === 'string' && ALERT_KINDS.includes(kind)
        ? `${kind} is not supported: ${ALERTS_HINT}`
        : `must be SLO, SLI, Service or DataSource, and is ${kind === undefined ? 'missing' : describeValue(kind)}`;
    },
  },
);

/** A parsed document. */
export type SloDocument = z.output<typeof sloDocumentSchema>;
/** A parsed document of kind SLO. */
export type SloKindDocument = Extract<SloDocument, { kind: 'SLO' }>;
