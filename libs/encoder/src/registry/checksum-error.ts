import { AppError } from '@tidewatch/core';

/** The model is another than the rule names. */
export function checksumError(options: {
  /** Such as `The model of Encoder clip`. */
  readonly what: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  /** A sentence that may explain it. */
  readonly note?: string | undefined;
}): AppError {
  const { what, where, expected, found, note } = options;
  return new AppError({
    code: 'encoder.model-checksum',
    message:
      `${what} in ${where} is another than the rule names: its SHA-256 is ${found}, and ${expected} is needed.` +
      (note === undefined ? '' : ` ${note}`),
    hint: 'If the model was changed on purpose, put its checksum into the rule; vectors of both are never compared.',
  });
}
