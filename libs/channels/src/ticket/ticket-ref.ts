import { z } from 'zod';

/** Which ticket stands for an incident. It is kept between messages as a channel's `ref`. */
export interface TicketRef {
  /** Number of a GitHub issue, key of a Jira issue. */
  readonly issue: string;
  /** When it was last told that the incident is over, ms; `null` while the incident is open. */
  readonly closedAt: number | null;
}

const refSchema = z.object({
  issue: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[A-Za-z0-9_-]+$/),
  closedAt: z.number().nullable(),
});

/** @returns `null` for none, and for a text that is not one of {@link formatTicketRef} */
export function parseTicketRef(text: string | null): TicketRef | null {
  if (text === null) {
    return null;
  }
  try {
    return refSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function formatTicketRef({ issue, closedAt }: TicketRef): string {
  return JSON.stringify({ issue, closedAt });
}
