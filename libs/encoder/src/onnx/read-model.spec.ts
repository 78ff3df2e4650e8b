import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { onnxBytes, port, reluModel } from '../../fixtures/models.js';
import { ModelBuilder } from './model-builder.js';
import { readModel } from './read-model.js';

function failureOf(bytes: Uint8Array): string {
  try {
    readModel(bytes);
  } catch (error) {
    expect((error as AppError).code).toBe('encoder.model-unreadable');
    return (error as AppError).message;
  }
  throw new Error('The bytes were taken for a model.');
}

/** A model with an initialiser of 4 MiB. */
function largeModel(): Uint8Array {
  const model = new ModelBuilder({
    name: 'large',
    opset: 17,
    inputs: [port('x', 'float32', ['batch', 1024])],
    outputs: [port('y', 'float32', ['batch', 1024])],
    metadata: { author: 'tests' },
  });
  model.initializer('weights', { dims: [1024, 1024], data: new Float32Array(1024 * 1024).fill(0.5) });
  model.node('MatMul', ['x', 'weights'], 'y');
  return model.build();
}

describe('a model that was built', () => {
  test('is read with its opset, values and nodes', () => {
    const model = readModel(
      reluModel([port('x', 'float32', ['batch', 3])], [port('y', 'float32', ['batch', 3])]),
    );
    expect(model).toMatchObject({
      irVersion: 8,
      producerName: 'tidewatch',
      opsets: [{ domain: 'ai.onnx', version: 17 }],
      functions: [],
      graph: {
        name: 'test',
        nodes: [{ opType: 'Relu', domain: 'ai.onnx', attributes: [] }],
        inputs: [{ name: 'x', kind: 'tensor', element: 'float32', shape: ['batch', 3] }],
        outputs: [{ name: 'y', kind: 'tensor', element: 'float32', shape: ['batch', 3] }],
      },
    });
  });

  test('keeps large initialisers where they are', () => {
    const bytes = largeModel();
    const { graph, metadata } = readModel(bytes);
    const [weights] = graph.initializers;
    expect(metadata).toEqual([{ key: 'author', value: 'tests' }]);
    expect(weights).toMatchObject({
      name: 'weights',
      dims: [1024, 1024],
      element: 'float32',
      external: null,
    });
    expect(weights?.raw?.length).toBe(4_194_304);
    expect(weights?.raw?.buffer).toBe(bytes.buffer);
  });

  test('whose initialisers are listed as inputs too, as before IR version 4, has the others as inputs', () => {
    const value = (name: string) => ({ name, type: { tensorType: { elemType: 1, shape: { dim: [] } } } });
    const bytes = onnxBytes(
      {},
      {
        initializer: [{ name: 'w', dims: [1], dataType: 1, floatData: [1] }],
        input: [value('x'), value('w')],
      },
    );
    expect(readModel(bytes).graph.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  test.each<[string, object, unknown]>([
    ['a name is kept', { dimParam: 'tokens' }, 'tokens'],
    ['nothing at all is open', {}, '?'],
    ['-1 is open, as some exporters write it', { dimValue: -1 }, '?'],
    ['0 is 0', { dimValue: 0 }, 0],
    ['a number above 32 bits is kept', { dimValue: 5_000_000_000 }, 5_000_000_000],
  ])('of a dimension, %s', (_what, dim, expected) => {
    const input = [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [dim] } } } }];
    expect(readModel(onnxBytes({}, { input })).graph.inputs[0]?.shape).toEqual([expected]);
  });

  test('with a name that is not UTF-8 is read all the same', () => {
    const bytes = Buffer.from(onnxBytes({}, { name: 'main' }));
    bytes[bytes.indexOf('main')] = 0xff;
    expect(readModel(bytes).graph.name).toBe('\ufffdain');
  });

  test('may have inputs that are no tensors, or of unknown rank', () => {
    const input = [
      { name: 'a', type: { sequenceType: {} } },
      { name: 'b', type: { mapType: {} } },
      { name: 'c', type: { tensorType: { elemType: 16 } } },
      { name: 'd' },
      { name: 'e', type: { tensorType: { elemType: 99 } } },
    ];
    expect(readModel(onnxBytes({}, { input })).graph.inputs).toEqual([
      { name: 'a', kind: 'sequence', element: '', shape: null },
      { name: 'b', kind: 'map', element: '', shape: null },
      { name: 'c', kind: 'tensor', element: 'bfloat16', shape: null },
      { name: 'd', kind: 'untyped', element: '', shape: null },
      { name: 'e', kind: 'tensor', element: 'type 99', shape: null },
    ]);
  });
});

describe('what is no ONNX model is named', () => {
  test.each<[string, Uint8Array | string, RegExp]>([
    ['an empty file', '', /the file is empty/],
    ['an HTML page', '<!DOCTYPE html>\n<html><head><title>Sign in</title>', /starts like an HTML page/],
    [
      'a Git LFS pointer',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 90405214\n`,
      /is a Git LFS pointer of 133 bytes and not the model itself/,
    ],
    [
      'a ZIP archive',
      Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(60)]),
      /starts like a ZIP archive, which may be a PyTorch checkpoint/,
    ],
    ['a gzip archive', gzipSync(reluModel([port('x')], [port('y')])), /starts like a gzip archive/],
    ['a pickle', Buffer.from([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc]), /starts like a Python pickle/],
    ['an HDF5 file', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /starts like an HDF5 file/],
    ['a TensorFlow Lite model', Buffer.from('\x1c\0\0\0TFL3\0\0', 'latin1'), /TensorFlow Lite/],
    [
      'a safetensors file',
      Buffer.concat([
        Buffer.from([40, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from('{"__metadata__":{"format":"pt"}}        '),
      ]),
      /starts like a safetensors file/,
    ],
    [
      'JSON',
      '{"error": "access denied"}',
      /is a text that starts with "\{\\"error\\": \\"access denied\\"\}"/,
    ],
    ['a word', 'hello\n', /is a text that starts with "hello"/],
    ['zeros', Buffer.alloc(64), /of 64 bytes is no ONNX model: .* It starts with 00 00 00 00/],
    ['a model without a graph', onnxBytes({ graph: null }), /is no ONNX model: it has no graph/],
  ])('%s', (_what, content, expected) => {
    expect(failureOf(typeof content === 'string' ? Buffer.from(content) : content)).toMatch(expected);
  });
});

describe('a model that is cut off', () => {
  test('in its weights says so, and how much is missing', () => {
    const bytes = largeModel();
    expect(failureOf(bytes.subarray(0, 1_000_000))).toMatch(
      /ends in the middle of graph "large"\.initializer "weights"\.raw_data: 1000000 bytes are there and at least 31\d{5} are missing/,
    );
  });

  test('anywhere is never taken for a whole one', () => {
    const bytes = reluModel([port('x')], [port('y')]);
    for (let length = 0; length < bytes.length; length += 1) {
      // The last field is one of graph and opset: cut between fields, the file is one of fewer fields.
      const model = (() => {
        try {
          return readModel(bytes.subarray(0, length));
        } catch (error) {
          expect((error as AppError).code).toBe('encoder.model-unreadable');
          return null;
        }
      })();
      expect(model === null || model.opsets.length === 0).toBe(true);
    }
  });

  test('in a nested message with lengths that contradict each other is corrupt', () => {
    const bytes = Buffer.from(reluModel([port('x')], [port('y')]));
    const node = bytes.indexOf('Relu') - 1;
    expect(bytes[node]).toBe(4);
    bytes[node] = 60;
    expect(failureOf(bytes)).toMatch(/is corrupt in graph\.node "y"\.op_type/);
  });

  test('or filled with random bytes is never read as something else', () => {
    // A linear congruential generator: the same bytes on every run.
    let state = 7;
    for (let round = 0; round < 200; round += 1) {
      const bytes = Buffer.alloc(200);
      for (let index = 0; index < bytes.length; index += 1) {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        bytes[index] = state >>> 16;
      }
      expect(failureOf(bytes)).toMatch(/cannot be read/);
    }
  });
});
