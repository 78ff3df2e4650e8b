import { z } from 'zod';

/** Where a secret is kept: exactly one of an environment variable and a file. */
export interface SecretReference {
  readonly env?: string;
  readonly file?: string;
}

/** A key such as `urlEnv`. The message does not repeat the value: a person may have pasted the secret itself. */
export const environmentName = z
  .string({ error: 'must be the name of an environment variable' })
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the secret itself');

/** A key such as `urlFile`. */
export const secretFile = z
  .string({ error: 'must be the path of a file that holds the secret' })
  .min(1, 'must be the path of a file that holds the secret')
  .refine((path) => !/^https?:/i.test(path), 'must be the path of a file, not the secret itself');

/**
 * Refines an object in which exactly one of `names` must be given.
 *
 * @returns a predicate and its message, to be spread into `refine`
 */
export function exactlyOne<Name extends string>(
  ...names: readonly Name[]
): [(value: Readonly<Partial<Record<Name, unknown>>>) => boolean, string] {
  return [
    (value) => names.filter((name) => value[name] !== undefined).length === 1,
    `must have exactly one of ${names.join(', ')}`,
  ];
}

/** The reference behind a pair of keys such as `urlEnv` and `urlFile`; empty when neither is given. */
export function referenceOf(env: string | undefined, file: string | undefined): SecretReference[] {
  if (env !== undefined) {
    return [{ env }];
  }
  return file === undefined ? [] : [{ file }];
}
