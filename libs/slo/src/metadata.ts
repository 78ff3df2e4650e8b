import { z } from 'zod';
import { expected, expectedMap } from './field-errors.js';

const nameMessage = expected(
  'a name of lower-case letters, digits and dashes that starts and ends with a letter or digit, at most 63 characters',
);

/** An RFC 1123 label, as OpenSLO asks for names: other documents and alerts refer to it. */
export const nameSchema = z
  .string({ error: nameMessage })
  .max(63, { error: nameMessage })
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: nameMessage });

const keyMessage = 'must be letters, digits, dots, dashes and underscores, at most 63 characters';
const KEY = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const DNS_PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function isAnnotationKey(key: string): boolean {
  const [first = '', second, ...rest] = key.split('/');
  return second === undefined
    ? KEY.test(first)
    : rest.length === 0 && DNS_PREFIX.test(first) && KEY.test(second);
}

const labelValue = z.union([z.string(), z.array(z.string())], {
  error: expected('text or a list of texts (quote numbers and true or false)'),
});

const labelsSchema = z
  .record(z.string(), labelValue, { error: expected('a map from label to text') })
  .superRefine((labels, context) => {
    for (const key of Object.keys(labels).filter((name) => !KEY.test(name))) {
      context.addIssue({ code: 'custom', path: [key], message: `is not a label: the name ${keyMessage}` });
    }
  });

const annotationsSchema = z
  .record(
    z.string(),
    z.string({
      error: expected('text (for a list or map, put | after the key and indent the lines below it)'),
    }),
    { error: expected('a map from annotation to text') },
  )
  .superRefine((annotations, context) => {
    for (const key of Object.keys(annotations).filter((name) => !isAnnotationKey(name))) {
      const message = `is not an annotation: the name, after an optional DNS prefix and a slash, ${keyMessage}`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

/** `metadata` of every OpenSLO document. */
export const metadataSchema = z.strictObject(
  {
    name: nameSchema,
    displayName: z.string({ error: expected('text') }).optional(),
    labels: labelsSchema.nullish().transform((labels) => labels ?? {}),
    annotations: annotationsSchema.nullish().transform((annotations) => annotations ?? {}),
  },
  { error: expectedMap('a map with at least a name') },
);

/** `metadata` after parsing. */
export type Metadata = z.output<typeof metadataSchema>;

const descriptionMessage = expected('text of at most 1,050 characters');

/** `description` of every OpenSLO specification. */
export const descriptionSchema = z
  .string({ error: descriptionMessage })
  .max(1_050, { error: descriptionMessage })
  .nullish()
  .transform((text) => text ?? '');
