import { expect, test } from '@jest/globals';
import { isAppError, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';
import { expositionText, WIDE_LIMITS } from '../fixtures/expositions.js';
import type { ExpositionFormat, FamilyType, Label } from './exposition.js';
import { parseExposition } from './exposition-parser.js';
import { encodeOtlpRequest } from './otlp-request.js';
import { toMetrics } from './to-metrics.js';

const name = fc.stringMatching(/^[a-z][a-z0-9_:]{0,12}[a-z]$/);
const labelName = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
// Any characters, surrogates without a partner aside: those have no UTF-8.
const labelValue = fc.string({ unit: 'grapheme', maxLength: 20 });
const labels = fc.uniqueArray(fc.tuple(labelName, labelValue), { selector: ([key]) => key, maxLength: 4 });
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
);
const sample = fc.record({ labels, value, seconds: fc.option(fc.integer({ min: 1, max: 4_000_000_000 })) });
const family = fc.record({
  name,
  type: fc.constantFrom<FamilyType>('counter', 'gauge', 'unknown'),
  help: labelValue,
  samples: fc.array(sample, { minLength: 1, maxLength: 4 }),
});
const families = fc.uniqueArray(family, {
  selector: (each) => each.name,
  maxLength: 5,
  // Names that differ by a suffix only would be one family.
  comparator: (a, b) => a.startsWith(b) || b.startsWith(a),
});

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

type WrittenFamilies = typeof families extends fc.Arbitrary<infer Value> ? Value : never;

function written(all: WrittenFamilies, format: ExpositionFormat): string {
  const lines = all.flatMap((each) => [
    `# HELP ${each.name} ${escaped(each.help)}`,
    `# TYPE ${each.name} ${each.type}`,
    ...each.samples.map(({ labels: pairs, value: number, seconds }) => {
      const block = pairs.map(([key, text]) => `${key}="${escaped(text)}"`).join(',');
      const time = seconds === null ? '' : ` ${format === 'openmetrics' ? `${seconds}.5` : `${seconds}500`}`;
      return `${each.name}{${block}} ${String(number)}${time}`;
    }),
  ]);
  return `${[...lines, ...(format === 'openmetrics' ? ['# EOF'] : [])].join('\n')}\n`;
}

test.each<ExpositionFormat>(['prometheus', 'openmetrics'])(
  'families written as %s are read back equal',
  (format) => {
    fc.assert(
      fc.property(families, (all) => {
        const read = parseExposition(written(all, format), format, WIDE_LIMITS);
        expect(read.problems).toEqual([]);
        expect(
          read.families.map((each) => ({
            name: each.name,
            type: each.type,
            help: each.help.trim(),
            samples: each.samples.map((one) => ({
              labels: one.labels as Label[],
              value: String(one.value.integer ?? one.value.number),
              seconds: one.timeUnixNano === null ? null : Number(one.timeUnixNano / 1_000_000_000n),
            })),
          })),
        ).toEqual(
          all.map((each) => ({
            ...each,
            help: each.help.trim(),
            samples: each.samples.map((one) => ({ ...one, value: String(one.value) })),
          })),
        );
      }),
      { seed: 41, numRuns: 300 },
    );
  },
);

test('whatever a target sends, it is read or refused with a declared error', () => {
  const random = seededRandom(43);
  const pick = (below: number) => Math.floor(random() * below);
  const texts = ['triton.prom', 'vllm.openmetrics', 'kserve.prom', 'dcgm.prom'].map((file) =>
    Buffer.from(expositionText(file).slice(0, 4_000)),
  );
  const codes = new Set<string>();
  for (let round = 0; round < 4_000; round += 1) {
    const bytes = Uint8Array.from(texts[pick(texts.length)] ?? []);
    for (let change = pick(12); change >= 0; change -= 1) {
      bytes[pick(bytes.length)] = random() < 0.5 ? pick(256) : (Buffer.from('{}",=#\\ \n0e')[pick(12)] ?? 0);
    }
    const cut = random() < 0.2 ? bytes.subarray(0, pick(bytes.length)) : bytes;
    try {
      const read = parseExposition(cut, pick(2) === 0 ? 'prometheus' : 'openmetrics', {
        bytes: 3_990,
        samples: 1 + pick(60),
        labelLength: 1 + pick(80),
      });
      const { metrics } = toMetrics(read, { rename: { model: 'model.name' }, unsupportedFrom: 9.2e18 });
      encodeOtlpRequest(metrics, { 'service.name': 'fuzz' }, 1n);
      codes.add('read');
    } catch (error) {
      codes.add(isAppError(error) ? error.code : `not declared: ${String(error)}`);
    }
  }
  // All of them happen: a fuzz test that only ever sees one outcome tests little.
  expect([...codes].sort()).toEqual(['read', 'scrape.malformed', 'scrape.too-large', 'scrape.truncated']);
});
