import path from 'node:path';
import { AppError, errorCode, errorMessage } from '@tidewatch/core';
import { crc32c } from '@node-rs/crc32';
import { readRange, readWhole, withFile, writeFileDurably, type Disk } from './disk.js';
import { itemsOfNames, namedItems, type ItemCounts } from './item-counts.js';
import type { DeadLetter } from './journal.js';
import type { PlannedBatch } from './plan-batches.js';

/*
 * A file: one line of JSON (a header that a person can read with `head -1`), the bytes of the parts one after another,
 * CRC32C of everything before (u32, little-endian).
 */
const SUFFIX = '.batch';
const FORMAT = 'tidewatch dead letter 1';
const MAX_HEADER_BYTES = 1 << 20;

interface Header {
  readonly format: string;
  readonly token: string;
  readonly layout: string;
  readonly day: number;
  readonly rows: number;
  readonly code: string;
  readonly message: string;
  readonly time: number;
  readonly items: DeadLetter['items'];
  readonly parts: readonly {
    readonly project: string;
    readonly rows: number;
    readonly minTime: number;
    readonly maxTime: number;
    readonly bytes: number;
  }[];
}

/** A dead letter that is on disk. */
export interface HeldLetter {
  readonly letter: DeadLetter;
  readonly fileBytes: number;
  readonly items: ItemCounts;
}

/** The batches that were put aside, each a file of its own. */
export class DeadLetters {
  private readonly disk: Disk;
  private readonly dir: string;
  private readonly held: Map<string, HeldLetter>;

  private constructor(disk: Disk, dir: string, held: Map<string, HeldLetter>) {
    this.disk = disk;
    this.dir = dir;
    this.held = held;
  }

  /**
   * Reads the headers of what is in `dir`, which is made when missing.
   *
   * @param onDamaged called with each file that is no dead letter any more; it is left where it is.
   */
  static async open(
    disk: Disk,
    dir: string,
    onDamaged: (file: string, bytes: number) => void,
  ): Promise<DeadLetters> {
    await disk.makeDirectory(dir);
    const held = new Map<string, HeldLetter>();
    for (const name of (await disk.list(dir)).sort()) {
      const file = path.join(dir, name);
      if (name.endsWith('.tmp')) {
        await disk.unlink(file);
      } else if (name.endsWith(SUFFIX)) {
        const { header, size } = await readHeader(disk, file);
        if (header === null) {
          onDamaged(file, size);
        } else {
          const key = name.slice(0, -SUFFIX.length);
          held.set(key, heldLetter(key, header, size));
        }
      }
    }
    return new DeadLetters(disk, dir, held);
  }

  get bytes(): number {
    let bytes = 0;
    for (const { fileBytes } of this.held.values()) {
      bytes += fileBytes;
    }
    return bytes;
  }

  get count(): number {
    return this.held.size;
  }

  /** Oldest first. */
  all(): HeldLetter[] {
    return [...this.held.values()].sort((a, b) => a.letter.time - b.letter.time);
  }

  hasToken(token: string): boolean {
    return this.held.has(nameOf(token));
  }

  /** Writes a batch down durably. @returns its name. @throws what the disk throws */
  async put(planned: PlannedBatch, error: unknown, time: number): Promise<string> {
    const { token, layout, day, rows, parts } = planned.batch;
    const name = nameOf(token);
    const header: Header = {
      format: FORMAT,
      token,
      layout,
      day,
      rows,
      code: errorCode(error) ?? 'unknown',
      message: errorMessage(error).slice(0, 4096),
      time,
      items: namedItems(planned.items),
      parts: parts.map(({ project, rows, minTime, maxTime, bytes }) => ({
        project,
        rows,
        minTime,
        maxTime,
        bytes: bytes.reduce((sum, each) => sum + each.length, 0),
      })),
    };
    const buffers = [Buffer.from(`${JSON.stringify(header)}\n`), ...parts.flatMap((part) => part.bytes)];
    const end = Buffer.alloc(4);
    end.writeUInt32LE(buffers.reduce<number>((crc, each) => crc32c(each, crc), 0));
    buffers.push(end);
    await writeFileDurably(this.disk, this.fileOf(name), buffers);
    const size = buffers.reduce((sum, each) => sum + each.length, 0);
    this.held.set(name, heldLetter(name, header, size));
    return name;
  }

  /** @throws AppError `journal.no-dead-letter` */
  find(name: string): HeldLetter {
    const held = this.held.get(name);
    if (held === undefined) {
      throw new AppError({
        code: 'journal.no-dead-letter',
        message: `There is no dead letter ${JSON.stringify(name)}.`,
        hint: 'List them with `tidewatch journal ls`.',
      });
    }
    return held;
  }

  /** The batch as it was sealed. @throws AppError `journal.no-dead-letter`, `journal.dead-letter-damaged` */
  async read(name: string): Promise<PlannedBatch> {
    const { items } = this.find(name);
    const bytes = await readWhole(this.disk, this.fileOf(name));
    const end = bytes.length - 4;
    const newline = bytes.indexOf(0x0a);
    const header = newline === -1 ? null : parseHeader(bytes.subarray(0, newline));
    if (header === null || end < newline || bytes.readUInt32LE(end) !== crc32c(bytes.subarray(0, end))) {
      throw new AppError({
        code: 'journal.dead-letter-damaged',
        message: `The file of the dead letter ${name} is damaged.`,
        hint: 'Drop it, or repair it from a backup and restart.',
      });
    }
    let at = newline + 1;
    const parts = header.parts.map((part) => {
      at += part.bytes;
      return { ...part, bytes: [bytes.subarray(at - part.bytes, at)] };
    });
    const { token, layout, day, rows } = header;
    return { batch: { token, layout, day, rows, parts }, items };
  }

  async remove(name: string): Promise<void> {
    await this.disk.unlink(this.fileOf(name));
    await this.disk.syncDirectory(this.dir);
    this.held.delete(name);
  }

  private fileOf(name: string): string {
    return path.join(this.dir, `${name}${SUFFIX}`);
  }
}

function nameOf(token: string): string {
  return token.replaceAll(':', '-');
}

async function readHeader(disk: Disk, file: string): Promise<{ header: Header | null; size: number }> {
  return withFile(disk, file, 'r', async (fd) => {
    const size = await disk.size(fd);
    const start = await readRange(disk, fd, 0, Math.min(size, MAX_HEADER_BYTES));
    const newline = start.indexOf(0x0a);
    const header = newline === -1 ? null : parseHeader(start.subarray(0, newline));
    const length = header?.parts.reduce((sum, part) => sum + part.bytes, newline + 1 + 4);
    return { header: length === size ? header : null, size };
  });
}

function parseHeader(line: Buffer): Header | null {
  try {
    const header = JSON.parse(line.toString('utf8')) as Header;
    return header.format === FORMAT && Array.isArray(header.parts) ? header : null;
  } catch {
    return null;
  }
}

function heldLetter(name: string, header: Header, fileBytes: number): HeldLetter {
  const { token, layout, day, rows, code, message, time, items, parts } = header;
  return {
    letter: {
      name,
      token,
      layout,
      day,
      rows,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      code,
      message,
      time,
      projects: parts.map(({ project }) => project),
      items,
    },
    fileBytes,
    items: itemsOfNames(items),
  };
}
