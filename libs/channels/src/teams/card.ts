/** An element of an Adaptive Card. */
export type CardElement =
  | { readonly type: 'RichTextBlock'; readonly inlines: readonly TextRun[]; readonly spacing?: Spacing }
  | { readonly type: 'Image'; readonly url: string; readonly altText: string; readonly size: 'stretch' };

type Spacing = 'none' | 'small' | 'medium';

/** A piece of text. Unlike the text of a `TextBlock` it is no Markdown: what is in it is shown as it is. */
export interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'bolder';
  readonly size?: 'large' | 'small';
  readonly color?: 'attention' | 'warning' | 'good' | 'accent';
  readonly isSubtle?: boolean;
  readonly fontType?: 'monospace';
}

/** A button that opens an address. */
export interface CardAction {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
}

/** What a Workflows webhook takes. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
}

/** An Adaptive Card, version 1.4: the newest that every client of Teams shows. */
export interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  /** What is shown by a client that cannot show the card, and said by a screen reader. */
  readonly fallbackText: string;
  readonly speak: string;
  /** Uses the whole width of the channel. */
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly CardElement[];
  readonly actions?: readonly CardAction[];
}

/** Teams refuses messages of more than 28 KB. */
export const LARGEST_MESSAGE = 28 * 1_024;

/**
 * Puts elements into a message.
 *
 * @param fallback one line of plain text
 */
export function teamsMessage(
  fallback: string,
  body: readonly CardElement[],
  actions: readonly CardAction[],
): TeamsMessage {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: fallback,
          speak: fallback.replace(/[<>&]/g, ' '),
          msteams: { width: 'Full' },
          body,
          ...(actions.length > 0 && { actions }),
        },
      },
    ],
  };
}

/** Bytes of a message on the wire. */
export function sizeOf(message: TeamsMessage): number {
  return Buffer.byteLength(JSON.stringify(message));
}

/** A piece of text, shown as it is. */
export function run(text: string, style: Omit<TextRun, 'type' | 'text'> = {}): TextRun {
  return { type: 'TextRun', text, ...style };
}

/** A paragraph; `undefined` when there is nothing to say, because Teams refuses empty text. */
export function paragraph(inlines: readonly TextRun[], spacing?: Spacing): CardElement | undefined {
  const filled = inlines.filter(({ text }) => text !== '');
  return filled.length === 0
    ? undefined
    : { type: 'RichTextBlock', inlines: filled, ...(spacing && { spacing }) };
}
