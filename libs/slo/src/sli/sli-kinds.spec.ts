import { describe, expect, test } from '@jest/globals';
import { exportOpenSlo, type Sli } from '@tidewatch/slo';
import { SLI_EXAMPLES, type SliExample } from '../../fixtures/sli-examples.js';
import {
  described,
  issuesOf,
  resolveAll,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../../fixtures/slo-document.js';
import { SLI_KINDS } from './index.js';
import type { SliKind } from './sli-kind.js';

const TIME_SLICES = { timeSliceTarget: 0.9, timeSliceWindow: '1m' };

/** An SLO with the example as its indicator, in time slices, in which every kind can be judged. */
function documentOf({ spec, op, value }: SliExample): RawDocument {
  return sloDocument({
    spec: {
      indicator: { metadata: { name: 'sli' }, spec },
      budgetingMethod: 'Timeslices',
      objectives: [{ target: 0.99, ...TIME_SLICES, ...(op === undefined ? {} : { op, value }) }],
    },
  });
}

test('every kind has an example', () => {
  const shown = new Set(Object.values(SLI_EXAMPLES).map(({ sli }) => sli.kind));
  expect([...shown].sort()).toEqual(Object.keys(SLI_KINDS).sort());
});

describe.each(Object.entries(SLI_EXAMPLES))('the SLI %s', (_name, example) => {
  test('is read from its document', () => {
    const { slos, problems } = resolveAll([documentOf(example)]);
    expect(problems).toEqual([]);
    expect(slos[0]?.members).toEqual([{ name: '', sli: example.sli, target: 0.99, weight: 1 }]);
  });

  test('is read from an SLI document as well', () => {
    const slo = documentOf(example);
    (slo.spec as RawDocument).indicatorRef = 'shared';
    delete (slo.spec as RawDocument).indicator;
    const { slos, problems } = resolveAll([slo, sliDocument('shared', example.spec)]);
    expect(problems).toEqual([]);
    expect(slos[0]?.members[0]?.sli).toEqual(example.sli);
  });

  test('names its kind and is plain data', () => {
    expect(JSON.parse(JSON.stringify(example.sli))).toEqual(example.sli);
  });

  test('is written so that it is read again, in strict mode too', () => {
    const { slos } = resolveAll([documentOf(example)]);
    expect(slos).toHaveLength(1);
    const again = resolveAll(slos.flatMap(exportOpenSlo), 'strict');
    expect(described(again.problems)).toEqual([]);
    expect(again.slos).toEqual(slos);
    const kind = SLI_KINDS[example.sli.kind] as SliKind<Sli>;
    expect(kind.write(example.sli)).toEqual(kind.write(slos[0]?.members[0]?.sli as Sli));
  });

  test('refuses an unknown key in its source', () => {
    if (example.sli.kind === 'foreign') {
      return;
    }
    const document = JSON.parse(JSON.stringify(documentOf(example)), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'type' in value && 'spec' in value
        ? { ...value, spec: { ...(value.spec as object), unknown: 1 } }
        : value,
    ) as RawDocument;
    expect(issuesOf(document)).toContainEqual(
      expect.stringMatching(/metricSource\.spec\.unknown: unknown key$/),
    );
  });
});
