import { AppError } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import { authenticate } from '../http/authentication.js';
import type { Runtime } from '../runtime.js';

/** The project whose data a request may see. */
export function projectOf(runtime: Runtime, request: FastifyRequest): string {
  return authenticate(runtime.config.apiKeys, request.headers.authorization);
}

/** Reads a whole number from the query string. @throws AppError `request.invalid` */
export function integerParameter(
  value: string | undefined,
  name: string,
  range: { fallback: number; max: number },
): number {
  if (value === undefined || value === '') {
    return range.fallback;
  }
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > range.max) {
    throw new AppError({
      code: 'request.invalid',
      message: `The parameter ${name} is "${value.slice(0, 40)}".`,
      hint: `It must be a whole number from 1 to ${range.max}.`,
    });
  }
  return number;
}

/** Reads one of a few words from the query string. @throws AppError `request.invalid` */
export function choiceParameter<T extends string>(
  value: string | undefined,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  if (value === undefined || value === '') {
    return choices[0];
  }
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new AppError({
      code: 'request.invalid',
      message: `The parameter ${name} is "${value.slice(0, 40)}".`,
      hint: `It must be one of ${choices.join(', ')}.`,
    });
  }
  return found;
}

/** Reads a time from the query string: ISO 8601, or milliseconds since the epoch. @throws AppError `request.invalid` */
export function timeParameter(value: string | undefined, name: string): number | null {
  if (value === undefined || value === '') {
    return null;
  }
  const time = /^\d{10,}$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isSafeInteger(time)) {
    throw new AppError({
      code: 'request.invalid',
      message: `The parameter ${name} is "${value.slice(0, 40)}".`,
      hint: 'It must be a time such as 2026-11-22T10:00:00Z, or milliseconds since the epoch.',
    });
  }
  return time;
}
