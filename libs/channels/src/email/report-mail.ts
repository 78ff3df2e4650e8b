import { createHash } from 'node:crypto';
import type { Report, ReportSection } from '../report.js';
import { plainText, truncate } from '../text-limit.js';
import { headerText } from './header-text.js';
import { html, link, NOTHING, page, table, type SafeHtml } from './html.js';
import { automaticHeaders, type Mail } from './mail.js';

/** Keep a report readable, and far below what mail servers take. */
const LONGEST_PARAGRAPH = 1_000;
const LONGEST_CELL = 200;
const MOST_PARAGRAPHS = 10;
const MOST_ROWS = 50;
const MOST_SECTIONS = 20;

/**
 * Writes a report as a mail.
 *
 * @param domain of the sender
 * @param destination tells apart the same report to several receivers
 */
export function reportMail(report: Report, domain: string, destination: string): Mail {
  const bounded = boundedReport(report);
  const id = createHash('sha256').update(`${report.id}\n${destination}`).digest('hex');
  return {
    messageId: `<report.${id}@${domain}>`,
    references: [],
    subject: headerText(`[Tidewatch] ${report.title}`),
    text: textOf(bounded),
    html: htmlOf(bounded),
    headers: automaticHeaders('report', domain),
    at: report.attemptAt,
    urgent: false,
    picture: null,
  };
}

/** The report in plain text of bounded length: from here on nothing has to be cut or cleaned. */
function boundedReport(report: Report): Report {
  const line = (text: string): string => truncate(plainText(text).replaceAll('\n', ' '), LONGEST_CELL);
  return {
    ...report,
    title: line(report.title),
    summary: truncate(plainText(report.summary), LONGEST_PARAGRAPH),
    sections: report.sections.slice(0, MOST_SECTIONS).map(({ heading, paragraphs, table: full }) => ({
      heading: line(heading),
      paragraphs: paragraphs
        .slice(0, MOST_PARAGRAPHS)
        .map((text) => truncate(plainText(text), LONGEST_PARAGRAPH)),
      table: full && {
        columns: full.columns.map(line),
        rows: full.rows.slice(0, MOST_ROWS).map((row) => row.map(line)),
      },
    })),
  };
}

function textOf(report: Report): string {
  const parts = [
    report.title,
    report.summary,
    ...report.sections.flatMap((section) => [
      underlined(section.heading),
      ...section.paragraphs,
      section.table === null ? '' : textTable(section.table),
    ]),
    report.console === '' ? '' : `Console: ${report.console}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function underlined(heading: string): string {
  return `${heading}\n${'-'.repeat(heading.length)}`;
}

/** Columns as wide as their widest cell, which is what a mail program shows text in a fixed font for. */
function textTable({ columns, rows }: NonNullable<ReportSection['table']>): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function htmlOf(report: Report): string {
  const content = html`<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">${report.title}</h1>
    <p style="margin:0 0 12px">${report.summary}</p>
    ${report.sections.map(sectionHtml)}
    ${report.console === '' ? NOTHING : html`<p style="margin:16px 0">${link(report.console, 'Console')}</p>`}`;
  return page(report.title, report.summary, content);
}

function sectionHtml(section: ReportSection): SafeHtml {
  return html`<h2 style="margin:20px 0 6px;font-size:16px">${section.heading}</h2>
    ${section.paragraphs.map((text) => html`<p style="margin:0 0 8px">${text}</p>`)}
    ${section.table === null ? NOTHING : table(section.table.columns, section.table.rows)}`;
}
