import { AppError } from '@tidewatch/core';

/** The error of a function whose arguments lie outside its domain. */
export function domainError(what: string, wanted: string, got: Readonly<Record<string, unknown>>): AppError {
  const found = Object.entries(got).map(([name, value]) => `${name} = ${String(value)}`);
  return new AppError({
    code: 'stats.domain',
    message: `${what} needs ${wanted}, and got ${found.join(', ')}.`,
  });
}
