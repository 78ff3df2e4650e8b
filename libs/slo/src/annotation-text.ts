import { errorMessage } from '@tidewatch/core';
import { parse } from 'yaml';
import type { z } from 'zod';

/** What the text of an annotation says, or everything that is wrong with it as sentences. */
export type AnnotationReading<T> =
  { readonly value: T; readonly faults: null } | { readonly value: null; readonly faults: readonly string[] };

/**
 * Reads the YAML (or JSON) in an annotation.
 *
 * @param part what the maps in it are called in the message about an unknown key, such as `a tier`
 */
export function readAnnotation<T>(text: string, schema: z.ZodType<T>, part: string): AnnotationReading<T> {
  let raw: unknown;
  try {
    raw = parse(text, { logLevel: 'error' });
  } catch (error) {
    const reason = errorMessage(error).split('\n')[0]?.replace(/:$/, '') ?? '';
    return { value: null, faults: [`is not valid YAML: ${reason}`] };
  }
  const parsed = schema.safeParse(raw);
  return parsed.success
    ? { value: parsed.data, faults: null }
    : { value: null, faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, part)) };
}

function faultsOf(issue: z.core.$ZodIssue, part: string): string[] {
  const place = issue.path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`,
    '',
  );
  const start = place === '' ? '' : `${place} `;
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => `${start}${key} is not a known key of ${part}`)
    : [`${start}${issue.message}`];
}
