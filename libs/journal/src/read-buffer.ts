import { readRange, withFile, type Disk } from './disk.js';

/** Memory for reading one file after another: only the bytes of the newest one may be used. */
export class ReadBuffer {
  private buffer = Buffer.alloc(0);

  /**
   * The whole of a file.
   *
   * Segments are the largest objects of a busy process. A new array for each made the engine's garbage collector run
   * once a flush, over everything that lives. Memory that has become far too large is given back.
   */
  readWhole(disk: Disk, file: string): Promise<Buffer> {
    return withFile(disk, file, 'r', async (fd) => {
      const size = await disk.size(fd);
      if (size > this.buffer.length || size < this.buffer.length / 4) {
        this.buffer = Buffer.allocUnsafeSlow(size + (size >>> 2));
      }
      return readRange(disk, fd, 0, size, this.buffer);
    });
  }
}
