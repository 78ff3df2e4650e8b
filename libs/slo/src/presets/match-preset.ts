import { RE2JS } from 're2js';
import type { CatalogueMetric, MetricCatalogue, TelemetrySource } from './metric-catalogue.js';
import {
  PRESET_PARAMETERS,
  type MetricNeed,
  type Preset,
  type PresetNeed,
  type SampleNeed,
} from './preset.js';

/** One place for which a preset's rules can be made. */
export interface PresetMatch {
  /** Of the preset's parameters, those that are known here. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What else is filled in. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** A source with what it adds to the values. */
interface Sighting {
  readonly source: TelemetrySource;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The places where everything that a preset needs arrives, ordered by service, region and model. Of each the first variant that fits.
 *
 * Telemetry belongs together when it agrees in all parameters of the preset; a source that lacks one, such as a GPU that knows no
 * model, goes with any.
 */
export function matchPreset(preset: Preset, catalogue: MetricCatalogue): PresetMatch[] {
  const found = new Map<string, PresetMatch>();
  for (const { needs, values } of preset.variants) {
    const all = [...preset.needs, ...needs].map((need) => sightings(need, catalogue));
    const [first = [], ...others] = all;
    for (const { source, values: seen } of first) {
      const partners = others.map((each) => each.find((other) => together(preset, source, other.source)));
      const parameters = parametersOf(preset, source);
      const key = JSON.stringify(PRESET_PARAMETERS.map((name) => parameters?.[name] ?? ''));
      if (parameters !== null && !found.has(key) && partners.every((partner) => partner !== undefined)) {
        const more = Object.assign(
          {},
          seen,
          ...partners.map((partner) => partner.values),
        ) as Sighting['values'];
        found.set(key, { parameters, values: { ...values, ...more } });
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, match]) => match);
}

function parametersOf(preset: Preset, source: TelemetrySource): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  for (const name of PRESET_PARAMETERS) {
    const wanted = preset.parameters[name];
    if (wanted === 'required' && source[name] === '') {
      return null;
    }
    if (wanted !== undefined && source[name] !== '') {
      parameters[name] = source[name];
    }
  }
  return parameters;
}

function together(preset: Preset, one: TelemetrySource, other: TelemetrySource): boolean {
  return PRESET_PARAMETERS.every(
    (name) =>
      preset.parameters[name] === undefined ||
      one[name] === other[name] ||
      one[name] === '' ||
      other[name] === '',
  );
}

function sightings(need: PresetNeed, catalogue: MetricCatalogue): Sighting[] {
  switch (need.kind) {
    case 'metric':
      return catalogue.items
        .filter((metric) => fits(need, metric))
        .flatMap(({ sources }) => sources.map((source) => ({ source, values: {} })));
    case 'samples':
      return catalogue.predictions.flatMap((stream) => {
        const values =
          stream.labelled || need.samples === 'predictions' ? variantsOf(need, stream.variants) : null;
        return values === null ? [] : [{ source: stream, values }];
      });
  }
}

function fits(need: MetricNeed, metric: CatalogueMetric): boolean {
  const labels = new Map(metric.labels.map((label) => [label.key, label]));
  return (
    metric.name === need.metric &&
    isOfType(need.type, metric) &&
    need.labels.every((label) => labels.has(label)) &&
    Object.entries(need.where).every(([label, value]) => {
      const known = labels.get(label);
      return known !== undefined && (known.more || known.values.includes(value));
    })
  );
}

function isOfType(wanted: MetricNeed['type'], { type, temporality, monotonic }: CatalogueMetric): boolean {
  switch (wanted) {
    case 'counter':
      return type === 'sum' && monotonic && temporality !== 'unspecified';
    case 'gauge':
      return type === 'gauge' || (type === 'sum' && !monotonic && temporality !== 'delta');
    case 'histogram':
      return type === 'histogram' || type === 'exponential_histogram';
  }
}

function variantsOf(need: SampleNeed, variants: readonly string[]): Record<string, string> | null {
  if (need.candidate === null) {
    return {};
  }
  const expression = RE2JS.compile(need.candidate);
  const candidate = variants.find((variant) => expression.matches(variant));
  const control = variants.find((variant) => !expression.matches(variant));
  return candidate === undefined || control === undefined ? null : { candidate, control };
}
