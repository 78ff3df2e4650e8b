import { writeAll, type Disk } from './disk.js';
import { isDiskFull } from './disk-failure.js';
import { encodeFooter } from './segment-footer.js';
import type { SegmentIndex } from './segment-index.js';

/**
 * Cuts a segment where its records end, closes it with a footer and makes both durable.
 *
 * On a full disk the footer is left out, or flushing, which is what makes room, could not begin. The records alone say as
 * much: the next opening finds the same ones.
 *
 * @returns the length of the file
 * @throws what the disk throws, except for want of room
 */
export async function sealSegment(
  disk: Disk,
  fd: number,
  segment: { readonly index: SegmentIndex; readonly recordsEnd: number; readonly sync: Uint8Array },
): Promise<number> {
  const { index, recordsEnd, sync } = segment;
  const footer = encodeFooter(index, recordsEnd, sync);
  await disk.truncate(fd, recordsEnd);
  try {
    await writeAll(disk, fd, footer, recordsEnd);
    await disk.sync(fd);
    return footer.reduce((length, part) => length + part.length, recordsEnd);
  } catch (error) {
    if (!isDiskFull(error)) {
      throw error;
    }
    await disk.truncate(fd, recordsEnd);
    await disk.sync(fd);
    return recordsEnd;
  }
}
