/** One series of a chart: a value per position on the x axis; `null` where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Colours that are told apart by people who see fewer of them (Okabe and Ito). */
const COLOURS = [
  '#000000',
  '#d55e00',
  '#0072b2',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8a6d00',
  '#7f7f7f',
];

const WIDTH = 760;
const LEFT = 230;
const ROW = 26;
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';

/** A bar per name, on a logarithmic axis from `least` up, with a line at a limit. */
export function barChart(
  title: string,
  bars: readonly { readonly name: string; readonly values: readonly number[] }[],
  {
    least,
    limit,
    legend,
  }: { readonly least: number; readonly limit: number; readonly legend: readonly string[] },
): string {
  const most = Math.max(limit, ...bars.flatMap(({ values }) => values)) * 1.3;
  const scale = (value: number): number =>
    LEFT + ((WIDTH - LEFT - 70) * Math.log(Math.max(value, least) / least)) / Math.log(most / least);
  const height = 70 + bars.length * ROW * legend.length * 0.75 + 24;
  const parts = bars.flatMap(({ name, values }, row) => {
    const top = 62 + row * ROW * legend.length * 0.75;
    return [
      `<text x="${LEFT - 8}" y="${top + 14}" text-anchor="end" ${FONT}>${escaped(name)}</text>`,
      ...values.flatMap((value, index) => {
        const y = top + index * 16;
        const width = Math.max(1, scale(value) - LEFT);
        return [
          `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="13" fill="${COLOURS[index + 1]}"/>`,
          `<text x="${(LEFT + width + 5).toFixed(1)}" y="${y + 11}" ${FONT}>${label(value)}</text>`,
        ];
      }),
    ];
  });
  const x = scale(limit).toFixed(1);
  return svg(height, title, [
    ...legend.map(
      (name, index) =>
        `<rect x="${LEFT + index * 150}" y="34" width="13" height="13" fill="${COLOURS[index + 1]}"/>` +
        `<text x="${LEFT + index * 150 + 19}" y="45" ${FONT}>${escaped(name)}</text>`,
    ),
    ...parts,
    `<line x1="${x}" y1="54" x2="${x}" y2="${height - 20}" stroke="#000" stroke-dasharray="4 3"/>`,
    `<text x="${x}" y="${height - 6}" text-anchor="middle" ${FONT}>${label(limit)}</text>`,
  ]);
}

/** A line per series over named positions, from 0 to 1. */
export function lineChart(title: string, positions: readonly string[], series: readonly Series[]): string {
  const [top, bottom, left, right] = [40, 300, 60, 480];
  const x = (index: number): number => left + ((right - left) * index) / Math.max(1, positions.length - 1);
  const y = (value: number): number => bottom - (bottom - top) * value;
  return svg(340, title, [
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (value) =>
        `<line x1="${left}" y1="${y(value)}" x2="${right}" y2="${y(value)}" stroke="#ccc"/>` +
        `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end" ${FONT}>${value}</text>`,
    ),
    ...positions.map(
      (name, index) =>
        `<text x="${x(index)}" y="${bottom + 20}" text-anchor="middle" ${FONT}>${escaped(name)}</text>`,
    ),
    ...series.flatMap(({ name, values }, index) => {
      const colour = COLOURS[index % COLOURS.length];
      const points = values.flatMap((value, position) =>
        value === null ? [] : [`${x(position).toFixed(1)},${y(value).toFixed(1)}`],
      );
      const dash =
        index === 0 ? '' : ` stroke-dasharray="${[0, 6, 3, 8][index % 4]} ${index % 4 === 0 ? 0 : 3}"`;
      return [
        `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="${index === 0 ? 3 : 1.8}"${dash}/>`,
        `<line x1="505" y1="${top + 10 + index * 24}" x2="530" y2="${top + 10 + index * 24}" stroke="${colour}" stroke-width="3"${dash}/>`,
        `<text x="538" y="${top + 14 + index * 24}" ${FONT}>${escaped(name)}</text>`,
      ];
    }),
  ]);
}

function svg(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.round(height)}" role="img" aria-label="${escaped(title)}">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="12" y="20" font-family="system-ui, sans-serif" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function label(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
