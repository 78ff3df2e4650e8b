import { describe, expect, test } from '@jest/globals';
import { port } from '../../fixtures/models.js';
import { FEATURES, IDS, IMAGE, NGRAMS, STRING, TENSOR } from '../../fixtures/preprocesses.js';
import type { Preprocess } from '../inputs/preprocess.js';
import type { ModelSource } from '../rule/model-source.js';
import { checkInputs } from './check-model-inputs.js';
import type { ModelValue } from './model-builder.js';
import type { OnnxValue } from './onnx-model.js';

const FILE: ModelSource = { kind: 'file', path: 'clip.onnx' };

function problemsOf(inputs: readonly ModelValue[], preprocess: Preprocess, source = FILE): readonly string[] {
  const values = inputs.map((input): OnnxValue => ({ kind: 'tensor', ...input }));
  return checkInputs(values, { source, preprocess }).problems;
}

const ids = (shape: ModelValue['shape'] = ['batch', 'tokens']) => [
  port('input_ids', 'int64', shape),
  port('attention_mask', 'int64', shape),
];

describe('inputs that do not fit are named with what is needed', () => {
  const image = (...shape: ModelValue['shape']) => [port('pixels', 'float32', shape)];
  test.each<[string, Preprocess, ModelValue[], RegExp[]]>([
    [
      'another element type',
      IMAGE,
      [port('pixels', 'uint8', ['n', 3, 64, 96])],
      [
        /^the input pixels is uint8 \[n, 3, 64, 96\]; needed by the rule's preprocess is float32 \[batch, 3, 64, 96\]$/,
      ],
    ],
    [
      'another rank',
      IMAGE,
      image('n', 3, 64),
      [/is float32 \[n, 3, 64\]; needed .* is float32 \[batch, 3, 64, 96\]$/],
    ],
    [
      'another size',
      IMAGE,
      image('n', 3, 224, 224),
      [
        /has 224 as its height; the rule's preprocess makes 64$/,
        /has 224 as its width; the rule's preprocess makes 96$/,
      ],
    ],
    [
      'channels last where the rule says first',
      IMAGE,
      image('n', 64, 96, 3),
      [/has 64 as its number of channels/, /has 96 as its height/, /has 3 as its width/],
    ],
    [
      'a fixed batch',
      IMAGE,
      image(8, 3, 64, 96),
      [
        /^the input pixels float32 \[8, 3, 64, 96\] has a fixed batch of 8; needed is a batch size that is left open, or 1$/,
      ],
    ],
    [
      'two inputs',
      IMAGE,
      [...image('n', 3, 64, 96), port('scale', 'float32', [1])],
      [
        /^the model has 2 inputs \(pixels float32 \[n, 3, 64, 96\]; scale float32 \[1\]\); needed is one, float32 \[batch, 3, 64, 96\]$/,
      ],
    ],
    [
      'numbers for texts',
      STRING,
      [port('x', 'int64', ['n'])],
      [/needed .* is string \[batch\] or \[batch, 1\]$/],
    ],
    ['two texts a row', STRING, [port('x', 'string', ['n', 2])], [/has 2 as its second size; .* makes 1$/]],
    [
      'no mask',
      IDS,
      [port('input_ids', 'int64', ['n', 'tokens'])],
      [/^the input attention_mask is missing; needed is int64 \[batch, 128 or more\]$/],
    ],
    [
      'ids of 32 bits',
      IDS,
      [port('input_ids', 'int32', ['n', 't']), port('attention_mask', 'int64', ['n', 't'])],
      [
        /^the input input_ids is int32 \[n, t\]; needed by the rule's preprocess is int64 \[batch, 128 or more\]$/,
      ],
    ],
    [
      'positions',
      IDS,
      [...ids(), port('position_ids', 'int64', ['n', 't'])],
      [
        /^the input position_ids int64 \[n, t\] is not one that text is made into; needed are input_ids, attention_mask and, if it has it, token_type_ids$/,
      ],
    ],
    [
      'fewer tokens than the rule makes',
      IDS,
      ids(['batch', 64]),
      [
        /input_ids int64 \[batch, 64\] has 64 as its number of tokens; .* needs at least 128$/,
        /attention_mask/,
      ],
    ],
    [
      'another length of n-gram vectors',
      NGRAMS,
      [port('x', 'float32', ['n', 256])],
      [/has 256 as its length of n-gram vectors; .* makes 512/],
    ],
    [
      'more features',
      FEATURES,
      [port('x', 'float32', ['n', 3])],
      [/has 3 as its number of features; .* makes 2$/],
    ],
    [
      'open sizes of a tensor',
      TENSOR,
      [port('x', 'float32', ['n', 'h', 4])],
      [
        /^the input x float32 \[n, h, 4\] has sizes that are not fixed: h; needed is a tensor whose sizes are fixed but for the batch/,
      ],
    ],
    [
      'a tensor without a batch',
      TENSOR,
      [port('x', 'float32', [])],
      [/^the input x float32 \[\] takes no rows/],
    ],
  ])('%s', (_what, preprocess, inputs, expected) => {
    expect(problemsOf(inputs, preprocess)).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  test.each<[string, OnnxValue[], RegExp]>([
    ['no input at all', [], /^the model has no input; needed is one, float32 \[batch, 2\]$/],
    [
      'a sequence',
      [{ name: 'x', kind: 'sequence', element: '', shape: null }],
      /^the input x is of kind sequence; needed/,
    ],
    [
      'an unknown rank',
      [{ name: 'x', kind: 'tensor', element: 'float32', shape: null }],
      /^the input x is float32 of unknown rank; needed/,
    ],
  ])('%s', (_what, inputs, expected) => {
    expect(checkInputs(inputs, { source: FILE, preprocess: FEATURES }).problems).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  test('more features than the tabular reference encoder takes', () => {
    const problems = problemsOf([port('x', 'float32', ['n', 1])], FEATURES, {
      kind: 'reference',
      name: 'tabular',
    });
    expect(problems).toEqual([
      expect.stringMatching(/has 1 as its number of features; .* needs at least 2$/),
    ]);
  });
});
