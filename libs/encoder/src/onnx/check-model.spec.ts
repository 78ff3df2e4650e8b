import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { onnxBytes, port, reluModel } from '../../fixtures/models.js';
import { FEATURES, IDS, IMAGE, NGRAMS, STRING, TENSOR } from '../../fixtures/preprocesses.js';
import type { Preprocess } from '../inputs/preprocess.js';
import { referenceEncoder } from '../reference/reference-encoders.js';
import type { EncoderRule } from '../rule/encoder-rule.js';
import { checkModel, type ModelFit } from './check-model.js';
import { inspectModel } from './inspect-model.js';
import type { ModelValue } from './model-builder.js';
import { readModel } from './read-model.js';

type Rule = Pick<EncoderRule, 'name' | 'source' | 'preprocess' | 'output'>;

function rule(preprocess: Preprocess, output: Partial<EncoderRule['output']> = {}): Rule {
  return {
    name: 'clip',
    source: { kind: 'file', path: 'clip.onnx' },
    preprocess,
    output: { name: null, dimension: null, ...output },
  };
}

const VECTOR = port('vector', 'float32', ['batch', 16]);

function fitOf(inputs: ModelValue[], outputs: ModelValue[], of: Rule): ModelFit {
  return checkModel(inspectModel(readModel(reluModel(inputs, outputs))), of);
}

function problemsOf(inputs: ModelValue[], outputs: ModelValue[], of: Rule): string[] {
  return problemsOfModel(reluModel(inputs, outputs), of);
}

function problemsOfModel(bytes: Uint8Array, of: Rule): string[] {
  try {
    checkModel(inspectModel(readModel(bytes)), of);
  } catch (error) {
    const { code, message } = error as AppError;
    expect(code).toBe('encoder.model-unfit');
    const [first, ...problems] = message.split('\n  ');
    expect(first).toBe('The model of Encoder clip cannot be used:');
    return problems;
  }
  throw new Error('The model was accepted.');
}

const ids = (shape: ModelValue['shape'] = ['batch', 'tokens']) => [
  port('input_ids', 'int64', shape),
  port('attention_mask', 'int64', shape),
];

describe('a model that fits is described', () => {
  test.each<[string, Preprocess, ModelValue[], Partial<ModelFit>]>([
    ['an image', IMAGE, [port('pixels', 'float32', ['n', 3, 64, 96])], {}],
    ['an image whose size the rule gives', IMAGE, [port('pixels', 'float32', ['n', 3, 'h', 'w'])], {}],
    [
      'an image of a model that leaves channels open',
      IMAGE,
      [port('pixels', 'float32', ['n', 'c', 64, 96])],
      {},
    ],
    [
      'a grey image of bytes, channels last',
      { ...IMAGE, layout: 'NHWC', dataType: 'uint8', channels: 'grayscale' },
      [port('pixels', 'uint8', ['n', 64, 96, 1])],
      {},
    ],
    ['one image at a time', IMAGE, [port('pixels', 'float32', [1, 3, 64, 96])], { fixedBatch: 1 }],
    ['a list of texts', STRING, [port('texts', 'string', ['n'])], {}],
    ['a column of texts', STRING, [port('texts', 'string', ['n', 1])], {}],
    ['ids and a mask', IDS, ids(), {}],
    ['ids with token types', IDS, [...ids(), port('token_type_ids', 'int64', ['batch', 'tokens'])], {}],
    ['ids of one length', IDS, ids(['batch', 128]), { fixedTokens: 128 }],
    ['ids of a greater length, to be filled up', IDS, ids(['batch', 512]), { fixedTokens: 512 }],
    ['n-grams', NGRAMS, [port('ngrams', 'float32', ['n', 512])], {}],
    ['features', FEATURES, [port('features', 'float32', ['n', 2])], {}],
    ['features of any number', FEATURES, [port('features', 'float32', ['n', 'features'])], {}],
    ['a tensor', TENSOR, [port('tensor', 'int32', ['n', 4, 8])], {}],
    ['a tensor of one number per row', TENSOR, [port('tensor', 'float32', ['n'])], {}],
  ])('%s', (_what, preprocess, inputs, expected) => {
    expect(fitOf(inputs, [VECTOR], rule(preprocess))).toEqual({
      inputs: inputs.map(({ name, element, shape }) => ({ name, kind: 'tensor', element, shape })),
      output: 'vector',
      dimension: 16,
      fixedBatch: null,
      fixedTokens: null,
      pooling: 'none',
      ...expected,
    });
  });

  test.each<[string, Preprocess, ModelValue[], ModelValue, Partial<ModelFit>]>([
    [
      'an output of one vector per token is averaged',
      IDS,
      ids(),
      port('last_hidden_state', 'float32', ['batch', 'tokens', 384]),
      { dimension: 384, pooling: 'mean' },
    ],
    [
      'an output with two axes of size 1, as pooling leaves them, is one vector',
      IMAGE,
      [port('pixels', 'float32', ['n', 3, 64, 96])],
      port('pooled', 'float32', ['n', 512, 1, 1]),
      { dimension: 512, pooling: 'none' },
    ],
    [
      'an output for one input makes the batch fixed',
      TENSOR,
      [port('x', 'float32', ['n', 3])],
      port('y', 'float32', [1, 3]),
      { dimension: 3, fixedBatch: 1 },
    ],
  ])('%s', (_what, preprocess, inputs, output, expected) => {
    expect(fitOf(inputs, [output], rule(preprocess))).toMatchObject({ output: output.name, ...expected });
  });

  test('the output that the rule names is taken, and its dimension is as the rule needs it', () => {
    const outputs = [port('logits', 'float32', ['n', 1000]), port('pooled', 'float32', ['n', 64])];
    const fit = fitOf([port('x')], outputs, rule(TENSOR, { name: 'pooled', dimension: 64 }));
    expect(fit).toMatchObject({ output: 'pooled', dimension: 64 });
  });

  test.each(['image', 'tabular', 'text'] as const)('the reference encoder %s', (name) => {
    const { path, preprocess, dimension } = referenceEncoder(name);
    const report = inspectModel(readModel(readFileSync(path)));
    expect(report.problems).toEqual([]);
    const source = { kind: 'reference', name } as const;
    expect(checkModel(report, { ...rule(preprocess ?? FEATURES), source })).toMatchObject({
      dimension,
      fixedBatch: null,
      pooling: 'none',
    });
  });

  test('bert-tiny, as PyTorch exports it', () => {
    const path = new URL('../../fixtures/bert-tiny.onnx', import.meta.url);
    const report = inspectModel(readModel(readFileSync(path)));
    const of = (name: string) => checkModel(report, rule(IDS, { name }));
    expect(report.outputs).toHaveLength(2);
    expect(of('sentence_embedding')).toMatchObject({ dimension: 32, pooling: 'none', fixedTokens: null });
    expect(of('token_embeddings')).toMatchObject({ dimension: 32, pooling: 'mean' });
  });
});

describe('outputs that are no vectors are named with what is needed', () => {
  const x = [port('x')];
  test.each<[string, Preprocess, ModelValue[], ModelValue[], Partial<EncoderRule['output']>, RegExp]>([
    [
      'several, and the rule names none',
      TENSOR,
      x,
      [port('a'), port('b')],
      {},
      /^the model has 2 outputs \(a float32 \[batch, 2\]; b float32 \[batch, 2\]\); name one of them as output\.name$/,
    ],
    [
      'none of the name',
      TENSOR,
      x,
      [port('a')],
      { name: 'pooled' },
      /^the model has no output pooled; it has a float32 \[batch, 2\]$/,
    ],
    [
      'class numbers',
      TENSOR,
      x,
      [port('label', 'int64', ['n'])],
      {},
      /^the output label int64 \[n\] is no vector per input; needed is float32 \[batch, dimension\]$/,
    ],
    [
      'a vector per token of something that has no tokens',
      TENSOR,
      x,
      [port('y', 'float32', ['n', 't', 8])],
      {},
      /is no vector per input/,
    ],
    ['a feature map', TENSOR, x, [port('y', 'float32', ['n', 512, 7, 7])], {}, /is no vector per input/],
    [
      'a matrix per token',
      IDS,
      ids(),
      [port('y', 'float32', ['n', 't', 2, 8])],
      {},
      /needed is float32 \[batch, dimension\], or \[batch, tokens, dimension\], of which the mean is taken$/,
    ],
    [
      'an open dimension',
      TENSOR,
      x,
      [port('y', 'float32', ['n', 'd'])],
      { dimension: 8 },
      /^the output y float32 \[n, d\] does not have a fixed dimension \(d\); needed is a number above 0/,
    ],
    [
      'another dimension',
      TENSOR,
      x,
      [port('y', 'float32', ['n', 512])],
      { dimension: 384 },
      /^the output y float32 \[n, 512\] has dimension 512; the rule needs 384$/,
    ],
    [
      'a fixed batch',
      TENSOR,
      x,
      [port('y', 'float32', [4, 8])],
      {},
      /^the output y float32 \[4, 8\] has a fixed batch of 4/,
    ],
    ['no numbers', TENSOR, x, [port('y', 'float32', ['n', 0])], {}, /does not have a fixed dimension \(0\)/],
  ])('%s', (_what, preprocess, inputs, outputs, output, expected) => {
    expect(problemsOf(inputs, outputs, rule(preprocess, output))).toEqual([expect.stringMatching(expected)]);
  });

  test('no output at all', () => {
    expect(problemsOfModel(onnxBytes({}, { output: [] }), rule(TENSOR))).toEqual([
      'the model has no output; needed is one that is float32 [batch, dimension]',
    ]);
  });
});

test("everything that is wrong is told at once, the model's own problems first; warnings are none", () => {
  const bytes = onnxBytes(
    { opsetImport: [{ version: 30 }], docString: 'd'.repeat(70_000) },
    {
      input: [
        {
          name: 'x',
          type: { tensorType: { elemType: 7, shape: { dim: [{ dimValue: 3 }, { dimValue: 2 }] } } },
        },
      ],
      output: [],
    },
  );
  expect(problemsOfModel(bytes, rule(FEATURES))).toEqual([
    expect.stringMatching(/^opset 30 of ai\.onnx is not supported/),
    expect.stringMatching(/^the input x is int64 \[3, 2\]/),
    expect.stringMatching(/^the model has no output/),
  ]);
});
