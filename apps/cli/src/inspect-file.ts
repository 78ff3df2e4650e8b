import { readFile } from 'node:fs/promises';
import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import { inspectModel, modelChecksum, parseByteSize, readModel } from '@tidewatch/encoder';
import type { ModelProblem, ModelReport } from '@tidewatch/encoder';

/** A report, and the checksum to put into a rule; `null` when a file of the model is not there. */
export interface InspectedModel {
  readonly report: ModelReport;
  readonly sha256: string | null;
}

/** What `--max-blob` says, in bytes; `undefined` when it is no size. */
export function blobLimit(written: string): number | undefined {
  return parseByteSize(written);
}

/**
 * Reads an ONNX file and reports what is in it.
 *
 * @param maximumBlobBytes see {@link inspectModel}
 * @throws AppError `cli.file` when it cannot be read, `encoder.model-unreadable` when it is no model
 */
export async function inspectFile(
  file: string,
  maximumBlobBytes: number | undefined,
): Promise<InspectedModel> {
  const bytes = await read(file);
  const report = inspectModel(readModel(bytes), maximumBlobBytes);
  try {
    return { report, sha256: await modelChecksum(bytes, file, report.externalFiles) };
  } catch (error) {
    if (!isAppError(error, 'encoder.model-missing')) {
      throw error;
    }
    const missing: ModelProblem = { severity: 'error', message: error.message };
    return { report: { ...report, problems: [...report.problems, missing] }, sha256: null };
  }
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new AppError({
      code: 'cli.file',
      message: `The model ${file} cannot be read: ${errorMessage(error)}.`,
      hint: 'Name an ONNX file.',
      cause: error,
    });
  }
}
