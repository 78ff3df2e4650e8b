/** Typed arrays by the element type that a tensor has; float16 and bool are in the form ONNX Runtime takes them. */
const ARRAYS = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** An element type of which tensors can be made, but for strings. */
export type NumericElement = keyof typeof ARRAYS;

/** The elements of a tensor. */
export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Whether tensors can be made of an element type, given by its name. */
export function isNumericElement(name: string): name is NumericElement {
  return Object.hasOwn(ARRAYS, name);
}

/** Bytes of one element. */
export function elementBytes(element: NumericElement): number {
  return ARRAYS[element].BYTES_PER_ELEMENT;
}

/** As many zeros. */
export function zeros(element: NumericElement, length: number): ElementArray {
  return new ARRAYS[element](length);
}

/**
 * Bytes (little-endian, as every platform that Tidewatch runs on has them) as elements: a view where they are aligned, else a
 * copy.
 */
export function elementsOf(element: NumericElement, bytes: Uint8Array): ElementArray {
  const { buffer, byteOffset, byteLength } = bytes;
  const width = elementBytes(element);
  return byteOffset % width === 0
    ? new ARRAYS[element](buffer as ArrayBuffer, byteOffset, byteLength / width)
    : // Not `bytes.slice()`: that of a Buffer is a view.
      new ARRAYS[element](new Uint8Array(bytes).buffer);
}

/** Bytes at the beginning of a buffer as elements, not copied. */
export function elementsIn(element: NumericElement, { buffer, byteLength }: Uint8Array): ElementArray {
  return new ARRAYS[element](buffer as ArrayBuffer, 0, byteLength / elementBytes(element));
}

/** The bytes of elements, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ElementArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
