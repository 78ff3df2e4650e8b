import { z } from 'zod';
import { receiverFields } from '../receiver-fields.js';
import { environmentName, exactlyOne, secretFile } from '../secret-reference.js';
import { durationText, serviceAddress, ticketLabels } from '../ticket/spec-fields.js';

const YEAR_MS = 365 * 86_400_000;

/** The name that something has in Jira. */
const name = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .trim()
    .min(1, `must be ${what}`)
    .max(255, 'must be at most 255 characters');

/** `spec` of a Jira receiver. */
export const jiraSpec = z
  .strictObject({
    type: z.literal('jira'),
    ...receiverFields,
    /** The site, such as `https://acme.atlassian.net`. */
    url: serviceAddress,
    /** The e-mail address of the account that the token belongs to. */
    userEnv: environmentName.optional(),
    userFile: secretFile.optional(),
    /** An API token of that account. */
    tokenEnv: environmentName.optional(),
    tokenFile: secretFile.optional(),
    project: z
      .string({ error: 'must be the key of a project such as OPS' })
      .regex(/^[A-Z][A-Z0-9_]{1,254}$/, 'must be the key of a project such as OPS, not its name'),
    issueType: name('the name of an issue type such as Bug'),
    /** Besides `tidewatch` and the label of the incident, which every issue carries. */
    labels: ticketLabels,
    /** Names of priorities; without them the project's own holds. */
    priority: z
      .strictObject({ page: name('a priority').optional(), ticket: name('a priority').optional() })
      .optional(),
    /** Name of the transition that closes an issue. Without it an issue gets a comment at the end, and stays as it is. */
    resolveTransition: name('the name of a transition such as Done').optional(),
    /** Name of the transition that opens it again. Without it an incident that is back gets another issue. */
    reopenTransition: name('the name of a transition such as Reopen').optional(),
    /** How long after it was resolved an issue is opened again when its incident is. */
    reopenWithin: durationText('7d', YEAR_MS),
    /** Name of the resolution with which people say that nothing will be done; such an issue is not opened again. */
    wontFixResolution: name('the name of a resolution such as "Won\'t Do"').optional(),
  })
  .refine(...exactlyOne('userEnv', 'userFile'))
  .refine(...exactlyOne('tokenEnv', 'tokenFile'));

export type JiraSpec = z.infer<typeof jiraSpec>;
