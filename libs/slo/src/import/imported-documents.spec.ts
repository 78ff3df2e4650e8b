import { describe, expect, test } from '@jest/globals';
import { sloDocumentSchema, resolveSlos } from '@tidewatch/slo';
import { importFixture, importFixtures } from '../../fixtures/import/import-fixtures.js';
import { importSpecs } from './import-specs.js';
import type { ImportOptions } from './import-result.js';

const FILES = [...importFixtures('sloth'), ...importFixtures('pyrra')];

/** Loads what was imported as Tidewatch does; everything that is wrong with it, in words. */
function load(file: string, options: ImportOptions) {
  const { documents, imported } = importSpecs(importFixture(file), options);
  const parsed = documents.map((document) => sloDocumentSchema.safeParse(document));
  const problems = parsed.flatMap(
    ({ error }) => error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [],
  );
  const sound = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const { slos, problems: more } = resolveSlos(sound, { mode: 'strict' });
  problems.push(...more.map(({ path, message }) => `${path.join('.')}: ${message}`));
  return { names: imported.map(({ name }) => name), slos, problems };
}

describe('imported documents', () => {
  test.each(FILES)('of %s load in strict mode, with and without pages', (file) => {
    for (const options of [
      {},
      { runbook: 'https://wiki.example.com/runbooks', gaugeSeries: 'worst' },
    ] as const) {
      const { names, slos, problems } = load(file, options);
      expect(problems).toEqual([]);
      expect(slos.map(({ name }) => name)).toEqual(names);
    }
  });

  test('mean what they say', () => {
    const { slos } = load('sloth/kubernetes-apiserver.yml', {});
    expect(slos.map(({ target, periodMs, tiers }) => [target, periodMs / 86_400_000, tiers.length])).toEqual([
      [0.999, 30, 4],
      [0.99, 30, 4],
    ]);
    expect(slos.map(({ members }) => members[0]?.sli)).toEqual([
      {
        kind: 'ratio',
        good: null,
        bad: {
          metric: 'apiserver_request_total',
          match: [{ label: 'code', op: '=~', value: '(5..|429)' }],
        },
        total: { metric: 'apiserver_request_total', match: [] },
      },
      {
        kind: 'latency',
        histogram: {
          metric: 'apiserver_request_duration_seconds',
          match: [{ label: 'verb', op: '!=', value: 'WATCH' }],
        },
        threshold: 0.4,
      },
    ]);
  });

  test('keep groups, minutes of gauges and the delay of alerts', () => {
    const { slos } = load('pyrra/objectives.yaml', {});
    const slo = (name: string) => slos.find((each) => each.name === name);
    expect(slo('checkout-errors')).toMatchObject({
      groupBy: { labels: ['handler', 'region'] },
      noData: { severity: 'page' },
      tiers: [{ holdMs: 120_000 }, { holdMs: 900_000 }, { holdMs: 3_600_000 }, { holdMs: 10_800_000 }],
    });
    expect(slo('search-latency')).toMatchObject({ tiers: [], noData: null });
    expect(slo('probes-up')).toMatchObject({
      budgeting: { method: 'Timeslices', sliceMs: 60_000 },
      members: [{ sli: { kind: 'gauge', over: 'min', across: 'min', op: 'gte', threshold: 1 } }],
    });
  });
});
