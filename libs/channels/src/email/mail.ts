/** A finished e-mail, independent of how it is sent. */
export interface Mail {
  /** `<…@…>`: the same whenever the same thing is sent again, so that mailboxes keep one. */
  readonly messageId: string;
  /** Message-IDs of the thread, oldest first; empty for what starts one. */
  readonly references: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Further headers, clean already. */
  readonly headers: Readonly<Record<string, string>>;
  /** Time of the attempt, ms. */
  readonly at: number;
  /** Whether mail programs should mark it as important. */
  readonly urgent: boolean;
  /** Shown inside the HTML part as `cid:` and its id; `null` for none. */
  readonly picture: { readonly cid: string; readonly png: Uint8Array } | null;
}

/**
 * Headers that keep automatic answers away: RFC 3834 for programs that know it, the others for those that do not. A mail
 * that nobody wrote must never be answered by another one that nobody wrote.
 *
 * @param list name and domain of the List-Id (RFC 2919), by which mail programs sort
 */
export function automaticHeaders(list: string, domain: string): Record<string, string> {
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    Precedence: 'bulk',
    'List-Id': `<${list}.tidewatch.${domain}>`,
  };
}
