import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError, errorMessage } from '@tidewatch/core';
import type { ExternalFile } from '../onnx/model-report.js';

const SLICE_BYTES = 8_388_608;

/**
 * SHA-256 of a model, in lower-case hexadecimal: of its file, followed by the files beside it that hold its external data,
 * in the order of their names. For a model in one file it is what `sha256sum model.onnx` prints, else what
 * `cat model.onnx weights.bin | sha256sum` does.
 *
 * The weights are in these files: a checksum of the model file alone would stay the same when they change.
 *
 * @param bytes of the model file
 * @throws AppError `encoder.model-missing` when a file is not there
 */
export async function modelChecksum(
  bytes: Uint8Array,
  modelPath: string,
  externalFiles: readonly ExternalFile[],
): Promise<string> {
  const hash = createHash('sha256');
  await update(hash, bytes);
  const names = externalFiles.filter(({ inside }) => inside).map(({ location }) => location);
  for (const name of names.sort(byCodeUnits)) {
    const path = join(dirname(modelPath), name);
    try {
      for await (const part of createReadStream(path)) {
        hash.update(part as Buffer);
      }
    } catch (error) {
      throw new AppError({
        code: 'encoder.model-missing',
        message: `The model ${modelPath} keeps numbers in ${name} beside it, and that file cannot be read: ${errorMessage(error)}.`,
        hint: 'Copy it with the model, or save the model with its weights inside.',
        cause: error,
      });
    }
  }
  return hash.digest('hex');
}

/** In slices: gigabytes at once would hold up everything else for seconds. */
async function update(hash: Hash, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    hash.update(bytes.subarray(start, start + SLICE_BYTES));
    await setImmediate();
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
