import { describe, expect, test } from '@jest/globals';
import { LATENCY_SPEC, RATIO_SPEC, type RawDocument } from '../../fixtures/slo-document.js';
import { sloDocumentSchema } from '../document.js';
import { sliDocument } from '../../fixtures/slo-document.js';
import { SLI_KINDS } from './index.js';

/** A valid specification of each kind with a fitting objective: a new kind adds its line. */
const EXAMPLES: Readonly<
  Record<string, { spec: RawDocument; op: 'lte' | undefined; value: number | undefined }>
> = {
  ratioMetric: { spec: RATIO_SPEC, op: undefined, value: undefined },
  thresholdMetric: { spec: LATENCY_SPEC, op: 'lte', value: 0.5 },
};

describe.each(SLI_KINDS.map((kind) => [kind.key, kind] as const))('the SLI kind %s', (key, kind) => {
  const example = EXAMPLES[key];

  test('is part of the SLI document', () => {
    expect(sloDocumentSchema.safeParse(sliDocument('example', example?.spec ?? {})).success).toBe(true);
  });

  test('resolves its example to an SLI that names its kind and is plain data', () => {
    const objective = { op: example?.op, value: example?.value, target: 0.99 };
    const sli = kind.resolve(kind.schema.parse(example?.spec[key]), objective);
    expect(sli).toHaveProperty('kind');
    expect(JSON.parse(JSON.stringify(sli))).toEqual(sli);
  });

  test('refuses a specification with an unknown key', () => {
    const spec = { ...(example?.spec[key] as RawDocument), unknown: 1 };
    expect(kind.schema.safeParse(spec).error?.issues).toEqual([
      expect.objectContaining({ keys: ['unknown'] }),
    ]);
  });

  test('says what is missing from an empty specification', () => {
    expect(kind.schema.safeParse({}).error?.issues[0]?.message).toMatch(/missing/);
  });
});
