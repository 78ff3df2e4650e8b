import type { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Frame, frameChunks } from './frames.js';

/**
 * How much is handed to the stream in one turn of the event loop. The kernel takes about 200 KiB at a time; more would only
 * make one turn long, and a batch of images is tens of megabytes.
 */
const SLICE_BYTES = 256 * 1024;

/** Sends frames over a stream, one after another, in slices between which the event loop turns. */
export class FrameWriter {
  private readonly stream: Writable;
  private last: Promise<void> = Promise.resolve();

  constructor(stream: Writable) {
    this.stream = stream;
  }

  /**
   * Sends a frame; resolves when the stream has taken all of it, or is closed. The parts must not change until then.
   *
   * @throws AppError `process.frame` when the frame is too large; nothing was sent then
   */
  send(frame: Frame): Promise<void> {
    const slices = slicesOf(frameChunks(frame));
    this.last = this.last.then(() => this.write(slices));
    return this.last;
  }

  /** Ends the stream once everything is sent. */
  end(): void {
    this.last = this.last.then(() => void this.stream.end());
  }

  private async write(slices: readonly (readonly Uint8Array[])[]): Promise<void> {
    for (const [index, slice] of slices.entries()) {
      if (index > 0) {
        // A reader that keeps up would let all slices through in one turn.
        await nextTurn();
      }
      if (this.stream.destroyed || this.stream.writableEnded) {
        return;
      }
      this.stream.cork();
      let room = true;
      for (const chunk of slice) {
        room = this.stream.write(chunk);
      }
      this.stream.uncork();
      if (!room) {
        await this.drained();
      }
    }
  }

  private drained(): Promise<void> {
    const { stream } = this;
    if (!stream.writableNeedDrain || stream.destroyed) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done);
        stream.off('close', done);
        resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
  }
}

/** The chunks again, cut and gathered so that each slice has at most {@link SLICE_BYTES}. */
function slicesOf(chunks: readonly Uint8Array[]): Uint8Array[][] {
  const slices: Uint8Array[][] = [];
  let slice: Uint8Array[] = [];
  let room = SLICE_BYTES;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength;) {
      const piece = chunk.subarray(at, at + room);
      slice.push(piece);
      at += piece.byteLength;
      room -= piece.byteLength;
      if (room === 0) {
        slices.push(slice);
        slice = [];
        room = SLICE_BYTES;
      }
    }
  }
  if (slice.length > 0) {
    slices.push(slice);
  }
  return slices;
}
