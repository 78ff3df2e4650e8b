import { z } from 'zod';
import { expected, expectedMap } from './field-errors.js';
import { apiVersionSchema } from './indicator-document.js';
import { descriptionSchema, metadataSchema, nameSchema } from './metadata.js';
import { parseOpenSloDuration } from './openslo-duration.js';

const severityMessage = expected('text, such as page or ticket');
const lookbackMessage = expected('a whole number and one of m (minutes), h, d, w, such as 1h');
const afterMessage = expected('a whole number and one of m (minutes), h, d, w, such as 5m, or 0m');
const OPERATORS = expected('gt or gte (lte and lt are known too, and say the opposite)');

const lookbackSchema = z
  .string({ error: lookbackMessage })
  .refine((text) => parseOpenSloDuration(text) !== undefined, { error: lookbackMessage });

/** `spec` of an AlertCondition. */
const conditionSpecSchema = z.strictObject(
  {
    description: descriptionSchema,
    severity: z.string({ error: severityMessage }).min(1, { error: severityMessage }),
    condition: z.strictObject(
      {
        kind: z.literal('burnrate', { error: expected('burnrate') }),
        op: z.enum(['gt', 'gte', 'lt', 'lte'], { error: OPERATORS }),
        threshold: z.number({ error: expected('a burn rate such as 14.4') }),
        lookbackWindow: lookbackSchema,
        alertAfter: z
          .string({ error: afterMessage })
          .refine((text) => /^0[mhdw]$/.test(text) || parseOpenSloDuration(text) !== undefined, {
            error: afterMessage,
          })
          .optional(),
      },
      { error: expectedMap('a map with kind, op, threshold, lookbackWindow and alertAfter') },
    ),
  },
  { error: expectedMap('a map with severity and condition') },
);

/** `spec` of an AlertNotificationTarget. */
const targetSpecSchema = z.strictObject(
  {
    description: descriptionSchema,
    target: z
      .string({ error: expected('text, such as email') })
      .min(1, { error: expected('text, such as email') }),
  },
  { error: expectedMap('a map with target') },
);

/** An object that stands where a reference to it could stand. */
function inline<Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return {
    apiVersion: apiVersionSchema.optional(),
    kind: z.literal(kind, { error: expected(kind) }),
    metadata: metadataSchema,
    spec,
  };
}

/** Either a map with the one key `key`, or the object itself; the message speaks about the one that was meant. */
function refOrInline<Key extends string, Kind extends string, Spec extends z.ZodType>(
  key: Key,
  kind: Kind,
  spec: Spec,
) {
  const what = `a map with ${key}, or with kind: ${kind}, metadata and spec`;
  const object = z.strictObject(inline(kind, spec), { error: expectedMap(what) });
  const reference = z.strictObject({ [key]: nameSchema } as Record<Key, typeof nameSchema>, {
    error: expectedMap(what),
  });
  return z.unknown().transform((value, context): RefOrInline<z.output<Spec>> => {
    const isReference = Object.hasOwn(Object(value) as object, key);
    const parsed = isReference ? reference.safeParse(value) : object.safeParse(value);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        context.addIssue({ ...issue });
      }
      return z.NEVER;
    }
    if (isReference) {
      return { ref: (parsed.data as Record<Key, string>)[key], inline: null };
    }
    const { metadata, spec: inner } = parsed.data as { metadata: { name: string }; spec: z.output<Spec> };
    return { ref: null, inline: { name: metadata.name, spec: inner } };
  });
}

/** A reference by name, or the object itself: one of the two. */
export type RefOrInline<Spec> =
  | { readonly ref: string; readonly inline: null }
  | { readonly ref: null; readonly inline: { readonly name: string; readonly spec: Spec } };

const boolean = z.boolean({ error: expected('true or false') }).optional();

/** `spec` of an AlertPolicy. */
const policySpecSchema = z.strictObject(
  {
    description: descriptionSchema,
    alertWhenNoData: boolean,
    alertWhenResolved: boolean,
    alertWhenBreaching: boolean,
    conditions: z
      .array(refOrInline('conditionRef', 'AlertCondition', conditionSpecSchema), {
        error: expected('a list of one condition'),
      })
      .nullish()
      .transform((list) => list ?? []),
    notificationTargets: z
      .array(refOrInline('targetRef', 'AlertNotificationTarget', targetSpecSchema), {
        error: expected('a list of notification targets'),
      })
      .nullish()
      .transform((list) => list ?? []),
  },
  { error: expectedMap('a map with alertWhenBreaching, conditions and notificationTargets') },
);

/** One entry of `spec.alertPolicies` of an SLO. */
export const policyEntrySchema = refOrInline('alertPolicyRef', 'AlertPolicy', policySpecSchema);

/** A document of kind AlertPolicy. */
export const alertPolicySchema = z.strictObject({
  ...inline('AlertPolicy', policySpecSchema),
  apiVersion: apiVersionSchema,
});

/** A document of kind AlertCondition. */
export const alertConditionSchema = z.strictObject({
  ...inline('AlertCondition', conditionSpecSchema),
  apiVersion: apiVersionSchema,
});

/** A document of kind AlertNotificationTarget. */
export const alertNotificationTargetSchema = z.strictObject({
  ...inline('AlertNotificationTarget', targetSpecSchema),
  apiVersion: apiVersionSchema,
});

/** A parsed `spec` of an AlertCondition. */
export type AlertConditionSpec = z.output<typeof conditionSpecSchema>;
/** A parsed `spec` of an AlertPolicy. */
export type AlertPolicySpec = z.output<typeof policySpecSchema>;
