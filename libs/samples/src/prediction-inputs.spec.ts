import { describe, expect, test } from '@jest/globals';

import { LIMITS, parsePredictions } from './index.js';
import type { ParsedRows, Prediction } from './index.js';

function parse(row: object): ParsedRows<Prediction> {
  return parsePredictions(Buffer.from(JSON.stringify([{ model: 'm', ...row }])), {
    contentType: 'application/json',
    project: 'default',
    now: Date.parse('2026-11-22T10:05:00Z'),
    newId: () => 'new',
  });
}

const image = (partial: object): object => ({
  inputs: { i: { media_type: 'image/jpeg', data: 'AAAA', ...partial } },
});

describe('embeddings and inputs', () => {
  test.each([
    [{ text: 'x'.repeat(LIMITS.inputTextBytes) }, LIMITS.inputTextBytes],
    [{ text: '' }, 0],
    [{ media_type: 'image/jpeg', data: 'AAAA', occlusion_rate: 1, private_boxes: [[0, 0, 1, 1]] }, 3],
    [{ dtype: 'bool', shape: [1], data: 'AQ==', occlusion_rate: 0 }, 1],
  ])('an input at its limits, %.40j', (input, bytes) => {
    const { rows, rejected } = parse({ inputs: { i: input } });
    expect(rejected).toEqual([]);
    expect(rows[0]?.inputs['i']?.data).toHaveLength(bytes);
  });

  test.each<[object, string, string]>([
    [{ embeddings: { e: [] } }, 'embeddings.e', 'at least one number'],
    [{ embeddings: { e: 'AAAA' } }, 'embeddings.e', 'an array is expected'],
    [{ embeddings: { e: [1, null] } }, 'embeddings.e[1]', 'a number is expected'],
    [{ embeddings: { e: [1e39] } }, 'embeddings.e[0]', 'too large for float32'],
    [{ embeddings: { e: [0, 0, -0] } }, 'embeddings.e', 'a zero vector has no direction'],
    // Below the smallest float32.
    [{ embeddings: { e: [1e-60] } }, 'embeddings.e', 'a zero vector has no direction'],
    [{ embeddings: { e: Array<number>(65_537).fill(0) } }, 'embeddings.e', 'more than 65536 dimensions'],
    [{ inputs: { i: null } }, 'inputs.i', 'an object with dtype, shape and data'],
    [
      { inputs: { i: { dtype: 'string', shape: [1], data: '' } } },
      'inputs.i.dtype',
      'must be one of float16',
    ],
    [{ inputs: { i: { dtype: 'int8', shape: [], data: '' } } }, 'inputs.i.shape', '1 to 16 sizes'],
    [{ inputs: { i: { dtype: 'int8', shape: [0], data: '' } } }, 'inputs.i.shape[0]', 'at least 1'],
    [{ inputs: { i: { dtype: 'int8', shape: [1], data: '*' } } }, 'inputs.i.data', 'base64 is expected'],
    [
      { inputs: { i: { dtype: 'float32', shape: [2, 3], data: 'AAAA' } } },
      'inputs.i.data',
      '3 bytes, but float32 with shape [2, 3] has 24',
    ],
    [
      { inputs: { i: { dtype: 'int8', shape: [3], data: 'AAAA', order: 'C' } } },
      'inputs.i.order',
      'no such field',
    ],
    [{ inputs: { i: {} } }, 'inputs.i.dtype', 'required'],
    [{ inputs: { i: 'AAAA' } }, 'inputs.i', 'an object is expected'],
    [
      { inputs: { i: { media_type: 'image/gif', data: 'AAAA' } } },
      'inputs.i.media_type',
      'image/png, image/jpeg',
    ],
    [{ inputs: { i: { media_type: 'image/png', data: '' } } }, 'inputs.i.data', 'the file is empty'],
    [{ inputs: { i: { media_type: 'image/png', data: 'A-_A' } } }, 'inputs.i.data', 'base64 is expected'],
    [{ inputs: { i: { media_type: 'image/png' } } }, 'inputs.i.data', 'base64 is expected'],
    [
      { inputs: { i: { media_type: 'image/png', data: 'AAAA', shape: [3] } } },
      'inputs.i.shape',
      'an image has no shape',
    ],
    [{ inputs: { i: { text: 7 } } }, 'inputs.i.text', 'a string is expected'],
    [{ inputs: { i: { text: 'a', data: 'AAAA' } } }, 'inputs.i.data', 'a text has no data'],
    [
      { inputs: { i: { text: 'a', occlusion_rate: 0 } } },
      'inputs.i.occlusion_rate',
      'a text has no occlusion_rate',
    ],
    [{ inputs: { i: { text: 'x'.repeat(1_048_577) } } }, 'inputs.i.text', 'longer than 1048576 characters'],
    [{ inputs: { i: { text: 'ø'.repeat(524_289) } } }, 'inputs.i.text', 'longer than 1048576 bytes'],
    [image({ occlusion_rate: 1.01 }), 'inputs.i.occlusion_rate', 'between 0 and 1'],
    [image({ occlusion_rate: '0.5' }), 'inputs.i.occlusion_rate', 'a number is expected'],
    [image({ private_boxes: {} }), 'inputs.i.private_boxes', 'an array is expected'],
    [image({ private_boxes: [[0, 0, 1]] }), 'inputs.i.private_boxes[0]', 'four numbers are expected'],
    [
      image({
        private_boxes: [
          [0, 0, 1, 1],
          [0, 0, 20, 20],
        ],
      }),
      'inputs.i.private_boxes[1][2]',
      'between 0 and 1',
    ],
    [image({ private_boxes: [[0, null, 1, 1]] }), 'inputs.i.private_boxes[0][1]', 'null is not allowed'],
    [image({ private_boxes: [[0.5, 0, 0.5, 1]] }), 'inputs.i.private_boxes[0]', 'left must be below right'],
    [image({ private_boxes: [[0, 0.6, 0.5, 0.5]] }), 'inputs.i.private_boxes[0]', 'top below bottom'],
    [image({ private_boxes: Array(65).fill([0, 0, 1, 1]) }), 'inputs.i.private_boxes', 'more than 64 boxes'],
  ])('%.80j is refused and named', (change, field, reason) => {
    const { rows, rejected } = parse(change);
    expect(rejected).toEqual([{ index: 0, field, reason: expect.stringContaining(reason) }]);
    expect(rows).toEqual([]);
  });
});
