import { z } from 'zod';
import { plainText, truncate } from '../text-limit.js';
import type { TicketState } from '../ticket/ticket-desk.js';

/** Keys of issues are the only thing of an answer that comes back in an address. */
const key = z.string().regex(/^[A-Z][A-Z0-9_]*-\d{1,12}$/);

const createdSchema = z.object({ key });
const foundSchema = z.object({ issues: z.array(z.object({ key })) });
const issueSchema = z.object({
  fields: z.object({
    status: z.object({ statusCategory: z.object({ key: z.string() }) }),
    resolution: z.object({ name: z.string() }).nullish(),
    resolutiondate: z.string().nullish(),
    statuscategorychangedate: z.string().nullish(),
  }),
});
const transitionsSchema = z.object({
  transitions: z.array(
    z.object({ id: z.string().max(100), name: z.string(), to: z.object({ name: z.string() }).nullish() }),
  ),
});

/** Names shown of transitions that there are. */
const MOST_NAMES = 10;

/** Key of an issue that was made, or `null` when the answer is none of Jira. */
export function issueKey(text: string): string | null {
  return read(createdSchema, text)?.key ?? null;
}

/** Key of the first issue found, `null` for none, `undefined` when the answer is none of Jira. */
export function foundIssue(text: string): string | null | undefined {
  const found = read(foundSchema, text);
  return found === null ? undefined : (found.issues[0]?.key ?? null);
}

/** @param declined name of the resolution with which people decline, if there is one */
export function issueState(text: string, declined: string | undefined): TicketState | null {
  const fields = read(issueSchema, text)?.fields;
  if (fields === undefined) {
    return null;
  }
  if (fields.status.statusCategory.key !== 'done') {
    return { kind: 'open' };
  }
  const at = timeOf(fields.statuscategorychangedate ?? fields.resolutiondate ?? '');
  const resolution = fields.resolution?.name;
  return {
    kind: 'closed',
    at,
    declined: declined !== undefined && resolution?.toLowerCase() === declined.toLowerCase(),
  };
}

/**
 * The transition with this name, or else the one to the status with this name; capitals do not matter. `id` is `null`
 * when there is none, and `names` are those that there are. `null` when the answer is none of Jira.
 */
export function transitionTo(
  text: string,
  wanted: string,
): { readonly id: string | null; readonly names: readonly string[] } | null {
  const transitions = read(transitionsSchema, text)?.transitions;
  if (transitions === undefined) {
    return null;
  }
  const is = (name: string | undefined): boolean => name?.toLowerCase() === wanted.toLowerCase();
  const found = transitions.find(({ name }) => is(name)) ?? transitions.find(({ to }) => is(to?.name));
  return {
    id: found?.id ?? null,
    names: transitions.slice(0, MOST_NAMES).map(({ name }) => truncate(plainText(name), 60)),
  };
}

/** Jira writes `2026-11-22T10:00:00.000+0000`, which is not quite RFC 3339. */
function timeOf(text: string): number | null {
  const time = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time) ? null : time;
}

function read<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
