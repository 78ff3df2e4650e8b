import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { ModelServer } from '../../fixtures/model-server.js';
import { onnxBytes, port, reluModel } from '../../fixtures/models.js';
import { encoderRuleSchema, type EncoderRule } from '../rule/encoder-rule.js';
import { loadModel } from './load-model.js';

const server = new ModelServer();
let rulesDir: string;
let dataDir: string;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-registry-'));
  rulesDir = join(folder, 'rules');
  dataDir = join(folder, 'data');
  mkdirSync(rulesDir);
  server.requests.length = 0;
});
afterEach(() => rmSync(join(rulesDir, '..'), { recursive: true, force: true }));

const MODEL = reluModel([port('x', 'float32', ['n', 2])], [port('y', 'float32', ['n', 2])]);
const sha256 = (...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  parts.forEach((part) => hash.update(part));
  return hash.digest('hex');
};

function ruleOf(spec: object): EncoderRule {
  return encoderRuleSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Encoder',
    metadata: { name: 'clip' },
    spec: { model: 'detector', input: 'frame', preprocess: { kind: 'tensor' }, ...spec },
  });
}

function put(name: string, content: Uint8Array | string): void {
  writeFileSync(join(rulesDir, name), content);
}

async function failureOf(spec: object): Promise<AppError> {
  return loadModel(ruleOf(spec), { rulesDir, dataDir }).then(
    () => {
      throw new Error('The model was loaded.');
    },
    (error: unknown) => error as AppError,
  );
}

describe('a file', () => {
  test('is found beside the rules, checked, and described', async () => {
    put('clip.onnx', MODEL);
    const loaded = await loadModel(ruleOf({ file: 'clip.onnx', sha256: sha256(MODEL) }), {
      rulesDir,
      dataDir,
    });
    expect(loaded).toMatchObject({
      path: join(rulesDir, 'clip.onnx'),
      sha256: sha256(MODEL),
      fit: { output: 'y', dimension: 2, fixedBatch: null },
      report: { opsets: [{ domain: 'ai.onnx', version: 17 }] },
    });
  });

  test('with a tokenizer beside it has its path made absolute', async () => {
    const ids = ['input_ids', 'attention_mask'].map((name) => port(name, 'int64', ['n', 'tokens']));
    const bytes = reluModel(ids, [port('y')]);
    put('minilm.onnx', bytes);
    const preprocess = { kind: 'text', as: 'ids', tokenizerFile: 'minilm/tokenizer.json' };
    const loaded = await loadModel(ruleOf({ file: 'minilm.onnx', sha256: sha256(bytes), preprocess }), {
      rulesDir,
      dataDir,
    });
    expect(loaded.rule.preprocess).toMatchObject({ tokenizerFile: join(rulesDir, 'minilm/tokenizer.json') });
  });

  test.each<[string, () => string, string, RegExp]>([
    [
      'that is not there',
      () => 'missing.onnx',
      'encoder.model-missing',
      /^The file .*\/rules\/missing\.onnx, the model of Encoder clip, cannot be read: there is no such file\.$/,
    ],
    [
      'that is a folder',
      () => {
        mkdirSync(join(rulesDir, 'clip'));
        return 'clip';
      },
      'encoder.model-missing',
      /it is a folder/,
    ],
    [
      'larger than 2 GiB',
      () => {
        put('large.onnx', '');
        // Without contents: it takes no room.
        truncateSync(join(rulesDir, 'large.onnx'), 2_147_483_649);
        return 'large.onnx';
      },
      'encoder.model-missing',
      /larger than 2 GiB/,
    ],
    [
      'of another checksum',
      () => {
        put('clip.onnx', reluModel([port('x')], [port('z')]));
        return 'clip.onnx';
      },
      'encoder.model-checksum',
      new RegExp(
        `^The model of Encoder clip in .*/clip\\.onnx is another than the rule names: its SHA-256 is ${sha256(reluModel([port('x')], [port('z')]))}, and ${sha256(MODEL)} is needed\\.$`,
      ),
    ],
    [
      'that is a Git LFS pointer',
      () => {
        put('clip.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n');
        return 'clip.onnx';
      },
      'encoder.model-checksum',
      /is needed\. The ONNX model cannot be read: the file is a Git LFS pointer/,
    ],
    [
      'that was cut off',
      () => {
        put('clip.onnx', MODEL.subarray(0, MODEL.length - 20));
        return 'clip.onnx';
      },
      'encoder.model-checksum',
      /is needed\. The ONNX model cannot be read: the file ends in the middle of/,
    ],
  ])('%s is refused', async (_what, prepare, code, message) => {
    const error = await failureOf({ file: prepare(), sha256: sha256(MODEL) });
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(message);
  });

  test('of the right checksum that is no model is refused for what it is', async () => {
    put('page.onnx', '<!doctype html>');
    const error = await failureOf({ file: 'page.onnx', sha256: sha256('<!doctype html>') });
    expect(error.code).toBe('encoder.model-unreadable');
    expect(error.message).toMatch(/starts like an HTML page/);
  });

  test('that is a model, and not what the rule needs, is refused for that', async () => {
    put('clip.onnx', MODEL);
    const error = await failureOf({ file: 'clip.onnx', sha256: sha256(MODEL), output: { dimension: 512 } });
    expect(error.code).toBe('encoder.model-unfit');
    expect(error.message).toMatch(/has dimension 2; the rule needs 512/);
  });
});

describe('weights in files beside the model', () => {
  const external = (...locations: readonly string[]) =>
    onnxBytes(
      {},
      {
        initializer: locations.map((location, index) => ({
          name: `w${index}`,
          dims: [2],
          dataType: 1,
          dataLocation: 1,
          externalData: [{ key: 'location', value: location }],
        })),
      },
    );

  test('are part of the checksum, in the order of their names', async () => {
    const model = external('b.bin', 'a.bin');
    put('clip.onnx', model);
    put('a.bin', 'aaaaaaaa');
    put('b.bin', 'bbbbbbbb');
    const all = sha256(model, 'aaaaaaaa', 'bbbbbbbb');
    const loaded = await loadModel(ruleOf({ file: 'clip.onnx', sha256: all }), { rulesDir, dataDir });
    expect(loaded.sha256).toBe(all);
    put('b.bin', 'bbbbbbbc');
    const error = await failureOf({ file: 'clip.onnx', sha256: all });
    expect(error.code).toBe('encoder.model-checksum');
    expect(error.message).toMatch(/It is that of the file followed by its external data: b\.bin, a\.bin\.$/);
  });

  test('must be there', async () => {
    put('clip.onnx', external('a.bin'));
    const error = await failureOf({ file: 'clip.onnx', sha256: sha256('') });
    expect(error.code).toBe('encoder.model-missing');
    expect(error.message).toMatch(/keeps numbers in a\.bin beside it, and that file cannot be read/);
  });

  test("are never read outside of the model's folder", async () => {
    const model = external('../secret');
    put('clip.onnx', model);
    writeFileSync(join(rulesDir, '../secret'), 'secret');
    const error = await failureOf({ file: 'clip.onnx', sha256: sha256(model) });
    expect(error.code).toBe('encoder.model-unfit');
    expect(error.message).toMatch(/external data in \.\.\/secret, outside of the model's folder/);
  });

  test('are refused for a model from a URL', async () => {
    const model = external('a.bin');
    server.serve(model);
    const error = await failureOf({ url: server.url(), sha256: sha256(model) });
    expect(error.code).toBe('encoder.model-unfit');
    expect(error.message).toMatch(
      /keeps numbers in other files \(a\.bin\), and a model from a URL is one file/,
    );
  });
});

describe('a URL', () => {
  test('is fetched once, into the data directory', async () => {
    server.serve(MODEL);
    const rule = ruleOf({ url: server.url(), sha256: sha256(MODEL) });
    const { path } = await loadModel(rule, { rulesDir, dataDir });
    expect(path).toBe(join(dataDir, 'models', `${sha256(MODEL)}.onnx`));
    expect(readFileSync(path)).toEqual(Buffer.from(MODEL));
    await loadModel(rule, { rulesDir, dataDir });
    expect(server.requests).toEqual(['/model.onnx']);
    expect(readdirSync(join(dataDir, 'models'))).toEqual([`${sha256(MODEL)}.onnx`]);
  });
});

test.each(['image', 'text'] as const)(
  'the reference encoder %s is loaded with its own preprocessing',
  async (name) => {
    const rule = ruleOf({ reference: name, preprocess: undefined });
    const loaded = await loadModel(rule, { rulesDir, dataDir });
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded.fit.dimension).toBeGreaterThan(8);
  },
);

describe('a signature', () => {
  const keys = generateKeyPairSync('ed25519');
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
  const signed = { signatureFile: 'clip.sig', publicKeyFile: 'clip.pem' };
  const spec = { file: 'clip.onnx', sha256: sha256(MODEL), signature: signed };

  beforeEach(() => {
    put('clip.onnx', MODEL);
    put('clip.pem', pem(keys.publicKey));
    put('clip.sig', sign(null, MODEL, keys.privateKey));
  });

  test.each<[string, (signature: Buffer) => Buffer | string]>([
    ['of 64 bytes', (signature) => signature],
    ['in base64', (signature) => signature.toString('base64')],
    [
      'in base64 with line breaks',
      (signature) =>
        `${signature.toString('base64').slice(0, 40)}\n${signature.toString('base64').slice(40)}\n`,
    ],
  ])('%s is accepted', async (_what, write) => {
    put('clip.sig', write(sign(null, MODEL, keys.privateKey)));
    await expect(loadModel(ruleOf(spec), { rulesDir, dataDir })).resolves.toMatchObject({
      sha256: sha256(MODEL),
    });
  });

  test('is checked for a model from a URL as well', async () => {
    server.serve(MODEL);
    const from = { url: server.url(), sha256: sha256(MODEL), signature: signed };
    await expect(loadModel(ruleOf(from), { rulesDir, dataDir })).resolves.toBeDefined();
    put('clip.sig', Buffer.alloc(64));
    expect((await failureOf(from)).code).toBe('encoder.model-signature');
  });

  test.each<[string, () => void, RegExp]>([
    [
      'by another key',
      () => put('clip.sig', sign(null, MODEL, generateKeyPairSync('ed25519').privateKey)),
      /^The model of Encoder clip is not what was signed: the signature in .*clip\.sig does not fit its \d+ bytes/,
    ],
    [
      'of another file',
      () => put('clip.sig', sign(null, Buffer.from('else'), keys.privateKey)),
      /is not what was signed/,
    ],
    [
      'that is missing',
      () => rmSync(join(rulesDir, 'clip.sig')),
      /clip\.sig, the signature of Encoder clip, cannot be read: there is no such file/,
    ],
    [
      'that is too short',
      () => put('clip.sig', Buffer.alloc(63)),
      /holds no Ed25519 signature: it has 63 bytes/,
    ],
    ['that is text', () => put('clip.sig', 'signed by me'), /holds no Ed25519 signature: it has 12 bytes/],
    [
      'without a key',
      () => rmSync(join(rulesDir, 'clip.pem')),
      /clip\.pem, the public key of Encoder clip, cannot be read/,
    ],
    ['with a key that is none', () => put('clip.pem', 'key'), /holds no public key in PEM/],
    [
      'with a key of another kind',
      () => put('clip.pem', pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey)),
      /is of type rsa, and must be ed25519/,
    ],
    [
      'with the private key in place of the public one',
      () => put('clip.pem', keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      /holds a private key, which does not belong on this machine/,
    ],
  ])('%s is refused', async (_what, change, expected) => {
    change();
    const error = await failureOf(spec);
    expect(error).toMatchObject({ code: 'encoder.model-signature', retryable: false });
    expect(error.message).toMatch(expected);
  });

  test('is refused for a model in several files, of which it covers one', async () => {
    const model = onnxBytes(
      {},
      {
        initializer: [
          { name: 'w', dims: [2], dataType: 1, externalData: [{ key: 'location', value: 'w.bin' }] },
        ],
      },
    );
    put('clip.onnx', model);
    put('w.bin', 'wwwwwwww');
    put('clip.sig', sign(null, model, keys.privateKey));
    const error = await failureOf({ ...spec, sha256: sha256(model, 'wwwwwwww') });
    expect(error.code).toBe('encoder.model-unfit');
    expect(error.message).toMatch(/a signature is that of one file/);
  });
});
