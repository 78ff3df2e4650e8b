import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { costModelSchema, metricMonitorSchema } from '@tidewatch/slo';
import { parseAllDocuments } from 'yaml';
import {
  described,
  indicator,
  LATENCY_SPEC,
  resolveAll,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

/** Pages with examples of SLOs, metric monitors and cost models, and how many each has at least. */
const PAGES: readonly [string, number][] = [
  ['slo.md', 3],
  ['openslo.md', 4],
  ['sli-sql.md', 1],
  ['metric-monitors.md', 1],
  ['costs.md', 2],
  ['rules.md', 4],
];

/** What an example names and leaves out. */
const NAMED = [sliDocument('ranker-latency', LATENCY_SPEC)];

/** What makes a document of a part of one. */
function whole(part: RawDocument): RawDocument {
  if ('apiVersion' in part) {
    return part;
  }
  if ('ratioMetric' in part || 'thresholdMetric' in part) {
    return withAnnotations({}, indicator(part));
  }
  if ('price' in part) {
    const inferences = { metric: 'inference.requests' };
    return {
      ...{ apiVersion: 'tidewatch.dev/v1', kind: 'CostModel' },
      ...{ metadata: { name: 'cost' }, spec: { ...part, inferences } },
    };
  }
  return withAnnotations(part, {});
}

function withAnnotations(annotations: RawDocument, spec: RawDocument): RawDocument {
  const runbook = { 'tidewatch.dev/runbook': 'https://wiki.example.com/runbooks/ranker' };
  return sloDocument({ metadata: { annotations: { ...runbook, ...annotations } }, spec });
}

function examplesOf(page: string): RawDocument[] {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => parseAllDocuments(block))
    .map((document) => {
      expect(document.errors).toEqual([]);
      return whole(document.toJS() as RawDocument);
    });
}

const kindOf = ({ apiVersion, kind }: RawDocument): string => `${String(apiVersion)} ${String(kind)}`;

describe.each(PAGES)('the examples of docs/%s', (page, least) => {
  const examples = examplesOf(page).filter((document) =>
    /^(openslo\/v1 .*|tidewatch\.dev\/v1 (MetricMonitor|CostModel))$/.test(kindOf(document)),
  );

  test('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(least);
  });

  test.each(
    examples.map((document): [string, RawDocument] => [
      String((document['metadata'] as RawDocument | undefined)?.['name']),
      document,
    ]),
  )('%s loads, without a warning', (_, document) => {
    switch (kindOf(document)) {
      case 'tidewatch.dev/v1 MetricMonitor':
        expect(metricMonitorSchema.safeParse(document).error).toBeUndefined();
        return;
      case 'tidewatch.dev/v1 CostModel':
        expect(costModelSchema.safeParse(document).error).toBeUndefined();
        return;
      default: {
        const { slos, problems, warnings } = resolveAll([document, ...NAMED]);
        expect(described([...problems, ...warnings], false)).toEqual([]);
        expect(slos.length).toBeGreaterThan(0);
      }
    }
  });
});
