/**
 * The part of the Atlassian Document Format (version 1) that tickets use. Texts from outside only ever become text nodes, in
 * which nothing is interpreted: no mentions, links, pictures or macros can come out of them.
 */
export interface AdfText {
  readonly type: 'text';
  /** Never empty: the format forbids it. */
  readonly text: string;
  readonly marks?: readonly AdfMark[];
}

export type AdfMark =
  { readonly type: 'strong' } | { readonly type: 'link'; readonly attrs: { readonly href: string } };

export type AdfInline = AdfText | { readonly type: 'hardBreak' };

export interface AdfParagraph {
  readonly type: 'paragraph';
  readonly content: readonly AdfInline[];
}

export type AdfBlock =
  | AdfParagraph
  | {
      readonly type: 'heading';
      readonly attrs: { readonly level: number };
      readonly content: readonly AdfInline[];
    }
  | {
      readonly type: 'bulletList';
      readonly content: readonly { readonly type: 'listItem'; readonly content: readonly AdfParagraph[] }[];
    }
  | {
      readonly type: 'table';
      readonly content: readonly {
        readonly type: 'tableRow';
        readonly content: readonly {
          readonly type: 'tableHeader' | 'tableCell';
          readonly attrs: Readonly<Record<string, never>>;
          readonly content: readonly AdfParagraph[];
        }[];
      }[];
    };

export interface AdfDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly AdfBlock[];
}

export function adfDocument(content: readonly AdfBlock[]): AdfDocument {
  return { type: 'doc', version: 1, content };
}

/** Text nodes for `text`, with its line breaks; none for an empty text. */
export function adfInline(text: string, mark?: AdfMark): AdfInline[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line, index): AdfInline[] => [
    ...(index === 0 ? [] : [{ type: 'hardBreak' as const }]),
    { type: 'text', text: line, ...(mark && { marks: [mark] }) },
  ]);
}

export function adfParagraph(...inlines: readonly AdfInline[]): AdfParagraph {
  return { type: 'paragraph', content: inlines };
}

export function adfHeading(text: string): AdfBlock {
  return { type: 'heading', attrs: { level: 3 }, content: adfInline(text) };
}

/** @param items each of them one paragraph; at least one */
export function adfList(items: readonly (readonly AdfInline[])[]): AdfBlock {
  return {
    type: 'bulletList',
    content: items.map((item) => ({ type: 'listItem', content: [adfParagraph(...item)] })),
  };
}

/** Two columns: names and values. @param rows at least one */
export function adfTable(rows: readonly (readonly [name: string, value: string])[]): AdfBlock {
  return {
    type: 'table',
    content: rows.map(([name, value]) => ({
      type: 'tableRow',
      content: [
        { type: 'tableHeader', attrs: {}, content: [adfParagraph(...adfInline(name))] },
        { type: 'tableCell', attrs: {}, content: [adfParagraph(...adfInline(value))] },
      ],
    })),
  };
}

export function adfLink(label: string, href: string): AdfText {
  return { type: 'text', text: label, marks: [{ type: 'link', attrs: { href } }] };
}
