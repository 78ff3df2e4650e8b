import { AppError } from '@tidewatch/core';
import type { SealedBatch } from '@tidewatch/core';
import type { BlockFormat } from './engine.js';

/**
 * How the rows of a {@link RowBlock} lie in its bytes, and how they get into their table.
 *
 * A layout that was once written to a journal stays readable: when a table changes, it gets a layout with the next
 * number and the old one is kept.
 */
export interface Layout {
  /** `metric_points/2`. */
  readonly name: string;
  readonly table: string;
  readonly format: BlockFormat;
  /** Quoted column names in the order of the bytes, separated by commas. */
  readonly columns: string;
  /** The same with types. */
  readonly structure: string;
  /** Whether a stored batch adds a row to `ingest_batches`, from which evaluation learns what changed. */
  readonly announced: boolean;
  /**
   * The batch's rows in `format`.
   *
   * @throws AppError `store.block`, not retryable, when the bytes are not of this layout.
   */
  readonly chunks: (batch: SealedBatch) => readonly Uint8Array[];
}

/** Part of a layout name in front of the version. */
export function layoutTable(layout: string): string {
  return layout.slice(0, layout.lastIndexOf('/'));
}

/** The bytes of every part as they are, for layouts whose blocks are in the engine's format already. */
export function verbatim(batch: SealedBatch): readonly Uint8Array[] {
  return batch.parts.flatMap(({ bytes }) => bytes);
}

/** Every layout by name. */
export class LayoutRegistry {
  private readonly layouts: ReadonlyMap<string, Layout>;

  constructor(layouts: readonly Layout[]) {
    this.layouts = new Map(layouts.map((layout) => [layout.name, layout]));
  }

  /** @throws AppError `store.layout`, not retryable, for a name that this version does not know. */
  get(name: string): Layout {
    const layout = this.layouts.get(name);
    if (layout === undefined) {
      throw new AppError({
        code: 'store.layout',
        message: `Rows of layout ${name} are unknown to this version of Tidewatch.`,
        hint: 'They were received by a newer version: start that one, it stores them.',
      });
    }
    return layout;
  }
}

/** Bytes that claim to be of a layout and are not. */
export function badBlock(layout: string, problem: string): AppError {
  return new AppError({
    code: 'store.block',
    message: `A block of ${layout} cannot be read: ${problem}.`,
    hint: 'The bytes were damaged, or written by a version that is not released.',
  });
}
