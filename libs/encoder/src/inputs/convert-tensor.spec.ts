import { describe, expect, test } from '@jest/globals';
import { convertTensor, type TensorForm } from './convert-tensor.js';
import type { ElementArray } from './element-array.js';
import type { RawInput } from './raw-input.js';

function tensor(dataType: string, values: ElementArray, shape = [values.length]): RawInput {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dataType, shape, data, maskedBoxes: [] };
}

const form = (element: TensorForm['element'], ...dims: number[]): TensorForm => ({ element, dims });

describe('kept or converted exactly', () => {
  test.each<[string, string, ElementArray, TensorForm, ElementArray]>([
    ['float32 as it is', 'float32', Float32Array.of(0.1, -2), form('float32', 2), Float32Array.of(0.1, -2)],
    ['uint8 as it is', 'uint8', Uint8Array.of(0, 255), form('uint8', 2), Uint8Array.of(0, 255)],
    ['float16 as it is', 'float16', Uint16Array.of(0x3c00, 1), form('float16', 2), Uint16Array.of(0x3c00, 1)],
    [
      'int64 as it is',
      'int64',
      BigInt64Array.of(-1n, 2n ** 60n),
      form('int64', 2),
      BigInt64Array.of(-1n, 2n ** 60n),
    ],
    [
      'uint8 to float32, not scaled',
      'uint8',
      Uint8Array.of(0, 255),
      form('float32', 2),
      Float32Array.of(0, 255),
    ],
    [
      'float64 to float32, rounded',
      'float64',
      Float64Array.of(0.1, 1e-60),
      form('float32', 2),
      Float32Array.of(0.1, 0),
    ],
    [
      'float32 to float64',
      'float32',
      Float32Array.of(0.1),
      form('float64', 1),
      Float64Array.of(Math.fround(0.1)),
    ],
    [
      'int64 to float32',
      'int64',
      BigInt64Array.of(-3n, 2n ** 24n),
      form('float32', 2),
      Float32Array.of(-3, 2 ** 24),
    ],
    ['int32 to int64', 'int32', Int32Array.of(-7, 8), form('int64', 2), BigInt64Array.of(-7n, 8n)],
    [
      'whole float64 to int64',
      'float64',
      Float64Array.of(-7, 8),
      form('int64', 2),
      BigInt64Array.of(-7n, 8n),
    ],
    ['int64 to uint8', 'int64', BigInt64Array.of(0n, 255n), form('uint8', 2), Uint8Array.of(0, 255)],
    ['int8 to uint64', 'int8', Int8Array.of(5), form('uint64', 1), BigUint64Array.of(5n)],
    ['bool to float32', 'bool', Uint8Array.of(0, 1), form('float32', 2), Float32Array.of(0, 1)],
    ['int32 to bool', 'int32', Int32Array.of(0, 1), form('bool', 2), Uint8Array.of(0, 1)],
    // Half precision by IEEE 754: 1, -2, the largest number 65504, and the smallest one 2^-24.
    [
      'float16 to float32',
      'float16',
      Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000),
      form('float32', 5),
      Float32Array.of(1, -2, 65504, 2 ** -24, -0),
    ],
    [
      'bfloat16 to float32',
      'bfloat16',
      Uint16Array.of(0x3f80, 0xc000),
      form('float32', 2),
      Float32Array.of(1, -2),
    ],
  ])('%s', (_, dataType, values, wanted, expected) => {
    expect(convertTensor(tensor(dataType, values), wanted)).toEqual(expected);
  });

  test('every half-precision number keeps its value', () => {
    const halves = Uint16Array.from({ length: 0x7c00 }, (_, index) => index);
    const numbers = convertTensor(tensor('float16', halves), form('float32', 0x7c00)) as Float32Array;
    // Positive ones are in the order of their bits, each exponent with 1,024 even steps.
    expect([numbers[0], numbers[0x400], numbers[0x3c00], numbers[0x3c01]]).toEqual([
      0,
      2 ** -14,
      1,
      1 + 2 ** -10,
    ]);
    for (let index = 2; index < numbers.length; index++) {
      const step = numbers[index]! - numbers[index - 1]!;
      expect(step).toBe(2 ** (Math.max(1, (index - 1) >> 10) - 25));
    }
  });

  test.each([
    ['with a batch of one', [1, 2, 3], [2, 3]],
    ['without', [2, 3], [2, 3]],
    ['of one number', [1], []],
    ['with a 1 of the model', [1, 2, 3], [1, 2, 3]],
  ])('a shape %s fits', (_, shape, dims) => {
    const length = shape.reduce((product, size) => product * size, 1);
    expect(
      convertTensor(tensor('uint8', new Uint8Array(length), shape), form('uint8', ...dims)),
    ).toHaveLength(length);
  });

  test('bytes that are not aligned are read, and not kept', () => {
    const data = new Uint8Array(9);
    data.set(new Uint8Array(Float32Array.of(1, 2).buffer), 1);
    const input = { dataType: 'float32', shape: [2], data: data.subarray(1), maskedBoxes: [] };
    const found = convertTensor(input, form('float32', 2));
    data.fill(0);
    expect(found).toEqual(Float32Array.of(1, 2));
  });
});

describe('refused', () => {
  const two = Float32Array.of(1, 2);
  test.each<[string, RawInput, TensorForm, string]>([
    [
      'another shape',
      tensor('float32', two),
      form('float32', 3),
      'its shape is [2], and the model takes [3]',
    ],
    [
      'more sizes',
      tensor('float32', two, [2, 1]),
      form('float32', 2),
      'its shape is [2, 1], and the model takes [2]',
    ],
    [
      'a batch of two',
      tensor('float32', two, [2, 1]),
      form('float32', 1),
      'its shape is [2, 1], and the model takes [1]',
    ],
    [
      'too few bytes',
      tensor('float64', two),
      form('float32', 2),
      '8 bytes were sent, and float64 of shape [2] has 16',
    ],
    ['NaN', tensor('float32', Float32Array.of(1, NaN)), form('float32', 2), 'value 1 is not a finite number'],
    [
      'infinity',
      tensor('float64', Float64Array.of(-Infinity)),
      form('float32', 1),
      'value 0 is not a finite number',
    ],
    [
      'infinity in float16',
      tensor('float16', Uint16Array.of(0, 0x7c00)),
      form('float16', 2),
      'value 1 is not a finite number',
    ],
    [
      'NaN in bfloat16',
      tensor('bfloat16', Uint16Array.of(0x7fc0)),
      form('float32', 1),
      'value 0 is not a finite number',
    ],
    [
      'text',
      { ...tensor('text/plain', Uint8Array.of(1)), shape: [] },
      form('uint8'),
      'the model takes a tensor, and the input was sent as text/plain',
    ],
    [
      'a fraction',
      tensor('float64', Float64Array.of(1, 1.5)),
      form('int64', 2),
      'value 1 is 1.5, which int64 cannot hold; the input was sent as float64',
    ],
    [
      'a fraction of a byte',
      tensor('float32', Float32Array.of(0.5)),
      form('uint8', 1),
      'value 0 is 0.5, which uint8 cannot hold; the input was sent as float32',
    ],
    [
      'too large for a byte',
      tensor('int32', Int32Array.of(256)),
      form('uint8', 1),
      'value 0 is 256, which uint8 cannot hold; the input was sent as int32',
    ],
    [
      'too large for float32',
      tensor('float64', Float64Array.of(1e300)),
      form('float32', 1),
      'value 0 is 1e+300, which float32 cannot hold; the input was sent as float64',
    ],
    [
      'too exact for float32',
      tensor('int32', Int32Array.of(2 ** 24 + 1)),
      form('float32', 1),
      'value 0 is 16777217, which float32 cannot hold; the input was sent as int32',
    ],
    [
      'too exact for float64',
      tensor('int64', BigInt64Array.of(2n ** 53n + 1n)),
      form('float64', 1),
      'value 0 is 9007199254740993, which float64 cannot hold; the input was sent as int64',
    ],
    [
      'too large for int64',
      tensor('float64', Float64Array.of(1e19)),
      form('int64', 1),
      'value 0 is 10000000000000000000, which int64 cannot hold; the input was sent as float64',
    ],
    [
      'below 0',
      tensor('int8', Int8Array.of(-1)),
      form('uint64', 1),
      'value 0 is -1, which uint64 cannot hold; the input was sent as int8',
    ],
    [
      'no truth value',
      tensor('uint8', Uint8Array.of(2)),
      form('bool', 1),
      'value 0 is 2, which bool cannot hold; the input was sent as uint8',
    ],
    [
      'float32 to float16',
      tensor('float32', two),
      form('float16', 2),
      'the model takes float16, and the input was sent as float32; send float16',
    ],
    [
      'too many bytes',
      { ...tensor('uint8', new Uint8Array(1)), shape: [9000, 9000] },
      form('uint8', 9000, 9000),
      'the tensor has 81000000 bytes, and 67108864 are the most that are read',
    ],
  ])('%s', (_, input, wanted, reason) => {
    expect(convertTensor(input, wanted)).toEqual({ refused: reason });
  });
});
