import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { driftMonitorSchema, performanceMonitorSchema, qualityMonitorSchema } from '@tidewatch/drift';
import { parse, parseAllDocuments } from 'yaml';
import { shippedPresets, systemCatalogues } from '../../fixtures/preset-catalogue.js';
import { sloDocumentSchema } from '../document.js';
import { metricMonitorSchema } from '../metric-monitor/metric-monitor-schema.js';
import { fixtureSchema } from '../replay/fixture-document.js';
import { runFixture, type FixtureDefinitions } from '../replay/run-fixture.js';
import { resolveSlos } from '../resolve.js';
import { matchPreset } from './match-preset.js';
import type { CatalogueMetric, MetricCatalogue } from './metric-catalogue.js';
import { suggestSlos, type Suggestion } from './suggest.js';

const FIXTURES = 'libs/slo/presets/fixtures';
const RUNBOOKS = 'docs/runbooks';
const RUNBOOK_ADDRESS = 'https://tidewatch.dev/runbooks/';

const MONITORS = {
  DriftMonitor: driftMonitorSchema,
  QualityMonitor: qualityMonitorSchema,
  PerformanceMonitor: performanceMonitorSchema,
};

const shipped = shippedPresets();
const presets = shipped.map(({ preset }) => preset);
const systems = systemCatalogues();
const suggestions = systems.flatMap(({ system, catalogue }) =>
  suggestSlos(presets, catalogue).map((suggestion) => ({ system, suggestion })),
);
const rulesOf = ({ documents }: Suggestion): unknown[] =>
  parseAllDocuments(documents).map((each) => each.toJS() as unknown);

/** Reads rules as the server does, and fails when one is not valid. */
function load(rules: readonly unknown[]): FixtureDefinitions {
  const kindOf = (rule: unknown): unknown => (rule as { kind: unknown }).kind;
  const documents = rules
    .filter((rule) => kindOf(rule) === 'SLO')
    .map((rule) => sloDocumentSchema.parse(rule));
  const { slos, problems } = resolveSlos(documents);
  expect(problems).toEqual([]);
  const monitors = rules
    .filter((rule) => kindOf(rule) === 'MetricMonitor')
    .map((rule) => metricMonitorSchema.parse(rule));
  const others = rules.filter((rule) => !['SLO', 'MetricMonitor'].includes(String(kindOf(rule))));
  others.forEach((rule) => MONITORS[kindOf(rule) as keyof typeof MONITORS].parse(rule));
  expect(slos.length + monitors.length + others.length).toBe(rules.length);
  return { slos, monitors };
}

describe('what is suggested', () => {
  test.each(systems)('for $system: its presets and no others', ({ catalogue, suggests }) => {
    const names = suggestSlos(presets, catalogue).map(({ preset }) => preset);
    expect([...new Set(names)]).toEqual(suggests);
  });

  test('does not depend on the order of presets and metrics', () => {
    for (const { catalogue } of systems) {
      const reversed: MetricCatalogue = {
        items: [...catalogue.items].reverse(),
        predictions: [...catalogue.predictions].reverse(),
      };
      expect(suggestSlos([...presets].reverse(), reversed)).toEqual(suggestSlos(presets, catalogue));
    }
  });

  test.each(suggestions)('$suggestion.preset for $system loads', ({ suggestion }) => {
    expect(suggestion.documents).not.toContain('${');
    load(rulesOf(suggestion));
  });

  test('names nothing twice in one system', () => {
    for (const { catalogue } of systems) {
      const names = suggestSlos(presets, catalogue)
        .flatMap(rulesOf)
        .map((rule) => (rule as { metadata: { name: string } }).metadata.name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test('says where only a mean can be judged, and asks for no quantile there', () => {
    const meanOnly = presets.filter((preset) => preset.meanOnly);
    expect(meanOnly.map(({ name }) => name)).toEqual([
      'torchserve-latency-mean',
      'torchserve-queue-mean',
      'triton-latency-mean',
      'triton-queue',
    ]);
    for (const { title, documents, notes } of meanOnly) {
      expect(title).toContain('(mean only)');
      expect(notes.join(' ')).toContain('Mean only');
      expect(JSON.stringify(documents)).not.toContain('quantile');
    }
  });
});

describe.each(shipped)('the preset $file', ({ file, preset }) => {
  const isRule = preset.documents.some((rule) =>
    ['SLO', 'MetricMonitor'].includes((rule as { kind: string }).kind),
  );

  test('is named as its file', () => {
    expect(preset.name).toBe(file);
  });

  test('matches a recorded catalogue with each of its spellings', () => {
    preset.variants.forEach((variant) => {
      const alone = { ...preset, variants: [variant] };
      expect(systems.filter(({ catalogue }) => matchPreset(alone, catalogue).length > 0)).not.toEqual([]);
    });
  });

  test('has a runbook for every rule', () => {
    for (const rule of preset.documents) {
      const address = new RegExp(`${RUNBOOK_ADDRESS}([a-z-]+)`).exec(JSON.stringify(rule))?.[1] ?? '';
      expect(existsSync(`${RUNBOOKS}/${address}.md`)).toBe(true);
    }
  });

  test('is in docs/presets.md', () => {
    expect(readFileSync('docs/presets.md', 'utf8')).toContain(`\`${file}\``);
  });

  if (isRule) {
    test('stays silent and speaks up as its fixture says', () => {
      const {
        preset: name,
        parameters,
        ...written
      } = parse(readFileSync(`${FIXTURES}/${file}.test.yaml`, 'utf8')) as Record<string, unknown> & {
        series: FixtureSeriesText[];
      };
      expect(name).toBe(file);
      const [suggestion, ...others] = suggestSlos([preset], catalogueOf(written.series));
      expect(others).toEqual([]);
      expect(suggestion?.parameters).toEqual(parameters);
      const fixture = fixtureSchema.parse({ rules: [file], ...written });
      const { checks, problems } = runFixture(
        fixture,
        load(suggestion === undefined ? [] : rulesOf(suggestion)),
      );
      expect(problems).toEqual([]);
      expect(checks.filter(({ passed }) => !passed)).toEqual([]);
      expect(new Set(checks.map(({ expected }) => expected)).size).toBeGreaterThan(1);
    });
  }
});

describe.each(readdirSync(RUNBOOKS).filter((name) => name.endsWith('.md')))('the runbook %s', (name) => {
  const text = readFileSync(`${RUNBOOKS}/${name}`, 'utf8');

  test('says what it means, what to do first, how to confirm and how to go back', () => {
    expect([...text.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual([
      'What it means',
      'First step',
      'Confirm',
      'Roll back',
      'Afterwards',
    ]);
    expect(text.trimEnd().split('\n').length).toBeGreaterThanOrEqual(15);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  test('is that of a preset', () => {
    const address = `${RUNBOOK_ADDRESS}${basename(name, '.md')}"`;
    expect(presets.some(({ documents }) => JSON.stringify(documents).includes(address))).toBe(true);
  });
});

interface FixtureSeriesText {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** What the series of a fixture would look like in the catalogue. */
function catalogueOf(series: readonly FixtureSeriesText[]): MetricCatalogue {
  const names = [...new Set(series.map(({ metric }) => metric))];
  const items = names.map((name): CatalogueMetric => {
    const own = series.filter(({ metric }) => metric === name);
    const keys = [...new Set(own.flatMap(({ labels }) => Object.keys(labels)))].sort();
    const type = own[0]?.type ?? 'gauge';
    return {
      ...{ name, unit: '', type: type === 'counter' ? 'sum' : type },
      temporality: type === 'gauge' ? 'unspecified' : 'cumulative',
      monotonic: type === 'counter',
      labels: keys.map((key) => ({
        key,
        values: [...new Set(own.flatMap(({ labels }) => labels[key] ?? []))].sort(),
        more: false,
      })),
      sources: own.map(({ labels: { service = '', region = '', model = '' } }) => ({
        service,
        region,
        model,
      })),
      moreSources: false,
    };
  });
  return { items, predictions: [] };
}
