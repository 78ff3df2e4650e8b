import { Option, type Command } from 'commander';
import {
  NO_PRESET,
  presets,
  PRESETS,
  toMetrics,
  type Exposition,
  type ExpositionFormat,
  type PresetName,
  type ScrapedMetrics,
} from '@tidewatch/scrape';
import { EXIT, type ExitCode } from './exit-code.js';
import { readExposition } from './read-exposition.js';
import { formatBytes, formatCount, formatTable } from './table.js';
import type { Terminal } from './terminal.js';

interface CheckOptions {
  readonly format?: ExpositionFormat;
  readonly preset?: PresetName;
  readonly json?: boolean;
}

/** Adds `scrape check`. */
export function addScrapeCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  program
    .command('scrape')
    .description('metrics that Tidewatch pulls from serving systems')
    .command('check')
    .description(
      'read an exposition as a ScrapeTarget would, and say what is in it and what is wrong with it',
    )
    .argument('<source>', 'a file, "-" for standard input, or an address')
    .addOption(new Option('--format <format>', 'read it as this').choices(['prometheus', 'openmetrics']))
    .addOption(new Option('--preset <preset>', 'map labels as this preset does').choices([...PRESETS]))
    .option('--json', 'print JSON')
    .action(async (source: string, options: CheckOptions) => {
      const exposition = await readExposition(source, options.format, terminal);
      const converted = toMetrics(
        exposition,
        options.preset === undefined ? NO_PRESET : presets[options.preset],
      );
      terminal.out(
        options.json === true
          ? JSON.stringify(checkJson(exposition, converted), null, 2)
          : checkText(exposition, converted),
      );
      exitWith(exposition.problemCount + converted.problems.length > 0 ? EXIT.failed : EXIT.ok);
    });
}

function checkJson(exposition: Exposition, { metrics, dropped, problems }: ScrapedMetrics): object {
  return {
    format: exposition.format,
    bytes: exposition.bytes,
    samples: exposition.samples + exposition.lostSamples,
    kept: exposition.samples - dropped,
    series: seriesOf(metrics),
    metrics: metrics.map(({ name, kind, unit, points }) => ({ name, kind, unit, series: points.length })),
    lines: exposition.problems,
    lineCount: exposition.problemCount,
    problems,
  };
}

function checkText(exposition: Exposition, { metrics, dropped, problems }: ScrapedMetrics): string {
  const table = formatTable(
    [{ title: 'METRIC' }, { title: 'KIND' }, { title: 'UNIT' }, { title: 'SERIES', align: 'right' }],
    metrics.map(({ name, kind, unit, points }) => [name, kind, unit, formatCount(points.length)]),
  );
  const all = exposition.samples + exposition.lostSamples;
  const kept = exposition.samples - dropped;
  const summary =
    `${exposition.format === 'openmetrics' ? 'OpenMetrics' : 'Prometheus text'}, ${formatBytes(exposition.bytes)}: ` +
    `${counted(all, 'sample')}, ${kept === all ? 'all kept' : `${formatCount(kept)} kept`}, ` +
    `${formatCount(seriesOf(metrics))} series of ${counted(metrics.length, 'metric')}.`;
  const more = exposition.problemCount - exposition.problems.length;
  const wrong = [
    ...exposition.problems.map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${counted(more, 'more line')}`] : []),
    ...problems.map((problem) => `  ${problem}`),
  ];
  return [
    ...(metrics.length === 0 ? [] : [table, '']),
    summary,
    wrong.length === 0 ? 'Nothing is wrong with it.' : `Left out:\n${wrong.join('\n')}`,
  ].join('\n');
}

function seriesOf(metrics: ScrapedMetrics['metrics']): number {
  return metrics.reduce((sum, { points }) => sum + points.length, 0);
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}
