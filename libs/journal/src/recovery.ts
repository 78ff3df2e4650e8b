import path from 'node:path';
import { errorCode } from '@tidewatch/core';
import { readRange, readWhole, withFile, type Disk } from './disk.js';
import type { JournalState } from './journal-state.js';
import { segmentFile, sequenceOf, tokenPrefix, type LiveSegment } from './live-segment.js';
import { readSegment, type SegmentContents } from './read-segment.js';
import { sealSegment } from './seal-segment.js';
import { readIndex, readTrailer, TRAILER_BYTES } from './segment-footer.js';
import { HEADER_BYTES, readHeader } from './segment-header.js';
import { readSeenFile, SegmentIndex } from './segment-index.js';

/**
 * Brings a folder into the state that a running journal expects and fills `state` from it: segments without a footer are cut
 * behind their last whole record and closed, segments that had been stored completely are removed, the requests of all of
 * them are known again.
 *
 * @returns the number for the next segment
 * @throws AppError `journal.newer-format`, and what the disk throws
 */
export async function recover(state: JournalState): Promise<number> {
  const { disk, dir, ledger, deadLetters } = state;
  const names = await disk.list(dir);
  for (const name of names.filter((each) => each.endsWith('.tmp'))) {
    await disk.unlink(path.join(dir, name));
  }
  const sequences = (kind: 'seg' | 'seen' | 'bad') =>
    names.flatMap((name) => sequenceOf(name, kind) ?? []).sort((a, b) => a - b);
  const segments = new Set(sequences('seg'));
  for (const sequence of sequences('seen')) {
    // Its segment is removed only after it; both together mean that only the removal was missing.
    if ((await recoverSeen(state, sequence, segments.has(sequence))) && segments.delete(sequence)) {
      await disk.unlink(segmentFile(dir, sequence, 'seg'));
    }
  }
  for (const sequence of segments) {
    const live = await recoverSegment(state, sequence);
    if (live !== null) {
      state.segments.push(live);
      ledger.accept(live.items);
    }
  }
  const prefixes = new Set(state.segments.map((each) => tokenPrefix(each.journalId, each.sequence)));
  for (const { letter, items } of deadLetters.all()) {
    // The items of a segment that is still here have been counted with it.
    if (!prefixes.has(segmentOfToken(letter.token))) {
      ledger.accept(items);
    }
    ledger.putAside(items);
  }
  await disk.syncDirectory(dir);
  return Math.max(0, ...sequences('seg'), ...sequences('seen'), ...sequences('bad')) + 1;
}

/** What {@link tokenPrefix} made, from a batch's token. */
export function segmentOfToken(token: string): string {
  return token.slice(0, token.lastIndexOf(':'));
}

/** @returns whether the file is whole */
async function recoverSeen(state: JournalState, sequence: number, hasSegment: boolean): Promise<boolean> {
  const { disk, dir, seenFiles, clock } = state;
  const file = segmentFile(dir, sequence, 'seen');
  const bytes = await readWhole(disk, file);
  const index = readSeenFile(bytes);
  if (index === null) {
    if (!hasSegment) {
      state.onEvent({ kind: 'damaged', file, records: 0, bytes: bytes.length });
    }
    await disk.unlink(file);
    return false;
  }
  seenFiles.add(file, remember(state, index).youngest);
  await seenFiles.expire(clock.monotonic());
  return true;
}

async function recoverSegment(state: JournalState, sequence: number): Promise<LiveSegment | null> {
  const file = segmentFile(state.dir, sequence, 'seg');
  const closed = await withFile(state.disk, file, 'r', (fd) => readClosed(state.disk, fd));
  if (closed !== null) {
    return liveSegment(state, file, closed);
  }
  return closeUnfinished(state, file, sequence);
}

interface Recovered {
  readonly journalId: string;
  readonly sequence: number;
  readonly index: SegmentIndex;
  readonly fileBytes: number;
}

/** What the footer of a closed segment says, without reading its records; `null` when it has no intact one. */
async function readClosed(disk: Disk, fd: number): Promise<Recovered | null> {
  const size = await disk.size(fd);
  const header = readHeader(await readRange(disk, fd, 0, HEADER_BYTES));
  if (header === null) {
    return null;
  }
  const end = await readRange(disk, fd, Math.max(0, size - TRAILER_BYTES), size);
  const trailer = readTrailer(end, size, header.sync);
  if (trailer === null) {
    return null;
  }
  const indexAt = trailer.recordsEnd;
  const index = readIndex(await readRange(disk, fd, indexAt, indexAt + trailer.indexLength), trailer);
  const { journalId, sequence } = header;
  return index === null ? null : { journalId, sequence, index, fileBytes: size };
}

async function closeUnfinished(
  state: JournalState,
  file: string,
  sequence: number,
): Promise<LiveSegment | null> {
  const { disk } = state;
  const bytes = await readWhole(disk, file);
  const contents = readSegment(bytes);
  if (contents === null && bytes.length >= HEADER_BYTES) {
    await setAside(state, file, sequence, bytes.length);
    return null;
  }
  if (contents !== null && contents.closed) {
    // Only the index in the footer is damaged. The records are read again when they are flushed.
    return liveSegment(state, file, recoveredFrom(contents, bytes.length));
  }
  const tornBytes = contents === null || bytes.length < HEADER_BYTES ? bytes.length : contents.tornBytes;
  if (tornBytes > 0) {
    state.onEvent({ kind: 'torn-tail', segment: sequence, bytes: tornBytes });
  }
  if (contents === null || contents.records.length === 0) {
    await disk.unlink(file);
    return null;
  }
  const recovered = recoveredFrom(contents, 0);
  const { recordsEnd, header } = contents;
  const fileBytes = await withFile(disk, file, 'r+', (fd) =>
    sealSegment(disk, fd, { index: recovered.index, recordsEnd, sync: header.sync }),
  );
  return liveSegment(state, file, { ...recovered, fileBytes });
}

function recoveredFrom(contents: SegmentContents, fileBytes: number): Recovered {
  const index = new SegmentIndex(contents.records.length);
  for (const record of contents.records) {
    index.add(record, record.time);
  }
  const { journalId, sequence } = contents.header;
  return { journalId, sequence, index, fileBytes };
}

/** Keeps a file that cannot be read for somebody who wants to look at it, and out of the way. */
export async function setAside(
  state: Pick<JournalState, 'disk' | 'dir' | 'damaged' | 'onEvent'>,
  file: string,
  sequence: number,
  bytes: number,
): Promise<void> {
  await state.disk.rename(file, segmentFile(state.dir, sequence, 'bad')).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
  });
  await state.disk.syncDirectory(state.dir);
  state.damaged.records += 1;
  state.damaged.bytes += bytes;
  state.onEvent({ kind: 'damaged', file, records: 1, bytes });
}

function liveSegment(state: JournalState, file: string, recovered: Recovered): LiveSegment {
  const { journalId, sequence, index, fileBytes } = recovered;
  return {
    sequence,
    file,
    journalId,
    state: 'closed',
    fileBytes,
    items: index.items,
    minTime: index.minTime,
    firstAt: remember(state, index).oldest,
    openedAt: performance.now(),
  };
}

/**
 * Makes the requests of an index known again. A request from the future, which the wall clock having been set back makes
 * of any, counts as one of now: it is known for one window and not for longer.
 */
function remember(
  { clock, window }: JournalState,
  index: SegmentIndex,
): { oldest: number; youngest: number } {
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  let [oldest, youngest] = [monotonic, -Infinity];
  index.each((id, items, rejected, time) => {
    const arrivedAt = monotonic - Math.max(0, now - time);
    window.add(id, items, rejected, arrivedAt);
    oldest = Math.min(oldest, arrivedAt);
    youngest = Math.max(youngest, arrivedAt);
  });
  window.expire(monotonic);
  return { oldest, youngest };
}
