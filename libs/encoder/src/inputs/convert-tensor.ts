import type { RawInput, Refused } from './raw-input.js';
import { elementBytes, elementsOf, isNumericElement, zeros } from './element-array.js';
import type { ElementArray, NumericElement } from './element-array.js';

/** Most bytes that a tensor may have. */
export const MAXIMUM_TENSOR_BYTES = 64 * 1024 * 1024;

/** What a model takes for one sample. */
export interface TensorForm {
  readonly element: NumericElement;
  /** Sizes without that of the batch. */
  readonly dims: readonly number[];
}

/**
 * A tensor as it was sent, in the form a model takes: or why it does not fit.
 *
 * Its shape must be the model's, with or without a leading 1 for the batch. Elements of another type are converted when
 * every one keeps its value exactly (uint8 255 becomes float32 255, not 1), with one exception: float64 is rounded to a
 * float32 model, since that is what numeric libraries send when nobody chose a type. To float16 nothing is converted.
 * A value that is not a finite number is refused.
 */
export function convertTensor(input: RawInput, { element, dims }: TensorForm): ElementArray | Refused {
  const { dataType, shape } = input;
  const sizes = shape.length === dims.length + 1 && shape[0] === 1 ? shape.slice(1) : shape;
  if (sizes.length !== dims.length || sizes.some((size, axis) => size !== dims[axis])) {
    return { refused: `its shape is [${shape.join(', ')}], and the model takes [${dims.join(', ')}]` };
  }
  const values = readValues(input);
  if ('refused' in values) {
    return values;
  }
  const invalid = dataType === 'float16' ? firstInvalidHalf(values) : firstNotFinite(values);
  if (invalid >= 0) {
    return { refused: `value ${invalid} is not a finite number` };
  }
  if (dataType === element) {
    return values;
  }
  return convert(dataType === 'float16' ? halvesToNumbers(values) : values, dataType, element);
}

function readValues({ dataType, shape, data }: RawInput): ElementArray | Refused {
  if (dataType !== 'bfloat16' && !isNumericElement(dataType)) {
    return { refused: `the model takes a tensor, and the input was sent as ${dataType}` };
  }
  const bytes = shape.reduce((product, size) => product * size, 1) * bytesPerElement(dataType);
  if (bytes > MAXIMUM_TENSOR_BYTES) {
    return {
      refused: `the tensor has ${bytes} bytes, and ${MAXIMUM_TENSOR_BYTES} are the most that are read`,
    };
  }
  if (data.length !== bytes) {
    return {
      refused: `${data.length} bytes were sent, and ${dataType} of shape [${shape.join(', ')}] has ${bytes}`,
    };
  }
  if (dataType !== 'bfloat16') {
    return elementsOf(dataType, data);
  }
  // A bfloat16 is the upper half of a float32.
  const upper = Uint32Array.from(elementsOf('uint16', data) as Uint16Array, (half) => half << 16);
  return new Float32Array(upper.buffer);
}

function bytesPerElement(dataType: NumericElement | 'bfloat16'): number {
  return dataType === 'bfloat16' ? 2 : elementBytes(dataType);
}

function firstNotFinite(values: ElementArray): number {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    return -1;
  }
  // A plain loop: `findIndex` takes ten times as long, and an image has 150,000 numbers.
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      return index;
    }
  }
  return -1;
}

function firstInvalidHalf(values: ElementArray): number {
  return (values as Uint16Array).findIndex((half) => (half & 0x7c00) === 0x7c00);
}

/** IEEE 754 binary16: a sign, five bits of exponent and ten of fraction. */
function halvesToNumbers(halves: ElementArray): Float32Array {
  return Float32Array.from(halves as Uint16Array, (half) => {
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half & 0x8000 ? -size : size;
  });
}

function convert(values: ElementArray, from: string, element: NumericElement): ElementArray | Refused {
  if (element === 'float16') {
    return { refused: `the model takes float16, and the input was sent as ${from}; send float16` };
  }
  const converted = zeros(element, values.length);
  const rounded = from === 'float64' && element === 'float32';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const result = write(converted, index, value);
    const fits = rounded
      ? Number.isFinite(result)
      : result !== null && !(result < value) && !(result > value);
    if (!fits || (element === 'bool' && Number(value) !== 0 && Number(value) !== 1)) {
      return {
        refused: `value ${index} is ${value}, which ${element} cannot hold; the input was sent as ${from}`,
      };
    }
  }
  return converted;
}

/** Writes a value the way the array holds it, and returns what it holds then; `null` for a fraction in whole numbers. */
function write(target: ElementArray, index: number, value: number | bigint): number | bigint | null {
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      return null;
    }
    target[index] = BigInt(value);
  } else {
    target[index] = Number(value);
  }
  return target[index] ?? null;
}
