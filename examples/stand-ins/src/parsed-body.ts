import type { z } from 'zod';
import type { ServiceRequest } from './service.js';

/** The JSON of a request in the form that `schema` gives, or what is wrong with it. */
export function parsed<Value>(
  schema: z.ZodType<Value>,
  request: ServiceRequest,
): { readonly value: Value } | { readonly problem: string } {
  try {
    const result = schema.safeParse(JSON.parse(request.body));
    return result.success
      ? { value: result.data }
      : {
          problem: result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '),
        };
  } catch {
    return { problem: 'the body is not JSON' };
  }
}
