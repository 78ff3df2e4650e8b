import type { Disk } from './disk.js';

/** The `.seen` files on disk; each goes when the youngest request in it is older than the window. */
export class SeenFiles {
  private readonly disk: Disk;
  private readonly windowMs: number;
  private files: { readonly file: string; readonly youngest: number }[] = [];

  constructor(disk: Disk, windowMs: number) {
    this.disk = disk;
    this.windowMs = windowMs;
  }

  /** @param youngest when the youngest request in it arrived, on the monotonic clock */
  add(file: string, youngest: number): void {
    this.files.push({ file, youngest });
  }

  /** Removes the files that serve no more at `now`. One that cannot be removed is left for the next opening. */
  async expire(now: number): Promise<void> {
    const old = this.files.filter(({ youngest }) => youngest + this.windowMs <= now);
    this.files = this.files.filter(({ youngest }) => youngest + this.windowMs > now);
    for (const { file } of old) {
      await this.disk.unlink(file).catch(() => undefined);
    }
  }
}
