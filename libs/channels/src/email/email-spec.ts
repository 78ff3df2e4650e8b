import { z } from 'zod';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, secretFile } from '../secret-reference.js';
import { readAddress } from './address.js';

const MOST_RECIPIENTS = 50;

const address = z
  .string({ error: 'must be an e-mail address' })
  .refine(
    (text) => readAddress(text) !== null,
    'must be one e-mail address such as oncall@example.com or Tidewatch <alerts@example.com>',
  );

const host = z
  .string({ error: 'must be the name of a mail server' })
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/,
    'must be the name or address of a mail server, such as smtp.example.com',
  );

/** `spec` of an e-mail receiver. Plain data: what JSON keeps of it is read again when an incident ends. */
export const emailSpec = z
  .strictObject({
    type: z.literal('email'),
    host,
    port: z
      .int({ error: 'must be a port' })
      .min(1, 'must be a port')
      .max(65_535, 'must be a port')
      .optional(),
    security: z
      .enum(['starttls', 'tls', 'none'], { error: 'must be starttls, tls or none' })
      // A password and what is wrong with a service do not travel in the open unless somebody says so.
      .default('starttls'),
    userEnv: environmentName.optional(),
    userFile: secretFile.optional(),
    passwordEnv: environmentName.optional(),
    passwordFile: secretFile.optional(),
    /** Certificates (PEM) to trust instead of the well-known ones; no secret, but read as one. */
    caFile: secretFile.optional(),
    from: address,
    to: z
      .array(address, { error: 'must be a list of e-mail addresses' })
      .min(1, 'must have at least one address')
      .max(MOST_RECIPIENTS, `must have at most ${MOST_RECIPIENTS} addresses; use a mailing list for more`),
    replyTo: address.optional(),
    ...receiverFields,
  })
  .refine(
    (spec) => spec.userEnv === undefined || spec.userFile === undefined,
    'must have at most one of userEnv, userFile',
  )
  .refine(
    (spec) => spec.passwordEnv === undefined || spec.passwordFile === undefined,
    'must have at most one of passwordEnv, passwordFile',
  )
  .refine(
    (spec) =>
      ((spec.userEnv ?? spec.userFile) === undefined) ===
      ((spec.passwordEnv ?? spec.passwordFile) === undefined),
    'must name a user together with a password, or neither',
  );

/** What the `spec` of an e-mail receiver says. */
export type EmailSpec = z.infer<typeof emailSpec>;

const DEFAULT_PORTS = { starttls: 587, tls: 465, none: 25 } as const;

/** The port of the mail server: as given, else the usual one for the kind of security. */
export function portOf(spec: EmailSpec): number {
  return spec.port ?? DEFAULT_PORTS[spec.security];
}
