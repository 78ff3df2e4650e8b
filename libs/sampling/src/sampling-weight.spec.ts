import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { samplingSchema, type SamplingRule } from './sampling-rule.js';
import {
  logWeight,
  predictionWeight,
  samplePredictions,
  spanWeight,
  type SampledPrediction,
  type SampledSpan,
} from './sampling-weight.js';

function rule(spec: Record<string, unknown>, name = 'thin'): SamplingRule {
  return samplingSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Sampling',
    metadata: { name },
    spec,
  });
}

function span(partial: Partial<SampledSpan> = {}): SampledSpan {
  return {
    traceId: new Uint8Array(16).fill(1),
    isError: false,
    durationMs: 10,
    serviceName: 'ranker-api',
    name: 'rank',
    ...partial,
  };
}

function prediction(partial: Partial<SampledPrediction> = {}): SampledPrediction {
  return {
    predictionId: 'p-1',
    service: 'ranker-api',
    model: 'ranker',
    modelVersion: '3',
    region: 'eu-1',
    environment: 'prod',
    variant: '',
    latencyMs: 12,
    status: 'ok',
    errorType: '',
    sampleWeight: 1,
    ...partial,
  };
}

function traceIds(count: number, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)),
  );
}

const ids = fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((id) => id.some((byte) => byte !== 0));

/**
 * Whether a sum of weights is within six standard deviations of `count`. The number kept is binomial with variance
 * n k (1 - k), and each stands for 1/k: chance passes this bound twice in a thousand million times.
 */
function isUnbiased(sum: number, count: number, keep: number): boolean {
  return Math.abs(sum - count) <= 6 * Math.sqrt((count * (1 - keep)) / keep);
}

describe('the sum of the weights estimates how many items there were', () => {
  test.each([0.5, 0.1, 0.01, 0.003])('spans, keeping %d', (keep) => {
    const weightOf = spanWeight([rule({ signal: 'traces', keep })]);
    const weights = traceIds(40_000, 11).map((traceId) => weightOf(span({ traceId })));
    expect(new Set(weights)).toEqual(new Set([0, 1 / keep]));
    expect(
      isUnbiased(
        weights.reduce((sum, weight) => sum + weight, 0),
        40_000,
        keep,
      ),
    ).toBe(true);
  });

  test.each([
    ['numbered', (index: number) => `${index}`],
    ['with a long common start', (index: number) => `prediction-of-the-ranker-in-eu-1/${index * 7}`],
    ['hexadecimal', (index: number) => (index * 2_654_435_761).toString(16).padStart(16, '0')],
  ])('predictions whose ids are %s', (_, id) => {
    for (const keep of [0.5, 0.1, 0.01]) {
      const weightOf = predictionWeight([rule({ signal: 'predictions', keep })]);
      let sum = 0;
      for (let index = 0; index < 50_000; index += 1) {
        sum += weightOf(prediction({ predictionId: id(index) }));
      }
      expect(isUnbiased(sum, 50_000, keep)).toBe(true);
    }
  });

  test('also where errors are kept in any case: each of them counts once', () => {
    const random = seededRandom(5);
    const weightOf = spanWeight([rule({ signal: 'traces', keep: 0.1 })]);
    const spans = traceIds(40_000, 12).map((traceId) => span({ traceId, isError: random() < 0.02 }));
    const errors = spans.filter(({ isError }) => isError);
    const sum = spans.reduce((total, each) => total + weightOf(each), 0);
    expect(errors.every((each) => weightOf(each) === 1)).toBe(true);
    expect(isUnbiased(sum - errors.length, spans.length - errors.length, 0.1)).toBe(true);
  });

  test('in every bucket of a latency histogram, and not only in total', () => {
    const random = seededRandom(6);
    const weightOf = spanWeight([rule({ signal: 'traces', keep: 0.2, alwaysKeep: { slowerThan: '400ms' } })]);
    const buckets = new Map<number, { count: number; weight: number }>();
    for (const traceId of traceIds(40_000, 13)) {
      const durationMs = random() * 500;
      const bucket = Math.floor(durationMs / 100);
      const { count, weight } = buckets.get(bucket) ?? { count: 0, weight: 0 };
      buckets.set(bucket, { count: count + 1, weight: weight + weightOf(span({ traceId, durationMs })) });
    }
    expect(buckets.get(4)?.weight).toBe(buckets.get(4)?.count);
    for (const { count, weight } of buckets.values()) {
      expect(isUnbiased(weight, count, 0.2)).toBe(true);
    }
  });
});

describe('the decision', () => {
  test('is the same for all spans of a trace, and for the same span again', () => {
    fc.assert(
      fc.property(
        ids,
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.string(),
        (traceId, keep, name) => {
          const first = spanWeight([rule({ signal: 'traces', keep })])(span({ traceId }));
          const again = spanWeight([rule({ signal: 'traces', keep })])(
            span({ traceId: traceId.slice(), name }),
          );
          expect(again).toBe(first);
        },
      ),
      { seed: 31 },
    );
  });

  test('never drops with a larger share what it keeps with a smaller one', () => {
    const share = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(ids, share, share, (traceId, a, b) => {
        const weightAt = (keep: number) => spanWeight([rule({ signal: 'traces', keep })])(span({ traceId }));
        if (weightAt(Math.min(a, b)) > 0) {
          expect(weightAt(Math.max(a, b))).toBeGreaterThan(0);
        }
      }),
      { seed: 32 },
    );
  });

  test('of a log record agrees with that of its trace', () => {
    const spans = spanWeight([rule({ signal: 'traces', keep: 0.3 })]);
    const logs = logWeight([rule({ signal: 'logs', keep: 0.3 })]);
    for (const traceId of traceIds(1_000, 14)) {
      expect(logs({ traceId, severityNumber: 9, serviceName: 'ranker-api' })).toBe(spans(span({ traceId })));
    }
  });

  // OpenTelemetry writes 25 % as the rejection threshold c0 00 00 00 00 00 00.
  test.each([
    ['ffffffffffffffffffbfffffffffffff', 0],
    ['000000000000000000c0000000000000', 4],
    ['000000000000000000ffffffffffffff', 4],
  ])('keeps a quarter by the last 56 bits of the trace id: %s', (hex, weight) => {
    const traceId = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(spanWeight([rule({ signal: 'traces', keep: 0.25 })])(span({ traceId }))).toBe(weight);
  });

  test('keeps nothing with 0 and everything with 1, but errors always', () => {
    const none = spanWeight([rule({ signal: 'traces', keep: 0 })]);
    const all = spanWeight([rule({ signal: 'traces', keep: 1 })]);
    for (const traceId of traceIds(1_000, 15)) {
      expect([
        none(span({ traceId })),
        all(span({ traceId })),
        none(span({ traceId, isError: true })),
      ]).toEqual([0, 1, 1]);
    }
  });
});

describe('what is always kept', () => {
  test('errors only as long as the rule says so', () => {
    const weightOf = spanWeight([rule({ signal: 'traces', keep: 0, alwaysKeep: { errors: false } })]);
    expect(weightOf(span({ isError: true }))).toBe(0);
  });

  test('what is slower than the limit, and not what is just as slow', () => {
    const weightOf = spanWeight([rule({ signal: 'traces', keep: 0, alwaysKeep: { slowerThan: '500ms' } })]);
    expect([500, 500.1].map((durationMs) => weightOf(span({ durationMs })))).toEqual([0, 1]);
  });

  test.each([
    [{}, [0, 0, 1, 1]],
    [{ severity: 'WARN' }, [0, 1, 1, 1]],
    [{ errors: false }, [0, 0, 0, 0]],
    [{ errors: false, severity: 'FATAL' }, [0, 0, 0, 1]],
    [{ severity: 'FATAL' }, [0, 0, 1, 1]],
  ])('log records by severity: %j', (alwaysKeep, expected) => {
    const weightOf = logWeight([rule({ signal: 'logs', keep: 0, alwaysKeep })]);
    const traceId = new Uint8Array(16).fill(2);
    expect(
      [9, 13, 17, 21].map((severityNumber) => weightOf({ traceId, severityNumber, serviceName: 'a' })),
    ).toEqual(expected);
  });

  test('predictions that failed or were slow', () => {
    const weightOf = predictionWeight([
      rule({ signal: 'predictions', keep: 0, alwaysKeep: { slowerThan: '1s' } }),
    ]);
    expect(
      [
        prediction({ status: 'error' }),
        prediction({ errorType: 'timeout' }),
        prediction({ latencyMs: 1_001 }),
        prediction({ latencyMs: null }),
        prediction(),
      ].map(weightOf),
    ).toEqual([1, 1, 1, 0, 0]);
  });

  test('log records outside of a trace go by what they say, and stay when nothing tells them apart', () => {
    const weightOf = logWeight([rule({ signal: 'logs', keep: 0.1 })]);
    const record = { traceId: new Uint8Array(16), severityNumber: 9, serviceName: 'ranker-api' };
    expect(weightOf(record)).toBe(1);
    const weights = Array.from({ length: 20_000 }, (_, index) =>
      weightOf({ ...record, identity: new TextEncoder().encode(`line ${index}`) }),
    );
    expect(
      isUnbiased(
        weights.reduce((sum, weight) => sum + weight, 0),
        20_000,
        0.1,
      ),
    ).toBe(true);
  });
});

describe('which rule decides', () => {
  const rules = [
    rule({ signal: 'traces', match: { service: ['ranker-api', 'fraud-api'], name: 'health' }, keep: 0 }),
    rule({ signal: 'traces', match: { service: 'ranker-api' }, keep: 1 }),
    rule({ signal: 'logs', keep: 0 }),
    rule({ signal: 'traces', keep: 0 }),
  ];

  test.each([
    [{ serviceName: 'fraud-api', name: 'health' }, 0],
    [{ serviceName: 'ranker-api', name: 'rank' }, 1],
    [{ serviceName: 'vision-api', name: 'rank' }, 0],
  ])('the first of its signal that matches: %j', (partial, weight) => {
    expect(spanWeight(rules)(span(partial))).toBe(weight);
  });

  test('none: everything is kept', () => {
    expect(predictionWeight(rules)(prediction())).toBe(1);
    expect(spanWeight([])(span())).toBe(1);
  });

  test.each(['service', 'model', 'version', 'region', 'environment', 'variant'])(
    'predictions are matched by %s',
    (label) => {
      const weightOf = predictionWeight([rule({ signal: 'predictions', match: { [label]: 'x' }, keep: 0 })]);
      const field = label === 'version' ? 'modelVersion' : label;
      expect(weightOf(prediction({ [field]: 'x' }))).toBe(0);
      expect(weightOf(prediction())).toBe(1);
    },
  );
});

test('predictions keep the weight they came with, multiplied', () => {
  const rows = Array.from({ length: 400 }, (_, index) =>
    prediction({ predictionId: `p-${index}`, sampleWeight: 3, status: index < 5 ? 'error' : 'ok' }),
  );
  const kept = samplePredictions(rows, predictionWeight([rule({ signal: 'predictions', keep: 0.25 })]));
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length).toBeLessThan(400);
  expect(kept.slice(0, 5).map(({ sampleWeight }) => sampleWeight)).toEqual([3, 3, 3, 3, 3]);
  expect(new Set(kept.slice(5).map(({ sampleWeight }) => sampleWeight))).toEqual(new Set([12]));
  expect(rows.every(({ sampleWeight }) => sampleWeight === 3)).toBe(true);
});
