import type { WireReader } from '../wire/reader.js';
import { KeyValueReader } from './key-value.js';
import type { ScopeBlocks } from './scope-blocks.js';

/** After how many bytes of items a decoder lets its caller look after other work: some 5 ms. */
const BYTES_BETWEEN_YIELDS = 1_000_000;

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
  private readonly item: (scopeIndex: number) => void;
  private yieldAt = BYTES_BETWEEN_YIELDS;
  private name = '';
  private version = '';

  /** @param item reads the item in the reader's current field */
  constructor(reader: WireReader, scopes: ScopeBlocks, item: (scopeIndex: number) => void) {
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
    let hasItems = false;
    this.name = '';
    this.version = '';
    scopes.openScope();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.scope();
          break;
        case 2:
          this.item(index);
          hasItems = true;
          if (reader.position >= this.yieldAt) {
            this.yieldAt = reader.position + BYTES_BETWEEN_YIELDS;
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
    scopes.closeScope(hasItems, this.name, this.version, schemaUrl);
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

  /** Enters the message in the current field; returns the limit to go back to. */
  private enter(): number {
    const { reader } = this;
    const outer = reader.limit;
    reader.limit = reader.bytesEnd();
    return outer;
  }
}
