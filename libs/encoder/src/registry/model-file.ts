import { readFile } from 'node:fs/promises';
import { AppError, errorCode, errorMessage } from '@tidewatch/core';

/**
 * Reads a file that belongs to a model.
 *
 * @param what it is, such as `the model of Encoder clip`
 * @throws AppError `encoder.model-missing` when it cannot be read
 */
export async function readModelFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AppError({
      code: 'encoder.model-missing',
      message: `The file ${path}, ${what}, cannot be read: ${reasonOf(error)}.`,
      hint: 'Paths of a rule are relative to the rules directory.',
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  ERR_FS_FILE_TOO_LARGE:
    'it is larger than 2 GiB, the most that an ONNX file can have; large weights belong in files beside it',
};

function reasonOf(error: unknown): string {
  return REASONS[errorCode(error) ?? ''] ?? errorMessage(error);
}
