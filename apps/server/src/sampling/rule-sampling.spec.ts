import { expect, test } from '@jest/globals';
import { decodeLogs, decodeTraces } from '@tidewatch/otlp';
import { parsePredictions } from '@tidewatch/samples';
import { samplingSchema, type SamplingRule } from '@tidewatch/sampling';
import { RuleSampling } from './rule-sampling.js';

const NOW = Date.UTC(2026, 10, 22, 10);
const TIMES = { earliest: NOW - 86_400_000, latest: NOW + 600_000 };

function rule(
  name: string,
  spec: Record<string, unknown>,
  labels: Record<string, string> = {},
): SamplingRule {
  return samplingSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Sampling',
    metadata: { name, labels },
    spec,
  });
}

function sampling(...rules: SamplingRule[]): RuleSampling {
  return new RuleSampling(() => rules);
}

/** A thousand spans, the first ten of them failed, each of a trace of its own. */
function spans() {
  const list = Array.from({ length: 1_000 }, (_, index) => ({
    // Multiples of the golden ratio in 56 bits: as even as random ids, and the same in every run.
    traceId: `a${'0'.repeat(17)}${((BigInt(index + 1) * 0x9e3779b97f4a7cn) & 0xffffffffffffffn).toString(16).padStart(14, '0')}`,
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'rank',
    startTimeUnixNano: `${NOW}000000`,
    endTimeUnixNano: `${NOW + 5}000000`,
    status: index < 10 ? { code: 2 } : {},
  }));
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] },
        scopeSpans: [{ spans: list }],
      },
    ],
  };
  return decodeTraces(Buffer.from(JSON.stringify(request)), 'json', { times: TIMES });
}

/** A thousand records outside of any trace, a microsecond apart. */
function logs() {
  const logRecords = Array.from({ length: 1_000 }, (_, index) => ({
    timeUnixNano: String(BigInt(NOW) * 1_000_000n + BigInt(index) * 1_000n),
    severityNumber: index < 10 ? 17 : 9,
    body: { stringValue: 'handled' },
  }));
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
  return decodeLogs(Buffer.from(JSON.stringify(request)), 'json', { times: TIMES, now: NOW });
}

function sum(weights: Iterable<number>): number {
  return [...weights].reduce((total, weight) => total + weight, 0);
}

test('spans: errors stay with weight 1, the others stand for those that are gone', () => {
  const batch = spans();
  const kept = sampling(rule('a', { signal: 'traces', match: { service: 'ranker-api' }, keep: 0.1 })).spans(
    'default',
    batch,
  );
  expect([...kept.weight.slice(0, 10)]).toEqual(Array(10).fill(1));
  expect(new Set(kept.weight.slice(10))).toEqual(new Set([10]));
  expect(kept.length).toBeLessThan(200);
  // 990 spans at 10 %: a standard deviation of 94.
  expect(Math.abs(sum(kept.weight) - 1_000)).toBeLessThan(300);
});

test('log records outside of a trace are thinned out by their times, and the same way again', () => {
  const byRule = sampling(rule('a', { signal: 'logs', keep: 0.1 }));
  const kept = byRule.logs('default', logs());
  expect(kept.length).toBeLessThan(200);
  expect([...kept.weight.slice(0, 10)]).toEqual(Array(10).fill(1));
  expect(Math.abs(sum(kept.weight) - 1_000)).toBeLessThan(300);
  expect([...byRule.logs('default', logs()).timeUnixNano]).toEqual([...kept.timeUnixNano]);
});

test('predictions keep the weight of their service times that of the rule', () => {
  const rows = Array.from({ length: 400 }, (_, index) =>
    JSON.stringify({ prediction_id: `p-${index}`, model: 'ranker', features: { a: 1 }, sample_weight: 2 }),
  ).join('\n');
  const parsed = parsePredictions(Buffer.from(rows), {
    contentType: 'application/x-ndjson',
    project: 'default',
    now: NOW,
    newId: () => 'unused',
  });
  const kept = sampling(rule('a', { signal: 'predictions', keep: 0.5 })).predictions('default', parsed.rows);
  expect(kept.length).toBeGreaterThan(120);
  expect(kept.length).toBeLessThan(280);
  expect(new Set(kept.map(({ sampleWeight }) => sampleWeight))).toEqual(new Set([4]));
});

test('rules are those of the project, and a reload takes others', () => {
  let rules = [rule('a', { signal: 'traces', keep: 0 }, { project: 'other' })];
  const byRule = new RuleSampling(() => rules);
  const batch = spans();
  expect(byRule.spans('default', batch)).toBe(batch);
  expect(byRule.spans('other', batch).length).toBe(10);
  rules = [rule('a', { signal: 'logs', keep: 0 }, { project: 'other' })];
  expect(byRule.spans('other', batch)).toBe(batch);
  rules = [];
  expect(byRule.logs('other', logs()).length).toBe(1_000);
});
