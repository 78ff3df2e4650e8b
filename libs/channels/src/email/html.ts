const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that is safe to put into a page: made by {@link escaped} and {@link html} only. */
export interface SafeHtml {
  readonly html: string;
}

/** Text as HTML that shows exactly this text, in an element or a quoted attribute. */
export function escaped(text: string): SafeHtml {
  return { html: text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '') };
}

/** A template whose texts are escaped; parts that are safe already, and lists of them, stay as they are. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | SafeHtml | readonly SafeHtml[])[]
): SafeHtml {
  const shown = values.map((value) => {
    if (typeof value === 'string') {
      return escaped(value).html;
    }
    return 'html' in value ? value.html : value.map((each) => each.html).join('');
  });
  return { html: parts.map((part, index) => part + (shown[index] ?? '')).join('') };
}

export const NOTHING: SafeHtml = { html: '' };

/** A link; the text alone when the address is none that a browser opens. */
export function link(address: string, text: string): SafeHtml {
  return /^https?:\/\//i.test(address)
    ? html`<a href="${address}" style="color:#0b5cad">${text}</a>`
    : escaped(text);
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/**
 * A whole page in one column: inline styles only, because mail programs drop style sheets, and no remote image, because
 * they block those.
 *
 * @param preview what lists of mails show after the subject
 */
export function page(title: string, preview: string, content: SafeHtml): string {
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
      </head>
      <body
        style="margin:0;padding:16px;background:#ffffff;color:#1c2733;${{ html: FONT }};font-size:15px;line-height:1.45"
      >
        <div style="display:none;max-height:0;overflow:hidden">${preview}</div>
        <div style="max-width:640px;margin:0 auto">${content}</div>
      </body>
    </html> `.html;
}

/** A table with a heading row, or with none where `columns` is empty. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): SafeHtml {
  const cell = 'padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid #e3e8ee';
  const head = columns.map(
    (column) => html`<th style="${cell};color:#5b6b7b;font-weight:600">${column}</th>`,
  );
  return html`<table style="border-collapse:collapse;font-size:13px;margin:8px 0 16px">
    ${
      columns.length === 0
        ? NOTHING
        : html`<tr>
            ${head}
          </tr>`
    }${rows.map(
      (row) =>
        html`<tr>
          ${row.map((value) => html`<td style="${cell}">${value}</td>`)}
        </tr>`,
    )}
  </table>`;
}
