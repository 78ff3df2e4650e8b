import { z } from 'zod';
import {
  alertConditionSchema,
  alertNotificationTargetSchema,
  alertPolicySchema,
  policyEntrySchema,
} from './alert-documents.js';
import { describeValue, expected, expectedMap } from './field-errors.js';
import { apiVersionSchema, indicatorSchema } from './indicator-document.js';
import { descriptionSchema, metadataSchema, nameSchema } from './metadata.js';
import { objectiveSchema } from './objective.js';
import { sliSpecSchema } from './sli/sli-spec.js';
import { timeWindowSchema } from './time-window.js';

const sliSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal('SLI'),
  metadata: metadataSchema,
  spec: sliSpecSchema,
});

const serviceMessage = expected('the name of the service, as its telemetry gives it in service.name');
const objectivesMessage = expected('a list of objectives, at least one');

const sloSpecSchema = z
  .strictObject(
    {
      description: descriptionSchema,
      service: z.string({ error: serviceMessage }).min(1, { error: serviceMessage }),
      indicator: indicatorSchema.optional(),
      indicatorRef: nameSchema.optional(),
      timeWindow: timeWindowSchema,
      budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices'], {
        error: expected('Occurrences, Timeslices or RatioTimeslices'),
      }),
      objectives: z.array(objectiveSchema, { error: objectivesMessage }).min(1, { error: objectivesMessage }),
      alertPolicies: z
        .array(policyEntrySchema, { error: expected('a list of alert policies') })
        .nullable()
        .optional(),
    },
    { error: expectedMap('a map with service, indicator, timeWindow, budgetingMethod and objectives') },
  )
  .superRefine(({ indicator, indicatorRef, objectives }, context) => {
    const report = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const own = objectives.map((each) => each.indicator !== undefined || each.indicatorRef !== undefined);
    if (own.includes(true)) {
      if (indicator !== undefined || indicatorRef !== undefined) {
        const key = indicator === undefined ? 'indicatorRef' : 'indicator';
        report([key], 'cannot stand beside indicators of objectives, which make a composite SLO; keep one');
        return;
      }
      for (const [index, has] of own.entries()) {
        if (!has) {
          report(
            ['objectives', index],
            'has no indicator, and other objectives do: in a composite SLO each has its own',
          );
        }
      }
      return;
    }
    if ((indicator === undefined) === (indicatorRef === undefined)) {
      report(
        [],
        indicator === undefined
          ? 'has no indicator: write it under indicator, or name an SLI document in indicatorRef'
          : 'has both indicator and indicatorRef; keep one',
      );
    }
    for (const [index, { compositeWeight }] of objectives.entries()) {
      if (compositeWeight !== undefined) {
        report(
          ['objectives', index, 'compositeWeight'],
          'belongs to a composite SLO, whose objectives have indicators of their own; leave it out',
        );
      }
    }
  });

const sloSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal('SLO'),
  metadata: metadataSchema,
  spec: sloSpecSchema,
});

const serviceSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal('Service'),
  metadata: metadataSchema,
  spec: z.strictObject({ description: descriptionSchema }, { error: expectedMap('a map') }).nullish(),
});

const typeMessage = expected('text, such as Prometheus');

const dataSourceSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal('DataSource'),
  metadata: metadataSchema,
  spec: z
    .strictObject(
      {
        description: descriptionSchema,
        type: z.string({ error: typeMessage }).min(1, { error: typeMessage }),
        connectionDetails: z.unknown().optional(),
      },
      { error: expectedMap('a map with type and connectionDetails') },
    )
    // Connection details may hold a key. Nothing here needs them, so they end at the door.
    .transform(({ type }) => ({ type })),
});

const KINDS = 'SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget';

/**
 * One OpenSLO v1 document of any kind.
 *
 * {@link resolveSlos} joins the documents and makes the checks that need more than one part.
 */
export const sloDocumentSchema = z.discriminatedUnion(
  'kind',
  [
    sloSchema,
    sliSchema,
    serviceSchema,
    dataSourceSchema,
    alertPolicySchema,
    alertConditionSchema,
    alertNotificationTargetSchema,
  ],
  {
    error: (issue) => {
      const input: unknown = issue.input;
      if (typeof input !== 'object' || input === null) {
        return expected('a map with apiVersion, kind, metadata and spec')(issue);
      }
      const kind: unknown = 'kind' in input ? input.kind : undefined;
      return `must be ${KINDS}, and is ${kind === undefined ? 'missing' : describeValue(kind)}`;
    },
  },
);

/** A parsed document. */
export type SloDocument = z.output<typeof sloDocumentSchema>;
/** A parsed document of kind SLO. */
export type SloKindDocument = Extract<SloDocument, { kind: 'SLO' }>;
