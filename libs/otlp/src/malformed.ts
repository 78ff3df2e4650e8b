import { AppError } from '@tidewatch/core';

/** The code of every error this library throws: the body is not what its content type says. */
export const MALFORMED = 'otlp.malformed';

const HINT = 'Sending the same bytes again cannot succeed: check the exporter and its protocol setting.';

/** The error for a protobuf body that breaks at byte `offset` of the decompressed request. */
export function malformedProtobuf(offset: number, problem: string): AppError {
  return new AppError({
    code: MALFORMED,
    message: `The OTLP protobuf body is malformed at byte ${offset}: ${problem}.`,
    hint: HINT,
  });
}

/** The error for a JSON body that is wrong at `path`, such as `resourceMetrics[0].resource`. */
export function malformedJson(path: string, problem: string, cause?: unknown): AppError {
  return new AppError({
    code: MALFORMED,
    message: `The OTLP JSON body is malformed at ${path === '' ? 'its root' : path}: ${problem}.`,
    hint: HINT,
    cause,
  });
}
