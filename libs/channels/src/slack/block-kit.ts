import { truncate } from '../text-limit.js';

/** Limits of Block Kit, in characters and elements. */
export const BLOCK_KIT = {
  blocks: 50,
  header: 150,
  section: 3_000,
  fields: 10,
  field: 2_000,
  contextElements: 10,
  actions: 25,
  button: 75,
  /** Of a link, a picture or a button. */
  url: 3_000,
  altText: 2_000,
} as const;

/**
 * Slack refuses a message whose blocks hold more than about 13,200 characters in all (`msg_blocks_too_long`,
 * undocumented). We stay well below.
 */
export const MOST_BLOCK_TEXT = 12_000;

/** A plain text object of Block Kit. */
export interface SlackPlainText {
  readonly type: 'plain_text';
  readonly text: string;
}

/** `verbatim` keeps Slack from making links and mentions out of what it finds in the text. */
export interface SlackMarkup {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

/** A button that sends `action_id` and `value` to the app. */
export interface SlackButton {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: SlackPlainText;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  /** Asks before anything is sent. */
  readonly confirm?: {
    readonly title: SlackPlainText;
    readonly text: SlackPlainText;
    readonly confirm: SlackPlainText;
    readonly deny: SlackPlainText;
  };
}

/** The blocks that our messages are made of. */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: SlackPlainText }
  | { readonly type: 'section'; readonly text: SlackMarkup }
  | { readonly type: 'section'; readonly fields: readonly SlackMarkup[] }
  | { readonly type: 'context'; readonly elements: readonly SlackMarkup[] }
  | { readonly type: 'image'; readonly image_url: string; readonly alt_text: string }
  | { readonly type: 'actions'; readonly elements: readonly SlackButton[] };

/** What a message shows, for an incoming webhook and for the Web API alike. */
export interface SlackMessage {
  /** What notifications and screen readers show. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Escapes the three control characters of Slack and cuts at `limit`. Without this a label value such as `<!channel>`
 * wakes a whole workspace.
 */
export function escaped(text: string, limit: number): string {
  return truncate(text, limit, (character) => ENTITIES[character] ?? character);
}

/** `<address|label>`, or `<address>` without a label; empty for an address that is too long to be a link. */
export function link(address: string, label = ''): string {
  const href = address.replace(/[<>|]/g, encodeURIComponent).replaceAll('&', '&amp;');
  if (href === '' || href.length > BLOCK_KIT.url / 2) {
    return '';
  }
  return label === '' ? `<${href}>` : `<${href}|${label}>`;
}

export function header(text: string): SlackBlock {
  return { type: 'header', text: plain(escaped(text, BLOCK_KIT.header)) };
}

/** @param text escaped, at most 3,000 characters */
export function section(text: string): SlackBlock {
  return { type: 'section', text: markup(text) };
}

/** @param elements escaped, at most 10 */
export function contextBlock(elements: readonly string[]): SlackBlock {
  return { type: 'context', elements: elements.slice(0, BLOCK_KIT.contextElements).map(markup) };
}

/** @param text escaped */
export function markup(text: string): SlackMarkup {
  return { type: 'mrkdwn', text, verbatim: true };
}

export function plain(text: string): SlackPlainText {
  return { type: 'plain_text', text };
}

/** Characters under `text` and `alt_text`, however deep: what counts towards {@link MOST_BLOCK_TEXT}. */
export function textLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  return Object.entries(value).reduce(
    (sum, [key, part]) =>
      sum +
      ((key === 'text' || key === 'alt_text') && typeof part === 'string' ? part.length : textLength(part)),
    0,
  );
}
