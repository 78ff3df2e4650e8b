import { stringify } from 'yaml';
import { fillIn, idOf, type Fillings } from './fill-in.js';
import { matchPreset, type PresetMatch } from './match-preset.js';
import type { MetricCatalogue } from './metric-catalogue.js';
import { PRESET_PARAMETERS, type Preset } from './preset.js';

/** Rules that fit what arrives, ready to be written into a file. */
export interface Suggestion {
  /** Name of the preset. */
  readonly preset: string;
  readonly title: string;
  /** What the rules are for: service, region and model, as far as they are known. */
  readonly parameters: Readonly<Record<string, string>>;
  /** YAML. */
  readonly documents: string;
  /** The system exposes sums only: the rules judge a mean. */
  readonly meanOnly: boolean;
  readonly notes: readonly string[];
}

/** Names of rules are RFC 1123 labels. */
const NAME_LENGTH = 63;
const YAML_STYLE = { lineWidth: 120, aliasDuplicateObjects: false } as const;

/** The rules of all presets whose telemetry is in the catalogue: ordered by preset, then service, region and model. */
export function suggestSlos(presets: readonly Preset[], catalogue: MetricCatalogue): Suggestion[] {
  return [...presets]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((preset) => matchPreset(preset, catalogue).map((match) => suggestion(preset, match)));
}

function suggestion(preset: Preset, match: PresetMatch): Suggestion {
  const { name, title, meanOnly, notes } = preset;
  return {
    preset: name,
    title,
    parameters: match.parameters,
    documents: documentsOf(preset, match),
    meanOnly,
    notes,
  };
}

function documentsOf(preset: Preset, { parameters, values }: PresetMatch): string {
  const parts = PRESET_PARAMETERS.map((name) => parameters[name] ?? '');
  const identity = Object.fromEntries(PRESET_PARAMETERS.map((name, index) => [name, parts[index] ?? '']));
  const rules = preset.documents.map((template) => {
    const id = idOf(parts, NAME_LENGTH - nameOf(template).replace('${id}', '').length);
    const fillings: Fillings = { id, ...identity, ...values };
    return stringify(fillIn(id === '' ? withoutId(template) : template, fillings), YAML_STYLE);
  });
  return `${commentOf(preset, parts)}${rules.join('---\n')}`;
}

function nameOf(template: unknown): string {
  const name = (template as { metadata?: { name?: unknown } } | null)?.metadata?.name;
  return typeof name === 'string' ? name : '';
}

/** Without service, region and model a name would begin with a dash. */
function withoutId(template: unknown): unknown {
  return JSON.parse(JSON.stringify(template).replaceAll('${id}-', '')) as unknown;
}

function commentOf({ name, title, meanOnly, description, notes }: Preset, parts: readonly string[]): string {
  const where = parts.filter((each) => each !== '').join(', ');
  const lines = [
    `${title}${where === '' ? '' : ` (${where})`}, from the preset ${name}${meanOnly ? '; mean only' : ''}.`,
    description,
    ...notes,
  ];
  // Names come from telemetry: a line break in one must not end the comment.
  return lines.map((line) => `# ${line.replace(/\s+/g, ' ')}\n`).join('');
}
