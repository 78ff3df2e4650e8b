import { AppError } from '@tidewatch/core';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { nameSchema } from '../metadata.js';
import { PRESET_PARAMETERS, type Preset, type PresetNeed } from './preset.js';

const text = z.string({ error: expected('text') }).min(1, { error: expected('text') });

const metricNeed = z
  .strictObject({
    metric: text,
    type: z.enum(['counter', 'gauge', 'histogram'], { error: expected('counter, gauge or histogram') }),
    labels: z.array(text).optional(),
    where: z.record(z.string(), text).optional(),
  })
  .transform(({ metric, type, labels = [], where = {} }): PresetNeed => ({
    ...{ kind: 'metric', metric, type, labels, where },
  }));

const sampleNeed = z
  .strictObject({
    samples: z.enum(['predictions', 'labelled-predictions'], {
      error: expected('predictions or labelled-predictions'),
    }),
    candidate: text.refine(isRe2, { error: expected('a regular expression in RE2 syntax') }).optional(),
  })
  .transform(({ samples, candidate = null }): PresetNeed => ({ kind: 'samples', samples, candidate }));

const needs = z.array(z.union([metricNeed, sampleNeed]));

const variant = z.strictObject({
  needs,
  values: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

const headSchema = z
  .strictObject(
    {
      apiVersion: z.literal('tidewatch.dev/v1', { error: expected('tidewatch.dev/v1') }),
      kind: z.literal('Preset', { error: expected('Preset') }),
      metadata: z.strictObject({ name: nameSchema, title: text, system: text }),
      spec: z.strictObject({
        description: text,
        meanOnly: z.boolean().default(false),
        parameters: z.partialRecord(z.enum(PRESET_PARAMETERS), z.enum(['required', 'optional'])).default({}),
        needs: needs.default([]),
        anyOf: z
          .array(variant)
          .min(1)
          .default([{ needs: [], values: {} }]),
        notes: z.array(text).default([]),
      }),
    },
    { error: expectedMap('a map with apiVersion, kind, metadata and spec') },
  )
  .superRefine(({ spec }, context) => {
    spec.anyOf.forEach((each, index) => {
      if (spec.needs.length + each.needs.length === 0) {
        const message = 'needs nothing: a preset is found by the telemetry it needs';
        context.addIssue({ code: 'custom', path: ['spec', 'anyOf', index], message });
      }
    });
  });

/**
 * Reads a preset from the documents of its file: a head of kind Preset, then the rules.
 *
 * @throws AppError `slo.preset` with everything that is wrong with the head
 */
export function readPreset(documents: readonly unknown[]): Preset {
  const [head, ...rules] = documents;
  const parsed = headSchema.safeParse(head);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.')} ${message}`,
    );
    throw invalid(problems.join('; '));
  }
  if (rules.length === 0) {
    throw invalid('no rule follows the head');
  }
  const { metadata, spec } = parsed.data;
  const { description, meanOnly, parameters, notes } = spec;
  return {
    ...metadata,
    ...{ description, meanOnly, parameters, notes },
    needs: spec.needs,
    variants: spec.anyOf,
    documents: rules,
  };
}

function invalid(what: string): AppError {
  return new AppError({
    code: 'slo.preset',
    message: `A preset cannot be read: ${what}.`,
    hint: 'The first document of its file must be of kind Preset, and the rules follow it (docs/presets.md).',
  });
}

function isRe2(expression: string): boolean {
  try {
    RE2JS.compile(expression);
    return true;
  } catch {
    return false;
  }
}
