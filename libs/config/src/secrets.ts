import { readFileSync } from 'node:fs';
import { AppError, errorMessage } from '@tidewatch/core';
import type { Environment } from './environment.js';

/** Where a secret is kept. Rules name the place; the value never appears in a rule, a log or an answer. */
export interface SecretReference {
  readonly env?: string;
  readonly file?: string;
}

/**
 * Fetches a secret.
 *
 * @throws AppError `config.secret-missing` naming the variable or file, never its content
 */
export function readSecret(environment: Environment, reference: SecretReference): string {
  if (reference.env !== undefined) {
    const value = environment[reference.env]?.trim() ?? '';
    if (value === '') {
      throw new AppError({
        code: 'config.secret-missing',
        message: `The environment variable ${reference.env} is not set.`,
        hint: `Set ${reference.env} to the secret before starting Tidewatch.`,
      });
    }
    return value;
  }
  const path = reference.file ?? '';
  let value: string;
  try {
    value = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new AppError({
      code: 'config.secret-missing',
      message: `The secret file ${path} cannot be read: ${errorMessage(error)}.`,
      hint: 'Create the file, or correct its path in the rule.',
      cause: error,
    });
  }
  if (value === '') {
    throw new AppError({ code: 'config.secret-missing', message: `The secret file ${path} is empty.` });
  }
  return value;
}
