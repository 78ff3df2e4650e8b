import {
  close,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  mkdir,
  open,
  read,
  readdir,
  rename,
  unlink,
  writev,
} from 'node:fs';
import path from 'node:path';
import { errorCode } from '@tidewatch/core';

/**
 * The calls to the file system that the journal's promise rests on, in one place, so that a test can make any of them
 * fail. Plain descriptors and callbacks: a group of appends costs a handful of calls and no more.
 */
export interface Disk {
  open(file: string, flags: 'r' | 'r+' | 'wx'): Promise<number>;
  /** Writes at `position`; returns how many bytes were taken, which may be fewer than given. */
  write(fd: number, buffers: readonly Uint8Array[], position: number): Promise<number>;
  read(fd: number, into: Uint8Array, position: number): Promise<number>;
  size(fd: number): Promise<number>;
  truncate(fd: number, length: number): Promise<void>;
  /** fdatasync: contents and length are on the medium. */
  sync(fd: number): Promise<void>;
  close(fd: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  list(dir: string): Promise<string[]>;
  makeDirectory(dir: string): Promise<void>;
  /** Makes the names in a folder durable, after a file was made, renamed or removed. */
  syncDirectory(dir: string): Promise<void>;
}

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function call<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

function run(start: (done: (error: NodeJS.ErrnoException | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)));
  });
}

/** The real file system. */
export const nodeDisk: Disk = {
  open: (file, flags) => call((done) => open(file, flags, 0o640, done)),
  write: (fd, buffers, position) => call((done) => writev(fd, buffers, position, done)),
  read: (fd, into, position) => call((done) => read(fd, into, 0, into.length, position, done)),
  size: async (fd) => (await call<{ size: number }>((done) => fstat(fd, done))).size,
  truncate: (fd, length) => run((done) => ftruncate(fd, length, done)),
  sync: (fd) => run((done) => fdatasync(fd, done)),
  close: (fd) => run((done) => close(fd, done)),
  rename: (from, to) => run((done) => rename(from, to, done)),
  unlink: (file) => run((done) => unlink(file, done)),
  list: (dir) => call((done) => readdir(dir, done)),
  makeDirectory: (dir) => run((done) => mkdir(dir, { recursive: true, mode: 0o750 }, (error) => done(error))),
  syncDirectory: async (dir) => {
    const fd = await call<number>((done) => open(dir, 'r', done));
    try {
      await run((done) => fsync(fd, done));
    } finally {
      await run((done) => close(fd, done));
    }
  },
};

/**
 * Writes all of `buffers` at `position`. A short write is continued: its cause, such as a full disk, is the error of the
 * next call.
 */
export async function writeAll(
  disk: Disk,
  fd: number,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = buffers.filter((each) => each.length > 0);
  let at = position;
  while (rest.length > 0) {
    const written = await disk.write(fd, rest, at);
    at += written;
    rest = without(rest, written);
  }
}

function without(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  let index = 0;
  while (index < buffers.length && skip >= buffers[index]!.length) {
    skip -= buffers[index]!.length;
    index += 1;
  }
  const rest = buffers.slice(index);
  if (skip > 0) {
    rest[0] = rest[0]!.subarray(skip);
  }
  return rest;
}

/** Bytes `[from, to)` of an open file; fewer when it ends before. They lie in `into` when it is large enough. */
export async function readRange(
  disk: Disk,
  fd: number,
  from: number,
  to: number,
  into?: Buffer,
): Promise<Buffer> {
  const length = Math.max(0, to - from);
  const bytes =
    into !== undefined && into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await disk.read(fd, bytes.subarray(filled), from + filled);
    if (count === 0) {
      break;
    }
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Opens a file, hands it to `work` and closes it again whatever happens. */
export async function withFile<T>(
  disk: Disk,
  file: string,
  flags: 'r' | 'r+' | 'wx',
  work: (fd: number) => Promise<T>,
): Promise<T> {
  const fd = await disk.open(file, flags);
  try {
    return await work(fd);
  } finally {
    await disk.close(fd);
  }
}

/** Removes a file that may be gone already. */
export async function removeFile(disk: Disk, file: string): Promise<void> {
  await disk.unlink(file).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
  });
}

/** The whole of a file. */
export function readWhole(disk: Disk, file: string): Promise<Buffer> {
  return withFile(disk, file, 'r', async (fd) => readRange(disk, fd, 0, await disk.size(fd)));
}

/** Makes a file appear durably with all of its contents or not at all; one of the same name is replaced. */
export async function writeFileDurably(
  disk: Disk,
  file: string,
  buffers: readonly Uint8Array[],
): Promise<void> {
  const unfinished = `${file}.tmp`;
  await disk.unlink(unfinished).catch(() => undefined);
  try {
    await withFile(disk, unfinished, 'wx', async (fd) => {
      await writeAll(disk, fd, buffers, 0);
      await disk.sync(fd);
    });
    await disk.rename(unfinished, file);
  } catch (error) {
    // On a full disk the half of a file is what keeps the next attempt from succeeding.
    await disk.unlink(unfinished).catch(() => undefined);
    throw error;
  }
  await disk.syncDirectory(path.dirname(file));
}
