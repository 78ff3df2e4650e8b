import type { ModelReport } from '@tidewatch/encoder';
import type { InspectedModel } from './inspect-file.js';
import { formatBytes, formatCount, formatTable, oneLine } from './table.js';

const TEXT_WIDTH = 100;

/** What `model inspect` prints. */
export function modelText(file: string, { report, sha256 }: InspectedModel): string {
  const { externalFiles, metadata, problems } = report;
  const sections = [
    overview(file, report, sha256),
    valueTable(report),
    operatorTable(report),
    ...(externalFiles.length === 0
      ? []
      : [
          formatTable(
            [{ title: 'EXTERNAL DATA' }, { title: 'TENSORS', align: 'right' }],
            externalFiles.map(({ location, tensors }) => [location, formatCount(tensors)]),
          ),
        ]),
    ...(Object.keys(metadata).length === 0
      ? []
      : [
          formatTable(
            [{ title: 'METADATA' }, { title: 'VALUE' }],
            Object.entries(metadata).map(([key, value]) => [cut(key), cut(value)]),
          ),
        ]),
    problems.length === 0
      ? 'Nothing is wrong with it.'
      : problems.map(({ severity, message }) => `${severity}: ${oneLine(message)}`).join('\n'),
  ];
  return sections.join('\n\n');
}

function overview(file: string, report: ModelReport, sha256: string | null): string {
  const { parameters, functions } = report;
  const rows = [
    ['File', `${file}, ${formatBytes(report.bytes)}`],
    ['SHA-256', sha256 ?? 'unknown, a file is missing'],
    ['Graph', report.graph],
    ['Producer', report.producer],
    ['IR version', String(report.irVersion)],
    ['Opsets', report.opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ')],
    ['Parameters', `${formatCount(parameters.count)}, ${formatBytes(parameters.bytes)}`],
    ['Functions', functions.join(', ')],
  ];
  return rows
    .filter(([, value]) => value !== '')
    .map(
      ([title = '', value = '']) => `${title.padEnd(10)}  ${title === 'File' ? oneLine(value) : cut(value)}`,
    )
    .join('\n');
}

function valueTable({ inputs, outputs }: ModelReport): string {
  const row = (direction: string) => (value: ModelReport['inputs'][number]) => [
    direction,
    value.name,
    value.kind === 'tensor' ? value.element : value.kind,
    value.shape === null ? '' : `[${value.shape.join(', ')}]`,
  ];
  return formatTable(
    [{ title: '' }, { title: 'NAME' }, { title: 'TYPE' }, { title: 'SHAPE' }],
    [...inputs.map(row('input')), ...outputs.map(row('output'))],
  );
}

function operatorTable({ operators }: ModelReport): string {
  return formatTable(
    [{ title: 'OPERATOR' }, { title: 'DOMAIN' }, { title: 'NODES', align: 'right' }],
    operators.map(({ type, domain, count }) => [type, domain, formatCount(count)]),
  );
}

function cut(text: string): string {
  const line = oneLine(text);
  return line.length <= TEXT_WIDTH ? line : `${line.slice(0, TEXT_WIDTH - 1)}…`;
}
