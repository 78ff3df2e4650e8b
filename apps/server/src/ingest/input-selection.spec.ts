import { expect, test } from '@jest/globals';
import { encoderRuleSchema } from '@tidewatch/encoder';
import type { Prediction, SampleInput } from '@tidewatch/samples';
import { prediction } from '../../../../test/harness/prediction-rows.js';
import { InputSelection } from './input-selection.js';

const rule = (name: string, spec: object, labels: object = {}) =>
  encoderRuleSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Encoder',
    metadata: { name, labels },
    spec: { model: 'ranker', ...spec },
  });
const FRAMES = rule('frames', { input: 'frame', reference: 'image' });
const ROWS = rule('rows', {
  input: 'row',
  reference: 'tabular',
  preprocess: { kind: 'features', names: ['age', 'income'], mean: [0, 0], std: [1, 1] },
});
const image: SampleInput = {
  dataType: 'image/png',
  shape: [],
  data: new Uint8Array([1, 2]),
  occlusionRate: null,
  privateBoxes: [],
};
const sample = (partial: Partial<Prediction>) => prediction({ predictionId: 'p', timestamp: 1, ...partial });
const selected = (partial: Partial<Prediction>, rules = [FRAMES, ROWS], project = 'default') =>
  new InputSelection(() => rules).select(project, [sample(partial)])[0]!.inputs;
const numeric = (values: Record<string, number>) => ({
  features: { numeric: values, text: {}, boolean: {}, nulls: [] },
});

test('inputs that an encoder asks for are taken, and no others', () => {
  expect(selected({ inputs: { frame: image, thumbnail: image } })).toEqual({ frame: image });
  expect(selected({ inputs: { frame: image }, model: 'other' })).toEqual({});
  expect(selected({ inputs: { frame: image } }, [])).toEqual({});
});

test('rules of another project ask for nothing here', () => {
  const theirs = rule('frames', { input: 'frame', reference: 'image' }, { project: 'other' });
  expect(selected({ inputs: { frame: image } }, [theirs])).toEqual({});
  expect(selected({ inputs: { frame: image } }, [theirs], 'other')).toEqual({ frame: image });
});

test('a vector that the service sends stands in for its input', () => {
  expect(selected({ inputs: { frame: image }, embeddings: { frame: Float32Array.of(1) } })).toEqual({});
});

test('numeric features become an input in the order of the rule, with NaN for those that are absent', () => {
  const { row } = selected(numeric({ income: 3, age: 2, other: 9 }));
  expect(row).toMatchObject({ dataType: 'features', shape: [] });
  expect([...new Float64Array(row!.data.buffer)]).toEqual([2, 3]);
  expect([...new Float64Array(selected(numeric({ income: 3 })).row!.data.buffer)]).toEqual([Number.NaN, 3]);
  expect(selected(numeric({ other: 9 }))).toEqual({});
});

test('a feature called like a property of every object is absent', () => {
  const odd = rule('rows', {
    input: 'row',
    reference: 'tabular',
    preprocess: { kind: 'features', names: ['constructor'], mean: [0], std: [1] },
  });
  expect(selected(numeric({ age: 1 }), [odd])).toEqual({});
});
