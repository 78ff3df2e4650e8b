import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { FIRST_STEP_FORM, LONGEST_FIRST_STEP } from '../first-step.js';
import { nameSchema } from '../metadata.js';

const text = z.string({ error: expected('text') });
const firstStepMessage = expected(FIRST_STEP_FORM);
const runbookMessage = expected('an http(s) address of what to do');

/** `metadata` of the rules about metrics. */
export const ruleMetadata = z.strictObject(
  {
    name: nameSchema,
    description: text.default(''),
    owner: text.default(''),
    runbook: z
      .string({ error: runbookMessage })
      .refine((value) => value === '' || /^https?:\/\/\S+$/.test(value), { error: runbookMessage })
      .default(''),
    firstStep: z
      .string({ error: firstStepMessage })
      .trim()
      .max(LONGEST_FIRST_STEP, { error: firstStepMessage })
      .default(''),
    labels: z
      .record(z.string(), text, { error: expected('a map from label to text') })
      .nullish()
      .transform((labels) => labels ?? {}),
  },
  { error: expectedMap('a map with at least a name') },
);

/** The fields of `spec` that tell which incident a rule belongs to. */
export const identityFields = {
  service: text.default(''),
  region: text.default(''),
  model: text.default(''),
};
