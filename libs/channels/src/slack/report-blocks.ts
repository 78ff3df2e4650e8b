import { fittingParts, type Part } from '../fitting-parts.js';
import type { Report, ReportSection } from '../report.js';
import { plainText, truncate } from '../text-limit.js';
import {
  BLOCK_KIT,
  contextBlock,
  escaped,
  header,
  link,
  MOST_BLOCK_TEXT,
  section,
  textLength,
  type SlackBlock,
  type SlackMessage,
} from './block-kit.js';

const SUMMARY = 1_000;
const HEADING = 200;
const PROSE = 2_900;
const TABLE = 2_700;
const WIDEST_CELL = 40;
/** Room for the note that says what was cut. */
const NOTE = 300;

/**
 * Writes a report as one message. What does not fit is cut, and a note says so: a digest that comes in several messages
 * buries the channel.
 */
export function slackReport(report: Report): SlackMessage {
  const title = plainText(report.title);
  const all = report.sections.flatMap(sectionBlocks);
  // The header, the summary and the note come first; each later block is more dispensable than the one before.
  const parts: Part<SlackBlock>[] = [
    { content: header(title), dispensable: 0 },
    ...(report.summary === ''
      ? []
      : [{ content: section(escaped(plainText(report.summary), SUMMARY)), dispensable: 0 }]),
    ...all.map((content, index) => ({ content, dispensable: index + 1 })),
  ];
  const kept = fittingParts(
    parts,
    (blocks) => textLength(blocks) <= MOST_BLOCK_TEXT - NOTE && blocks.length < BLOCK_KIT.blocks,
  );
  const note = noteText(report.console, kept.length < parts.length);
  return {
    text: escaped(`${title}: ${plainText(report.summary)}`, BLOCK_KIT.section),
    blocks: note === '' ? kept : [...kept, contextBlock([note])],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function noteText(console: string, isCut: boolean): string {
  const anchor = link(console, 'Tidewatch');
  if (isCut) {
    return anchor === ''
      ? 'The report is longer and was cut here.'
      : `The report is longer and was cut here; see ${anchor}.`;
  }
  return anchor === '' ? '' : `More in ${anchor}.`;
}

function sectionBlocks({ heading, paragraphs, table }: ReportSection): SlackBlock[] {
  const prose = truncateLines(
    [
      ...(heading === '' ? [] : [`*${escaped(plainText(heading), HEADING)}*`]),
      ...paragraphs.map((paragraph) => escaped(plainText(paragraph), PROSE)),
    ],
    PROSE,
  );
  return [
    ...(prose === '' ? [] : [section(prose)]),
    ...(table === null || table.columns.length === 0 ? [] : [section(tableText(table))]),
  ];
}

/** Joins as many whole lines as fit into `limit` characters. */
function truncateLines(lines: readonly string[], limit: number): string {
  let text = '';
  for (const line of lines) {
    const next = text === '' ? line : `${text}\n${line}`;
    if (next.length > limit) {
      return text === '' ? '' : `${text}\n…`;
    }
    text = next;
  }
  return text;
}

/** A table as preformatted text; rows that do not fit are counted below it. */
function tableText({ columns, rows }: NonNullable<ReportSection['table']>): string {
  const cells = [columns, ...rows].map((row) => row.map(cellText));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  const lines = cells.map((row) =>
    escaped(
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      TABLE,
    ),
  );
  const [head = '', ...body] = lines;
  let text = head;
  let shown = 0;
  for (const line of body) {
    if (text.length + line.length + 1 > TABLE) {
      break;
    }
    text += `\n${line}`;
    shown += 1;
  }
  const left = body.length - shown;
  return `\`\`\`\n${text}\n\`\`\`${left === 0 ? '' : `\n… and ${left} more`}`;
}

/** A backtick could end the preformatted text, and a line break the row. */
function cellText(cell: string): string {
  return truncate(plainText(cell).replaceAll('\n', ' ').replaceAll('`', "'"), WIDEST_CELL);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
