import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { onnxBytes } from '../../fixtures/models.js';
import { LAST_IR_VERSION, operatorProblem, SUPPORTED_OPSETS } from './operator-versions.js';

const PROGRAM = fileURLToPath(new URL('../../fixtures/load-onnx.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidewatch-opsets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What ONNX Runtime says to each model; `null` when it loads it. */
function load(models: readonly Uint8Array[]): (string | null)[] {
  const paths = models.map((bytes, index) => {
    const path = join(folder, `${index}.onnx`);
    writeFileSync(path, bytes);
    return path;
  });
  const child = spawnSync(process.execPath, [PROGRAM], {
    input: JSON.stringify(paths),
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (child.status !== 0) {
    throw new Error(`Loading failed: ${child.stderr}`);
  }
  return JSON.parse(child.stdout) as (string | null)[];
}

/** A model of one node with one input and one output, whatever the operator takes. */
function oneNode(domain: string, opType: string, version: number, irVersion = 8): Uint8Array {
  const own = domain === '' ? [] : [{ domain, version }];
  return onnxBytes(
    { irVersion, opsetImport: [{ domain: '', version: domain === '' ? version : 17 }, ...own] },
    { node: [{ opType, domain, name: 'node', input: ['x'], output: ['y'] }] },
  );
}

describe('the versions that are accepted are those that ONNX Runtime loads', () => {
  test.each([
    ['ai.onnx', '', 'Relu'],
    ['ai.onnx.ml', 'ai.onnx.ml', 'Normalizer'],
    ['com.microsoft', 'com.microsoft', 'Gelu'],
  ])('%s', (domain, written, opType) => {
    const { least, most } = SUPPORTED_OPSETS[domain]!;
    const answers = load([least, most, most + 1].map((version) => oneNode(written, opType, version)));
    expect(answers).toEqual([null, null, expect.any(String)]);
  });

  test('of the IR', () => {
    const answers = load(
      [1, LAST_IR_VERSION, LAST_IR_VERSION + 1].map((version) => oneNode('', 'Relu', 17, version)),
    );
    expect(answers).toEqual([null, null, expect.stringMatching(/IR version/i)]);
  });
});

describe('operators are refused where ONNX Runtime does not know them', () => {
  // Operators of one input and one output, so that nothing else is wrong with their nodes.
  test.each([
    ['Gelu', 19, 20],
    ['Mish', 17, 18],
    ['HardSwish', 13, 14],
    ['IsInf', 9, 10],
    ['Erf', 8, 9],
    ['Celu', 11, 12],
    ['LayerNormalisation', 17, null],
    ['reLU', 17, null],
  ])('%s with version %d', (opType, before, since) => {
    const versions = since === null ? [before] : [before, since];
    const known = load(versions.map((version) => oneNode('', opType, version))).map(
      (answer) => !/No Op registered/.test(answer ?? ''),
    );
    expect(known).toEqual(
      versions.map((version) => operatorProblem('ai.onnx', opType, version) === undefined),
    );
    expect(known[0]).toBe(false);
  });

  test.each([
    ['Upsample', 9, 10],
    ['Scatter', 10, 11],
  ])('%s after version %d, when it was withdrawn', (opType, last, withdrawn) => {
    const answers = load([last, withdrawn].map((version) => oneNode('', opType, version)));
    expect(answers.map((answer) => /deprecated/.test(answer ?? ''))).toEqual([false, true]);
    expect(operatorProblem('ai.onnx', opType, last)).toBeUndefined();
    expect(operatorProblem('ai.onnx', opType, withdrawn)).toMatch(
      /was withdrawn with version 1[01] of ai\.onnx in favour of/,
    );
  });

  test('four are known in every version, whatever ONNX says', () => {
    const names = [
      'LayerNormalization',
      'SimplifiedLayerNormalization',
      'MeanVarianceNormalization',
      'ThresholdedRelu',
    ];
    const answers = load(names.map((name) => oneNode('', name, 7)));
    expect(answers.filter((answer) => /No Op registered/.test(answer ?? ''))).toEqual([]);
    expect(names.map((name) => operatorProblem('ai.onnx', name, 7))).toEqual(names.map(() => undefined));
  });
});
