import { malformedProtobuf } from '../malformed.js';
import { ByteScratch } from '../wire/byte-scratch.js';
import type { WireReader } from '../wire/reader.js';
import { MAX_TEXT_BYTES } from './faults.js';

/** Passing over so many fields takes about a millisecond: then a loop over fields gives way to others. */
export const FIELDS_PER_STEP = 65_536;

/** What a loop over the fields of a message came to. */
export type Progress = 'found' | 'end' | 'pause';

/**
 * The fields of a message that hold its children, one after another. Nothing is kept per child: a body of 64 MiB may
 * hold 32 million empty ones.
 */
export class ChildCursor {
  /** The content of the child found last. */
  start = 0;
  end = 0;
  private readonly reader: WireReader;
  private readonly field: number;
  private position = 0;
  private limit = 0;

  constructor(reader: WireReader, field: number) {
    this.reader = reader;
    this.field = field;
  }

  /** Goes to the message between two positions. */
  open(start: number, end: number): void {
    this.position = start;
    this.limit = end;
  }

  /** Goes to the next child. */
  next(): Progress {
    const { reader } = this;
    reader.seek(this.position, this.limit);
    for (let count = 0; count < FIELDS_PER_STEP; count++) {
      if (!reader.next()) {
        return 'end';
      }
      if (reader.field === this.field) {
        this.end = reader.skipBytes();
        this.start = reader.contentStart;
        this.position = this.end;
        return 'found';
      }
      reader.skip();
    }
    this.position = reader.position;
    return 'pause';
  }
}

/**
 * What stands beside the children in ResourceMetrics and ScopeMetrics, which have one shape: owner = 1 message
 * (Resource or InstrumentationScope), children = 2 repeated, schema_url = 3 string.
 *
 * An owner that is written in several parts is merged, which in protobuf is to put the parts side by side.
 */
export class Envelope {
  /** Length of the owner as 32 bits, the owner, the schema URL: what identifies the two in the cache. */
  readonly key = new ByteScratch();
  readonly children: ChildCursor;
  private readonly reader: WireReader;
  private start = 0;
  private end = 0;
  private position = 0;
  private urlStart = 0;
  private urlEnd = 0;

  constructor(reader: WireReader) {
    this.reader = reader;
    this.children = new ChildCursor(reader, 2);
  }

  /** Where the owner lies in `key`. */
  get ownerEnd(): number {
    return 4 + this.key.view.getUint32(0, true);
  }

  get schemaUrl(): string {
    return this.key.bytes.toString('utf8', this.ownerEnd, this.key.length);
  }

  /** Goes to the message between two positions; it must then be scanned to the end before its children are read. */
  open(start: number, end: number): void {
    this.start = this.position = start;
    this.end = end;
    this.urlStart = this.urlEnd = 0;
    this.key.clear();
    this.key.uint32(0);
  }

  /** Reads the message; false when it is to be called again. */
  scan(): boolean {
    const { reader, key } = this;
    reader.seek(this.position, this.end);
    for (let count = 0; count < FIELDS_PER_STEP; count++) {
      if (!reader.next()) {
        this.finish();
        return true;
      }
      if (reader.field === 1) {
        const end = reader.skipBytes();
        this.checkLength(end - reader.contentStart);
        key.append(reader.bytes, reader.contentStart, end);
      } else if (reader.field === 2) {
        reader.skipBytes();
      } else if (reader.field === 3) {
        this.urlEnd = reader.skipBytes();
        this.urlStart = reader.contentStart;
        this.checkLength(this.urlEnd - this.urlStart);
      } else {
        reader.skip();
      }
    }
    this.position = reader.position;
    return false;
  }

  /** A resource is decoded in one go, and belongs to every point under it: too large a one refuses the request. */
  private checkLength(more: number): void {
    if (this.key.length + more > MAX_TEXT_BYTES) {
      throw malformedProtobuf(this.reader.contentStart, 'a resource or scope takes more than 2 MiB');
    }
  }

  private finish(): void {
    const { key } = this;
    key.view.setUint32(0, key.length - 4, true);
    key.append(this.reader.bytes, this.urlStart, this.urlEnd);
    this.children.open(this.start, this.end);
  }
}
