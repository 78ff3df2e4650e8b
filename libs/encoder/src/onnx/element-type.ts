/** What the numbers of a tensor are, by the numbers of `TensorProto.DataType` in `onnx.proto`; `bits` is 0 where the size varies. */
const ELEMENT_TYPES: readonly { readonly name: string; readonly bits: number }[] = [
  { name: 'undefined', bits: 0 },
  { name: 'float32', bits: 32 },
  { name: 'uint8', bits: 8 },
  { name: 'int8', bits: 8 },
  { name: 'uint16', bits: 16 },
  { name: 'int16', bits: 16 },
  { name: 'int32', bits: 32 },
  { name: 'int64', bits: 64 },
  { name: 'string', bits: 0 },
  { name: 'bool', bits: 8 },
  { name: 'float16', bits: 16 },
  { name: 'float64', bits: 64 },
  { name: 'uint32', bits: 32 },
  { name: 'uint64', bits: 64 },
  { name: 'complex64', bits: 64 },
  { name: 'complex128', bits: 128 },
  { name: 'bfloat16', bits: 16 },
  { name: 'float8e4m3fn', bits: 8 },
  { name: 'float8e4m3fnuz', bits: 8 },
  { name: 'float8e5m2', bits: 8 },
  { name: 'float8e5m2fnuz', bits: 8 },
  { name: 'uint4', bits: 4 },
  { name: 'int4', bits: 4 },
  { name: 'float4e2m1', bits: 4 },
  { name: 'float8e8m0', bits: 8 },
  { name: 'uint2', bits: 2 },
  { name: 'int2', bits: 2 },
  { name: 'float6e2m3', bits: 6 },
  { name: 'float6e3m2', bits: 6 },
];

/** The name of an element type, such as `float32`; `type 99` for a number that `onnx.proto` does not have. */
export function elementName(number: number): string {
  return ELEMENT_TYPES[number]?.name ?? `type ${number}`;
}

/** Bits of one element; 0 for strings and for unknown types. */
export function elementBits(name: string): number {
  return ELEMENT_TYPES.find((each) => each.name === name)?.bits ?? 0;
}
