import { z } from 'zod';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, exactlyOne, secretFile } from '../secret-reference.js';
import { durationText, serviceAddress } from '../ticket/spec-fields.js';

/** What can be asked for. */
export const ACTION_KINDS = ['rollback', 'retrain', 'promote', 'scale'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

const WEEK_MS = 7 * 86_400_000;
const LARGEST_PARAMETERS = 12_000;

/** `spec` of a receiver that does something. */
export const actionSpec = z
  .strictObject({
    type: z.literal('action'),
    ...receiverFields,
    do: z.enum(ACTION_KINDS, { error: `must be one of ${ACTION_KINDS.join(', ')}` }),
    /** Where the request goes. An address that is a credential belongs into `urlEnv` or `urlFile`. */
    url: serviceAddress.optional(),
    urlEnv: environmentName.optional(),
    urlFile: secretFile.optional(),
    /** Signs the request: `whsec_…`; two of them, newest first and with a space between, while one is replaced. */
    secretEnv: environmentName.optional(),
    secretFile: secretFile.optional(),
    /** Whether a person has to agree to each run. */
    approval: z.enum(['required', 'none'], { error: 'must be required or none' }).default('required'),
    /** Whether the receiver is only to say what it would do. Turn it off when that has been seen to be right. */
    dryRun: z.boolean({ error: 'must be true or false' }).default(true),
    /** How long after a run for the same service, region and model no other one starts. */
    cooldown: durationText('30m', WEEK_MS),
    /** The least severity of an incident that asks for the action. */
    on: z.enum(['page', 'ticket'], { error: 'must be page or ticket' }).default('ticket'),
    /** Passed on as they are. */
    parameters: z
      .record(
        z.string().min(1).max(64),
        z.string({ error: 'must be a text' }).max(500, 'must be at most 500 characters'),
      )
      .refine((all) => Object.keys(all).length <= 20, 'must be at most 20 parameters')
      // So that a request stays within 20 KB whatever the incident says.
      .refine(
        (all) => Buffer.byteLength(JSON.stringify(all)) <= LARGEST_PARAMETERS,
        `must be at most ${LARGEST_PARAMETERS.toLocaleString('en')} bytes of JSON together`,
      )
      .default({}),
  })
  .refine(...exactlyOne('url', 'urlEnv', 'urlFile'))
  .refine(...exactlyOne('secretEnv', 'secretFile'));

/** An action receiver as its document describes it. */
export type ActionSpec = z.infer<typeof actionSpec>;
