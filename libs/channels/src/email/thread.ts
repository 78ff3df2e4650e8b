import type { NotificationIntent } from '@tidewatch/alerts';
import { z } from 'zod';

/**
 * What is remembered of the thread of an incident, as the `ref` of its deliveries: mail programs put a message into a
 * thread by its references, and some only when the subject is the same too.
 */
export interface MailThread {
  /** Message-ID of the opening. */
  readonly root: string;
  /** Message-ID of the latest mail. */
  readonly last: string;
  /** Subject of the opening, without `Re:`. */
  readonly subject: string;
  /** Recipients that the server did not take the latest mail for, masked; at most 10. */
  readonly missed: readonly string[];
}

const MESSAGE_ID = /^<[A-Za-z0-9.]{1,120}@[A-Za-z0-9.-]{1,253}>$/;

const threadSchema = z.object({
  root: z.string().regex(MESSAGE_ID),
  last: z.string().regex(MESSAGE_ID),
  subject: z.string(),
  missed: z.array(z.string()),
});

/** Reads the `ref` of a delivery; `null` for none and for one that is no thread. */
export function readThread(ref: string | null): MailThread | null {
  if (ref === null) {
    return null;
  }
  try {
    return threadSchema.safeParse(JSON.parse(ref)).data ?? null;
  } catch {
    return null;
  }
}

/** The thread as a `ref`. */
export function writeThread({ root, last, subject, missed }: MailThread): string {
  return JSON.stringify({ root, last, subject, missed });
}

/** Message-ID of the mail that opens the thread of a (incident, receiver). */
export function rootId(intent: Pick<NotificationIntent, 'dedupKey'>, domain: string): string {
  return `<${idPart(intent.dedupKey)}.0@${domain}>`;
}

/** Message-ID of any later mail. */
export function laterId(intent: Pick<NotificationIntent, 'dedupKey' | 'sequence'>, domain: string): string {
  return `<${idPart(intent.dedupKey)}.${intent.sequence}@${domain}>`;
}

function idPart(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').slice(0, 100);
}
