import type { WireReader } from '../wire/reader.js';
import { KeyValueReader } from './key-value.js';
import type { ScopeBlocks } from './scope-blocks.js';

/** After how many bytes a decoder lets its caller do other work: a millisecond, or ten where every item is two bytes. */
const BYTES_BETWEEN_YIELDS = 256 << 10;

/** Reads the item in the reader's current field; returns whether anything refers to its scope now. */
type ReadItem = (scopeIndex: number) => boolean;

/**
 * Walks ExportTraceServiceRequest or ExportLogsServiceRequest, which have the same shape around their items:
 *
 * Request: 1 repeated resource block. Resource block: resource = 1, repeated scope block = 2, schema_url = 3. Scope
 * block: scope = 1, repeated item = 2, schema_url = 3. Resource: attributes = 1. InstrumentationScope: name = 1,
 * version = 2, attributes = 3.
 *
 * Fields may come in any order; a resource or scope that occurs twice is merged, as protobuf asks; unknown fields and
 * dropped-attribute counts are skipped.
 */
export class ProtobufBlocks {
  private readonly reader: WireReader;
  private readonly scopes: ScopeBlocks;
  private readonly keyValues: KeyValueReader;
  private readonly item: ReadItem;
  private yieldAt = BYTES_BETWEEN_YIELDS;
  private name = '';
  private version = '';

  constructor(reader: WireReader, scopes: ScopeBlocks, item: ReadItem) {
    this.reader = reader;
    this.scopes = scopes;
    this.keyValues = new KeyValueReader(reader);
    this.item = item;
  }

  /** Reads the whole request, in steps. */
  *steps(): Generator<void, void> {
    const { reader } = this;
    while (reader.next()) {
      if (reader.field === 1) {
        yield* this.resourceBlock();
        if (this.isYieldDue()) {
          yield;
        }
      } else {
        reader.skip();
      }
    }
  }

  private *resourceBlock(): Generator<void, void> {
    const { reader, scopes } = this;
    const outer = this.enter();
    let schemaUrl = '';
    scopes.openResource();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.resource();
          break;
        case 2:
          yield* this.scopeBlock();
          // Blocks without items take time as well.
          if (this.isYieldDue()) {
            yield;
          }
          break;
        case 3:
          schemaUrl = reader.string();
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
    scopes.closeResource(schemaUrl);
  }

  private *scopeBlock(): Generator<void, void> {
    const { reader, scopes } = this;
    const outer = this.enter();
    const { index } = scopes;
    let schemaUrl = '';
    let isReferred = false;
    this.name = '';
    this.version = '';
    scopes.openScope();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.scope();
          break;
        case 2:
          isReferred = this.item(index) || isReferred;
          if (this.isYieldDue()) {
            yield;
          }
          break;
        case 3:
          schemaUrl = reader.string();
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
    scopes.closeScope(isReferred, this.name, this.version, schemaUrl);
  }

  private resource(): void {
    const { reader, scopes } = this;
    const outer = this.enter();
    while (reader.next()) {
      if (reader.field === 1) {
        this.keyValues.readInto(scopes.resourceAttributes);
      } else {
        reader.skip();
      }
    }
    reader.limit = outer;
  }

  private scope(): void {
    const { reader, scopes } = this;
    const outer = this.enter();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.name = reader.string();
          break;
        case 2:
          this.version = reader.string();
          break;
        case 3:
          this.keyValues.readInto(scopes.scopeAttributes);
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
  }

  private isYieldDue(): boolean {
    const { position } = this.reader;
    if (position < this.yieldAt) {
      return false;
    }
    this.yieldAt = position + BYTES_BETWEEN_YIELDS;
    return true;
  }

  /** Enters the message in the current field; returns the limit to go back to. */
  private enter(): number {
    const { reader } = this;
    const outer = reader.limit;
    reader.limit = reader.bytesEnd();
    return outer;
  }
}
