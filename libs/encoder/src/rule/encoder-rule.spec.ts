import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { referenceEncoder } from '../reference/reference-encoders.js';
import { encoderRuleSchema } from './encoder-rule.js';

const SHA256 = 'AB'.repeat(32);

function document(spec: string): unknown {
  return parse(`
apiVersion: tidewatch.dev/v1
kind: Encoder
metadata: {name: clip}
spec:
  model: detector
  input: frame
${spec
  .trim()
  .split('\n')
  .map((line) => `  ${line.trim()}`)
  .join('\n')}
`);
}

function problemsOf(spec: string): string[] {
  const result = encoderRuleSchema.safeParse(document(spec));
  return (result.error?.issues ?? []).map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${[...issue.path, ...issue.keys].join('.')}: unknown`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
}

const FILE = `file: clip.onnx\nsha256: "${SHA256}"`;

test('a rule that says the least has all defaults filled', () => {
  expect(encoderRuleSchema.parse(document('reference: image'))).toEqual({
    kind: 'Encoder',
    name: 'clip',
    owner: '',
    runbook: '',
    labels: {},
    model: 'detector',
    input: 'frame',
    source: { kind: 'reference', name: 'image' },
    sha256: null,
    signature: null,
    preprocess: referenceEncoder('image').preprocess,
    output: { name: null, dimension: null },
    provider: 'auto',
    batch: { size: 32, waitMs: 20 },
    threads: null,
    memoryLimitBytes: 2_147_483_648,
    profiling: false,
    keepInputs: null,
  });
});

test('a rule that says everything is taken at its word', () => {
  const rule = encoderRuleSchema.parse(
    document(`
      url: https://models.example.com/clip.onnx
      sha256: "${SHA256}"
      signature: {signatureFile: clip.sig, publicKeyFile: clip.pem}
      preprocess: {kind: image, width: 224, height: 224, layout: NHWC, channels: BGR, resize: crop, scale: 1, mean: [1, 2, 3], std: [4, 5, 6]}
      output: {name: image_embeds, dimension: 512}
      provider: cpu
      batch: {size: 8, wait: 1s}
      threads: 2
      memoryLimit: 1.5GiB
      profiling: true
      keepInputs: {share: 0.5, maximumPerMinute: 6, privacy: blur}
    `),
  );
  expect(rule).toMatchObject({
    source: { kind: 'url', url: 'https://models.example.com/clip.onnx' },
    sha256: SHA256.toLowerCase(),
    signature: { signatureFile: 'clip.sig', publicKeyFile: 'clip.pem' },
    preprocess: {
      kind: 'image',
      dataType: 'float32',
      layout: 'NHWC',
      channels: 'BGR',
      scale: 1,
      std: [4, 5, 6],
    },
    output: { name: 'image_embeds', dimension: 512 },
    provider: 'cpu',
    batch: { size: 8, waitMs: 1_000 },
    threads: 2,
    memoryLimitBytes: 1_610_612_736,
    profiling: true,
    keepInputs: { share: 0.5, maximumPerMinute: 6, privacy: 'blur' },
  });
});

test('inputs are kept only when the rule says so, and then few of them and masked', () => {
  const rule = encoderRuleSchema.parse(document('reference: text\nkeepInputs: {}'));
  expect(rule.keepInputs).toEqual({ share: 0.01, maximumPerMinute: 60, privacy: 'mask' });
});

describe('preprocessing', () => {
  test.each([
    [
      '{kind: image, width: 32, height: 24}',
      {
        ...{ kind: 'image', width: 32, height: 24, layout: 'NCHW', dataType: 'float32', channels: 'RGB' },
        ...{ resize: 'stretch', scale: 1 / 255, mean: [], std: [] },
      },
    ],
    [
      '{kind: image, width: 1, height: 1, channels: grayscale, mean: [0.5], std: [0.5]}',
      { mean: [0.5], std: [0.5] },
    ],
    ['{kind: image, width: 1, height: 1, dataType: uint8}', { dataType: 'uint8' }],
    ['{kind: text, as: string}', { kind: 'text', as: 'string' }],
    [
      '{kind: text, as: ids, tokenizerFile: tokenizer.json}',
      { kind: 'text', as: 'ids', tokenizerFile: 'tokenizer.json', maximumTokens: 256 },
    ],
    ['{kind: text, as: ngrams, size: 512}', { kind: 'text', as: 'ngrams', size: 512, n: 3 }],
    [
      '{kind: features, names: [a, b], mean: [0, 1], std: [1, 2]}',
      { names: ['a', 'b'], mean: [0, 1], std: [1, 2] },
    ],
    ['{kind: tensor}', { kind: 'tensor' }],
  ])('%s', (written, expected) => {
    expect(encoderRuleSchema.parse(document(`${FILE}\npreprocess: ${written}`)).preprocess).toMatchObject(
      expected,
    );
  });

  test('of the tabular reference encoder are the features that the rule names', () => {
    const rule = encoderRuleSchema.parse(
      document('reference: tabular\npreprocess: {kind: features, names: [a], mean: [0], std: [1]}'),
    );
    expect(rule.preprocess).toEqual({ kind: 'features', names: ['a'], mean: [0], std: [1] });
  });
});

describe('what is refused, with its place and what is needed', () => {
  const many = Array.from({ length: 65 }, (_, index) => `f${index}`);
  const numbers = (value: number) => `[${many.map(() => value).join(', ')}]`;
  const withPreprocess = (text: string) => `${FILE}\npreprocess: ${text}`;
  test.each<[string, string, string | RegExp]>([
    ['no source', '', 'spec: must have exactly one of reference, file and url, and has none'],
    [
      'two sources',
      `${FILE}\nreference: image`,
      'spec: must have exactly one of reference, file and url, and has 2',
    ],
    ['an unknown reference', 'reference: clip', 'spec.reference: must be image, tabular or text'],
    [
      'a file without a checksum',
      'file: a.onnx\npreprocess: {kind: tensor}',
      'spec.sha256: must be given with a file or url: the checksum that "tidewatch model inspect" prints',
    ],
    [
      'a URL without a checksum',
      'url: https://a.example/a.onnx\npreprocess: {kind: tensor}',
      /^spec\.sha256: must be given/,
    ],
    [
      'a file without preprocessing',
      FILE,
      /^spec\.preprocess: must say how inputs become what the model takes/,
    ],
    [
      'a short checksum',
      'file: a.onnx\nsha256: abc\npreprocess: {kind: tensor}',
      /^spec\.sha256: must be a SHA-256 of 64/,
    ],
    [
      'a checksum that YAML takes for a number',
      'file: a.onnx\nsha256: 12\npreprocess: {kind: tensor}',
      /must be text; write it in quotation marks/,
    ],
    [
      'a checksum of a reference encoder',
      `reference: image\nsha256: "${SHA256}"`,
      'spec.sha256: must not be given with a reference encoder, whose checksum is known',
    ],
    [
      'a signature of a reference encoder',
      'reference: image\nsignature: {signatureFile: a, publicKeyFile: b}',
      /^spec\.signature: must not be given/,
    ],
    [
      'half a signature',
      `${FILE}\npreprocess: {kind: tensor}\nsignature: {signatureFile: a}`,
      'spec.signature.publicKeyFile: must be text',
    ],
    [
      'preprocessing of a reference encoder that brings its own',
      'reference: text\npreprocess: {kind: text, as: string}',
      'spec.preprocess: must not be given: the reference encoder text brings its own',
    ],
    [
      'the tabular reference encoder without features',
      'reference: tabular',
      'spec.preprocess: must be of kind features, with names, mean and std, for the reference encoder tabular',
    ],
    [
      'the tabular reference encoder with something else',
      'reference: tabular\npreprocess: {kind: tensor}',
      /^spec\.preprocess: must be of kind features/,
    ],
    [
      'more features than the tabular reference encoder takes',
      `reference: tabular\npreprocess: {kind: features, names: [${many.join(', ')}], mean: ${numbers(0)}, std: ${numbers(1)}}`,
      'spec.preprocess.names: must be at most 64 for the reference encoder tabular, and are 65',
    ],
    [
      'a URL by http',
      `url: http://models.example.com/a.onnx\nsha256: "${SHA256}"\npreprocess: {kind: tensor}`,
      'spec.url: must start with https://; http:// is for this machine alone',
    ],
    [
      'a URL by ftp',
      `url: ftp://a.example/a.onnx\nsha256: "${SHA256}"\npreprocess: {kind: tensor}`,
      'spec.url: must start with https://',
    ],
    [
      'a URL with a password',
      `url: https://me:pw@a.example/a.onnx\nsha256: "${SHA256}"\npreprocess: {kind: tensor}`,
      'spec.url: must not contain a user name or password',
    ],
    [
      'a path for a URL',
      `url: models/a.onnx\nsha256: "${SHA256}"\npreprocess: {kind: tensor}`,
      /^spec\.url: must be a URL such as/,
    ],
    [
      'an unknown kind of preprocessing',
      withPreprocess('{kind: audio}'),
      'spec.preprocess.kind: must be image, text, features or tensor',
    ],
    [
      'an unknown way to read text',
      withPreprocess('{kind: text, as: words}'),
      'spec.preprocess.as: must be string, ids or ngrams',
    ],
    [
      'an image without a size',
      withPreprocess('{kind: image, height: 3}'),
      'spec.preprocess.width: must be a whole number from 1 to 4096',
    ],
    [
      'an image that is too large',
      withPreprocess('{kind: image, width: 5000, height: 3}'),
      'spec.preprocess.width: must be at most 4096',
    ],
    [
      'means for too few channels',
      withPreprocess('{kind: image, width: 3, height: 3, mean: [0.5]}'),
      'spec.preprocess.mean: must have 3 numbers, one per channel of RGB, and has 1',
    ],
    [
      'deviations for too many channels',
      withPreprocess('{kind: image, width: 3, height: 3, channels: grayscale, std: [1, 1, 1]}'),
      'spec.preprocess.std: must have 1 number, one per channel of grayscale, and has 3',
    ],
    [
      'a deviation of 0',
      withPreprocess('{kind: image, width: 3, height: 3, std: [1, 0, 1]}'),
      'spec.preprocess.std.1: must be above 0',
    ],
    [
      'a scale for bytes',
      withPreprocess('{kind: image, width: 3, height: 3, dataType: uint8, scale: 2}'),
      'spec.preprocess.scale: must not be given with dataType uint8: such models take pixels as they are, 0 to 255',
    ],
    [
      'an unknown key of an image',
      withPreprocess('{kind: image, width: 3, height: 3, padding: 1}'),
      'spec.preprocess.padding: unknown',
    ],
    [
      'a feature twice',
      withPreprocess('{kind: features, names: [a, a], mean: [0, 0], std: [1, 1]}'),
      'spec.preprocess.names: must not name a feature twice',
    ],
    [
      'means for too few features',
      withPreprocess('{kind: features, names: [a, b], mean: [0], std: [1, 1]}'),
      'spec.preprocess.mean: must have one number per name, 2, and has 1',
    ],
    ['no tokenizer', withPreprocess('{kind: text, as: ids}'), 'spec.preprocess.tokenizerFile: must be text'],
    [
      'a share of 0',
      'reference: image\nkeepInputs: {share: 0}',
      'spec.keepInputs.share: must be above 0; leave keepInputs out to keep none',
    ],
    [
      'a share above 1',
      'reference: image\nkeepInputs: {share: 1.5}',
      'spec.keepInputs.share: must be at most 1',
    ],
    [
      'an unknown privacy',
      'reference: image\nkeepInputs: {privacy: none}',
      'spec.keepInputs.privacy: must be mask or blur',
    ],
    [
      'an unknown provider',
      'reference: image\nprovider: tpu',
      'spec.provider: must be auto, cuda, webgpu or cpu',
    ],
    ['no batch', 'reference: image\nbatch: {size: 0}', 'spec.batch.size: must be at least 1'],
    [
      'a wait without a unit',
      'reference: image\nbatch: {wait: 20}',
      'spec.batch.wait: must be a duration such as 20ms',
    ],
    [
      'a wait that is too long',
      'reference: image\nbatch: {wait: 1m}',
      'spec.batch.wait: must be a duration of at most 10s such as 20ms, and is "1m"',
    ],
    [
      'a limit without a unit',
      'reference: image\nmemoryLimit: "2000000000"',
      'spec.memoryLimit: must be a size of at least 256MiB such as 2GiB, and is "2000000000"',
    ],
    [
      'a limit that no process keeps',
      'reference: image\nmemoryLimit: 64MiB',
      /^spec\.memoryLimit: must be a size of at least 256MiB/,
    ],
    [
      'a negative dimension',
      'reference: image\noutput: {dimension: -1}',
      'spec.output.dimension: must be at least 1',
    ],
    [
      'a dimension that is none',
      'reference: image\noutput: {dimension: 1.5}',
      'spec.output.dimension: must be a whole number from 1 to 65536',
    ],
    ['an unknown key', 'reference: image\nbatchSize: 3', 'spec.batchSize: unknown'],
  ])('%s', (_what, spec, expected) => {
    expect(problemsOf(spec)).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  test('all problems of a source are told together', () => {
    expect(problemsOf('file: a.onnx')).toHaveLength(2);
  });
});
