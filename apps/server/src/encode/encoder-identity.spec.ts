import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { encoderRuleSchema, type EncoderRule } from '@tidewatch/encoder';
import { identityOf } from './encoder-identity.js';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-identity-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SHA = 'a'.repeat(64);
const rule = (spec: object): EncoderRule =>
  encoderRuleSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Encoder',
    metadata: { name: 'texts' },
    spec: { model: 'm', input: 'text', file: 'm.onnx', sha256: SHA, ...spec },
  });

test('whatever stands between an input and its vector is part of who made it, and nothing else is', async () => {
  const tokenizerFile = join(folder, 'tokenizer.json');
  const ids = { kind: 'text', as: 'ids', tokenizerFile, maximumTokens: 16 };
  const name = async (spec: object): Promise<string> => (await identityOf(rule(spec), SHA)).name;
  writeFileSync(tokenizerFile, '{"a": 1}');
  const first = await name({ preprocess: ids });
  expect(first).toMatch(/^texts@[0-9a-f]{8}$/);
  expect(await name({ preprocess: ids, batch: { size: 4 }, provider: 'cpu' })).toBe(first);
  expect(await name({ preprocess: { ...ids, maximumTokens: 32 } })).not.toBe(first);
  expect(await name({ preprocess: ids, output: { name: 'pooled' } })).not.toBe(first);
  writeFileSync(tokenizerFile, '{"a": 2}');
  expect(await name({ preprocess: ids })).not.toBe(first);
  expect(await identityOf(rule({ preprocess: ids }), 'b'.repeat(64))).toMatchObject({
    sha256: 'b'.repeat(64),
  });
});
