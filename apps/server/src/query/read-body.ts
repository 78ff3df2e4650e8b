import { AppError, formatProblem } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { readJson } from '../http/json-body.js';

/** What people send by hand is short. */
const LIMIT = 64 * 1_024;

/**
 * Reads the JSON of a request in the form that `schema` gives.
 *
 * @throws AppError what {@link readJson} throws, and `request.invalid` naming every field that is wrong
 */
export async function readBody<T>(request: FastifyRequest, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(request, LIMIT));
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.map(({ path, message }) =>
    formatProblem({ path: path.join('.'), message }),
  );
  throw new AppError({
    code: 'request.invalid',
    message: `The request body is wrong: ${problems.join('; ')}.`,
  });
}
