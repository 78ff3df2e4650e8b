import { fittingParts, type Part } from '../fitting-parts.js';
import type { Report, ReportSection } from '../report.js';
import { plainText, truncate } from '../text-limit.js';
import {
  LARGEST_MESSAGE,
  paragraph,
  run,
  sizeOf,
  teamsMessage,
  type CardElement,
  type TeamsMessage,
} from './card.js';

const TITLE = 200;
const PROSE = 2_000;
const CELL = 60;
const NOTE = 'The report is longer and was cut here.';

/** Writes a report as one Adaptive Card of at most 28 KB. What does not fit is cut, and a note says so. */
export function reportCard(report: Report): TeamsMessage {
  const title = truncate(plainText(report.title), TITLE);
  const elements = report.sections.flatMap(sectionElements);
  const parts: Part<CardElement>[] = [
    ...shown(0, paragraph([run(title, { weight: 'bolder', size: 'large' })])),
    ...shown(0, paragraph([run(truncate(plainText(report.summary), PROSE))])),
    ...elements.map((content, index) => ({ content, dispensable: index + 1 })),
  ];
  const note = paragraph([run(NOTE, { isSubtle: true })]);
  const message = (body: readonly CardElement[]): TeamsMessage =>
    teamsMessage(
      truncate(`${title}: ${plainText(report.summary)}`, PROSE),
      body.length < parts.length && note !== undefined ? [...body, note] : body,
      report.console === '' ? [] : [{ type: 'Action.OpenUrl', title: 'Tidewatch', url: report.console }],
    );
  return message(fittingParts(parts, (body) => sizeOf(message(body)) <= LARGEST_MESSAGE));
}

function shown(dispensable: number, element: CardElement | undefined): Part<CardElement>[] {
  return element === undefined ? [] : [{ content: element, dispensable }];
}

function sectionElements({ heading, paragraphs, table }: ReportSection): CardElement[] {
  const prose = paragraphs.map((text) => paragraph([run(truncate(plainText(text), PROSE))], 'small'));
  const head = paragraph([run(truncate(plainText(heading), TITLE), { weight: 'bolder' })], 'medium');
  return [head, ...prose, ...tableLines(table)].filter((element) => element !== undefined);
}

/** A table as lines of one width per column: tables of cards need a version that not every client shows. */
function tableLines(table: ReportSection['table']): (CardElement | undefined)[] {
  if (table === null) {
    return [];
  }
  const rows = [table.columns, ...table.rows].map((row) =>
    row.map((cell) => truncate(plainText(cell).replaceAll('\n', ' '), CELL)),
  );
  const widths = table.columns.map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => cell + '\u00a0'.repeat((widths[column] ?? 0) - [...cell].length));
    return paragraph(
      [
        run(cells.join('\u00a0\u00a0'), {
          fontType: 'monospace',
          ...(index === 0 && { weight: 'bolder' as const }),
        }),
      ],
      'none',
    );
  });
}
