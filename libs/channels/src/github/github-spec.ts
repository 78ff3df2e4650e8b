import { z } from 'zod';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, exactlyOne, secretFile } from '../secret-reference.js';
import { durationText, serviceAddress, ticketLabels } from '../ticket/spec-fields.js';

const YEAR_MS = 365 * 86_400_000;

/** `spec` of a GitHub receiver. */
export const githubSpec = z
  .strictObject({
    type: z.literal('github'),
    ...receiverFields,
    /** A fine-grained token with "Issues: read and write" for the repository, or one of an app. */
    tokenEnv: environmentName.optional(),
    tokenFile: secretFile.optional(),
    repository: z
      .string({ error: 'must be a repository such as acme/ranker' })
      .regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
        'must be a repository as owner/name, such as acme/ranker',
      ),
    /** Besides `tidewatch`, which every issue carries. */
    labels: ticketLabels,
    assignees: z
      .array(
        z
          .string({ error: 'must be the name of an account' })
          .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, 'must be the name of an account'),
        { error: 'must be a list of accounts' },
      )
      .max(10, 'must be at most 10 accounts')
      .default([]),
    /** Base address of the REST API; GitHub Enterprise Server has it under `/api/v3` of its host. */
    api: serviceAddress.default('https://api.github.com'),
    /** Whether the end of an incident closes its issue. */
    closeOnResolve: z.boolean({ error: 'must be true or false' }).default(true),
    /** How long after it was closed an issue is opened again when its incident is; later there is another issue. */
    reopenWithin: durationText('7d', YEAR_MS),
  })
  .refine(...exactlyOne('tokenEnv', 'tokenFile'));

export type GithubSpec = z.infer<typeof githubSpec>;
