import { readPreset, suggestSlos, type MetricCatalogue, type Preset, type Suggestion } from '@tidewatch/slo';
import { readYamlDocuments } from '@tidewatch/config';
import { AppError, formatProblem, type Problem } from '@tidewatch/core';
import { ApiClient, type ServerOptions } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formatTable } from '../table.js';
import type { Terminal } from '../terminal.js';
import { writeText } from './import.js';
import { counted } from './number-words.js';
import { presetFiles } from './preset-folder.js';
import { read } from './read-definitions.js';

/** Options of `slo suggest`. */
export interface SuggestOptions extends ServerOptions {
  readonly out?: string;
  readonly yaml?: boolean;
  readonly json?: boolean;
}

/** `slo suggest`: the presets that fit what a server receives. Status 1 when none does. */
export async function suggest(options: SuggestOptions, terminal: Terminal): Promise<ExitCode> {
  const catalogue = (await new ApiClient(options).request(
    'GET',
    '/api/v1/metrics',
  )) as Partial<MetricCatalogue>;
  const suggestions = suggestSlos(presetFiles().map(presetOf), {
    items: catalogue.items ?? [],
    predictions: catalogue.predictions ?? [],
  });
  const written =
    options.out === undefined
      ? []
      : suggestions.map((suggestion) =>
          writeText(options.out ?? '', fileName(suggestion), suggestion.documents),
        );
  if (options.json === true) {
    terminal.out(JSON.stringify({ suggestions, written }, null, 2));
  } else if (options.yaml === true) {
    terminal.out(suggestions.map(({ documents }) => documents.trimEnd()).join('\n---\n'));
  } else {
    terminal.out(suggestionText(suggestions, catalogue.items?.length ?? 0, written));
  }
  return suggestions.length === 0 ? EXIT.failed : EXIT.ok;
}

function presetOf(file: string): Preset {
  const problems: Problem[] = [];
  const documents = readYamlDocuments(file, read(file), problems);
  if (problems.length > 0) {
    throw new AppError({
      code: 'slo.preset',
      message: `A preset cannot be read: ${problems.map(formatProblem).join('; ')}.`,
    });
  }
  return readPreset(documents.map(({ value }) => value));
}

function fileName({ preset, parameters }: Suggestion): string {
  const parts = ['service', 'region', 'model']
    .map((key) => parameters[key] ?? '')
    .filter((part) => part !== '');
  return `${[...parts, preset]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')}.yaml`;
}

function suggestionText(
  suggestions: readonly Suggestion[],
  metrics: number,
  written: readonly string[],
): string {
  if (suggestions.length === 0) {
    return `No preset fits the ${counted(metrics, 'metric')} that the server has received lately.`;
  }
  const table = formatTable(
    [{ title: 'PRESET' }, { title: 'FOR' }, { title: 'WHAT' }, { title: 'NOTE' }],
    suggestions.map(({ preset, parameters, title, meanOnly }) => [
      preset,
      Object.entries(parameters)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
      title,
      meanOnly ? 'mean only' : '',
    ]),
  );
  const next =
    written.length > 0
      ? written.map((file) => `wrote ${file}`).join('\n')
      : 'Write them with --out DIR, or print them with --yaml.';
  return `${table}\n\n${counted(suggestions.length, 'preset')} fit what the server receives.\n${next}`;
}
