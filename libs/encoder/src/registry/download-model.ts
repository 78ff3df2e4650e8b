import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '@tidewatch/core';
import { describeBytes } from '../onnx/describe-bytes.js';
import { shownUrl } from '../rule/model-url.js';
import { checksumError } from './checksum-error.js';
import { downloadError, fetchModel, type DownloadLimits } from './fetch-model.js';

/** A model to be fetched, and where models are kept. */
export interface Download {
  /** Such as `The model of Encoder clip`. */
  readonly what: string;
  readonly url: string;
  readonly sha256: string;
  /** Is made when it is not there. */
  readonly folder: string;
  readonly limits: DownloadLimits;
  readonly signal?: AbortSignal | undefined;
}

const HEAD_BYTES = 512;
/** No download takes longer: what is older was left by a process that died. */
const ABANDONED_MS = 86_400_000;

/**
 * Fetches a model into `<folder>/<sha256>.onnx`, unless it is there already, and returns the path. The file appears under
 * its name only when it is complete, on the medium and has the right checksum, also when several processes fetch it at once.
 *
 * @throws AppError `encoder.model-download` when the transfer fails (retryable unless the server refuses),
 *   `encoder.model-checksum` when something else came
 */
export async function downloadModel(download: Download): Promise<string> {
  const { folder, sha256 } = download;
  const path = join(folder, `${sha256}.onnx`);
  const temporary = join(folder, `${sha256}.${randomUUID()}.part`);
  try {
    if ((await checksumOf(path)) === sha256) {
      return path;
    }
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await removeAbandoned(folder);
    await fetchInto(temporary, download);
    await rename(temporary, path);
    await syncFolder(folder);
    return path;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw isAppError(error) ? error : downloadError(download, error);
  }
}

async function fetchInto(temporary: string, download: Download): Promise<void> {
  const { what, url, sha256 } = download;
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  const file = await open(temporary, 'wx', 0o640);
  try {
    for await (const part of fetchModel(download)) {
      hash.update(part);
      if (head.length < HEAD_BYTES) {
        head = Buffer.concat([head, part.subarray(0, HEAD_BYTES)]);
      }
      await file.appendFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const found = hash.digest('hex');
  if (found !== sha256) {
    const other = describeBytes(head);
    const note = other === null ? undefined : `The file ${other.found}.`;
    throw checksumError({ what, where: shownUrl(url), expected: sha256, found, note });
  }
}

/** `undefined` when there is no such file. */
async function checksumOf(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined;
  }
  const hash = createHash('sha256');
  for await (const part of file.createReadStream()) {
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may remove it first.
    const age = name.endsWith('.part') ? await stat(path).catch(() => undefined) : undefined;
    if (age !== undefined && Date.now() - age.mtimeMs > ABANDONED_MS) {
      await unlink(path).catch(() => undefined);
    }
  }
}

/** Makes the name durable, after the contents. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
