/** What a file that should be an ONNX model is instead, and what to do about it. */
export interface OtherFormat {
  /** Ends a sentence that starts with "the file". */
  readonly found: string;
  readonly hint: string;
}

const EXPORT = 'Export the model to ONNX first; torch.onnx.export and tf2onnx do that.';

/** By the first bytes. No ONNX file starts so: its first byte is the tag of a field of `ModelProto`, mostly 08. */
const SIGNATURES: readonly {
  readonly at: number;
  readonly bytes: string;
  readonly found: string;
  readonly hint: string;
}[] = [
  {
    at: 0,
    bytes: 'PK\x03\x04',
    found: 'starts like a ZIP archive, which may be a PyTorch checkpoint or a packed model',
    hint: `Unpack it. ${EXPORT}`,
  },
  {
    at: 0,
    bytes: '\x1f\x8b',
    found: 'starts like a gzip archive',
    hint: 'Unpack it, and name what is inside.',
  },
  { at: 0, bytes: '\x80\x02', found: 'starts like a Python pickle', hint: EXPORT },
  { at: 0, bytes: '\x80\x03', found: 'starts like a Python pickle', hint: EXPORT },
  { at: 0, bytes: '\x80\x04', found: 'starts like a Python pickle', hint: EXPORT },
  { at: 0, bytes: '\x89HDF', found: 'starts like an HDF5 file, as Keras writes them', hint: EXPORT },
  { at: 0, bytes: 'GGUF', found: 'starts like a GGUF file', hint: EXPORT },
  { at: 4, bytes: 'TFL3', found: 'starts like a TensorFlow Lite model', hint: EXPORT },
  {
    at: 4,
    bytes: 'ORTM',
    found: 'starts like a model in ORT format',
    hint: 'Name the ONNX file that it was made from.',
  },
];
const HTML = /^\s*(<!doctype html|<html|<head|<body|<script)/i;
/** Line breaks are texts too, and two letters may be fields: only a whole file or a longer run of printable text is one. */
const TEXT = /^[\x20-\x7e\r\n\t]{16}|^[\x20-\x7e\r\n\t]+$/;
const HEAD_BYTES = 512;

/** Recognises what is often found where a model should be; `null` for what may be an ONNX file, whole or broken. */
export function describeBytes(bytes: Uint8Array): OtherFormat | null {
  if (bytes.length === 0) {
    return { found: 'is empty', hint: 'Fetch or export the model again.' };
  }
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  const text = head.toString('latin1');
  const signature = SIGNATURES.find((each) => text.startsWith(each.bytes, each.at));
  if (signature !== undefined) {
    return { found: signature.found, hint: signature.hint };
  }
  if (text.startsWith('version https://git-lfs')) {
    return {
      found: `is a Git LFS pointer of ${bytes.length} bytes and not the model itself`,
      hint: 'Fetch the model with "git lfs pull", or from the address that serves its contents.',
    };
  }
  if (HTML.test(text)) {
    return {
      found: 'starts like an HTML page',
      hint: 'Check the address: that of a page about a model, or of a login, is not that of the model.',
    };
  }
  if (text.startsWith('{', 8) && head.length > 16 && head.readBigUInt64LE(0) < 100_000_000n) {
    return { found: 'starts like a safetensors file', hint: EXPORT };
  }
  if (TEXT.test(text)) {
    const shown = JSON.stringify(/^[^\r\n]{0,40}/.exec(text)?.[0] ?? '');
    return { found: `is a text that starts with ${shown}`, hint: 'Name the ONNX file itself.' };
  }
  return null;
}
