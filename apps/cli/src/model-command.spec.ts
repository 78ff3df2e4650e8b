import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { onnxBytes } from '../../../libs/encoder/fixtures/models.js';
import { run } from './run.js';
import type { Terminal } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TABULAR = fileURLToPath(new URL('../../../libs/encoder/models/tabular.onnx', import.meta.url));

async function inspect(...args: string[]) {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    isInteractive: false,
    confirm: async () => false,
    readInput: async function* () {},
  };
  return { code: await run(['model', 'inspect', ...args], terminal), out, err };
}

function file(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** A copy of the tabular encoder with some of its bytes replaced by as many others. */
function changed(name: string, from: string, to: string): string {
  const bytes = readFileSync(TABULAR);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(to).toHaveLength(from.length);
  bytes.write(to, at, 'latin1');
  return file(name, bytes);
}

describe('model inspect', () => {
  test('shows what is in a model, with the checksum for the rule', async () => {
    const { code, out, err } = await inspect(TABULAR);
    const sha256 = createHash('sha256').update(readFileSync(TABULAR)).digest('hex');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`SHA-256     ${sha256}\n`);
    expect(out).toMatch(
      /^Graph {7}tidewatch-tabular\nProducer {4}tidewatch\nIR version {2}8\nOpsets {6}ai\.onnx 17\n/m,
    );
    expect(out).toMatch(/^Parameters {2}[\d,]+, [\d.]+ KiB$/m);
    expect(out).toMatch(
      /^ +NAME +TYPE +SHAPE\ninput +features +float32 +\[batch, 64\]\noutput +embedding +float32 +\[batch, 64\]$/m,
    );
    expect(out).toMatch(/^OPERATOR +DOMAIN +NODES\nGemm +ai\.onnx +2$/m);
    expect(out).toMatch(/^METADATA +VALUE\n/m);
    expect(out).toMatch(/\n\nNothing is wrong with it\.\n$/);
  });

  test('as JSON has everything of the report', async () => {
    const { code, out } = await inspect(TABULAR, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      file: TABULAR,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      irVersion: 8,
      opsets: [{ domain: 'ai.onnx', version: 17 }],
      inputs: [{ name: 'features', element: 'float32', shape: ['batch', 64] }],
      problems: [],
    });
  });

  test('fails a model with an operator that cannot run, and says why', async () => {
    const { code, out } = await inspect(changed('operator.onnx', 'Gemm', 'Gxmm'));
    expect(code).toBe(1);
    expect(out).toMatch(/^error: operator Gxmm cannot run: ai\.onnx has no such operator/m);
  });

  test('fails a model with a tensor above the limit that is given, and only then', async () => {
    const { code, out } = await inspect(TABULAR, '--max-blob', '16KiB');
    expect(code).toBe(1);
    expect(out).toMatch(/^error: initialiser \w+ has \d+ bytes, more than the limit of 16384$/m);
    expect((await inspect(TABULAR, '--max-blob', '64MiB')).code).toBe(0);
  });

  describe('of a model with its weights in another file', () => {
    const external = (location: string) =>
      onnxBytes(
        {},
        {
          initializer: [
            { name: 'w', dims: [2], dataType: 1, externalData: [{ key: 'location', value: location }] },
          ],
        },
      );

    test('lists that file and prints the checksum of both', async () => {
      const model = external('weights.bin');
      file('weights.bin', 'weights!');
      const { code, out } = await inspect(file('split.onnx', model));
      const sha256 = createHash('sha256').update(model).update('weights!').digest('hex');
      expect(code).toBe(0);
      expect(out).toMatch(/^EXTERNAL DATA +TENSORS\nweights\.bin +1$/m);
      expect(out).toContain(`SHA-256     ${sha256}\n`);
    });

    test('fails it when that file is not there', async () => {
      const { code, out } = await inspect(file('alone.onnx', external('nowhere.bin')));
      expect(code).toBe(1);
      expect(out).toContain('SHA-256     unknown, a file is missing\n');
      expect(out).toMatch(
        /^error: The model .*alone\.onnx keeps numbers in nowhere\.bin beside it, and that file/m,
      );
    });

    test('fails it when that file would be elsewhere', async () => {
      const { code, out } = await inspect(file('outside.onnx', external('../../etc/passwd')));
      expect(code).toBe(1);
      expect(out).toMatch(
        /^error: external data in \.\.\/\.\.\/etc\/passwd, outside of the model's folder;/m,
      );
    });
  });

  test('never writes control characters of a model to the terminal', async () => {
    const { out } = await inspect(changed('name.onnx', 'tidewatch-tabular', 'tidewatch\x1b[31m-xx'));
    expect(out).toContain('tidewatch [31m-xx');
    expect(out).not.toContain('\x1b');
  });

  test.each<[string, () => string, RegExp]>([
    [
      'a file that is not there',
      () => join(folder, 'missing.onnx'),
      /missing\.onnx cannot be read: ENOENT.*\n\[cli\.file\]/,
    ],
    [
      'a page',
      () => file('page.onnx', '<html><body>'),
      /starts like an HTML page\. .*\n\[encoder\.model-unreadable\]/,
    ],
    ['an empty file', () => file('empty.onnx', ''), /the file is empty/],
    [
      'a model that is cut off',
      () => file('cut.onnx', readFileSync(TABULAR).subarray(0, 60_000)),
      /ends in the middle of graph .*initializer "\w+"\.raw_data: 60000 bytes are there/,
    ],
  ])('%s is no model, status 2', async (_what, make, expected) => {
    const { code, out, err } = await inspect(make());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(expected);
  });

  test.each<[string, string[], RegExp]>([
    ['no file', [], /missing required argument 'file'/],
    [
      'a limit that is no size',
      [TABULAR, '--max-blob', 'large'],
      /--max-blob must be a size such as 64MiB, and is large/,
    ],
    ['an unknown option', [TABULAR, '--yaml'], /unknown option '--yaml'/],
  ])('with %s was written wrongly, status 2', async (_what, args, expected) => {
    const { code, err } = await inspect(...args);
    expect(code).toBe(2);
    expect(err).toMatch(expected);
  });
});
