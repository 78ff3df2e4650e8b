import { AttributeWriter } from './attribute-writer.js';
import type { ResourceScope } from './resource-scope.js';

/** Set of no attributes; shared, because most scopes have it. */
const NO_ATTRIBUTES = Uint8Array.of(0);

const SERVICE_NAME = Buffer.from('service.name');

type OpenScope = { -readonly [Name in keyof ResourceScope]: ResourceScope[Name] };

/**
 * Collects the resources and scopes of a request, in whichever order their fields come.
 *
 * Items need only the index of their scope, which is known before the scope is: what the scope and its resource say may
 * stand behind the items. So the scope's object is completed when its block ends, and its resource's part of it when the
 * resource's block ends.
 */
export class ScopeBlocks {
  readonly scopes: ResourceScope[] = [];
  readonly resourceAttributes = new AttributeWriter(256);
  readonly scopeAttributes = new AttributeWriter(64);
  private readonly open: OpenScope[] = [];

  /** The index of the scope whose block is being read. */
  get index(): number {
    return this.scopes.length;
  }

  openResource(): void {
    this.resourceAttributes.open();
    this.open.length = 0;
  }

  openScope(): void {
    this.scopeAttributes.open();
  }

  /**
   * Ends the block of a scope. It is forgotten unless something refers to it: a request can hold ten million blocks
   * whose items are all refused.
   */
  closeScope(isReferred: boolean, name: string, version: string, schemaUrl: string): void {
    const scopeAttributes = taken(this.scopeAttributes);
    if (!isReferred) {
      return;
    }
    const scope: OpenScope = {
      serviceName: '',
      resourceAttributes: NO_ATTRIBUTES,
      resourceSchemaUrl: '',
      scopeName: name,
      scopeVersion: version,
      scopeAttributes,
      scopeSchemaUrl: schemaUrl,
    };
    this.open.push(scope);
    this.scopes.push(scope);
  }

  /** Ends the block of a resource. */
  closeResource(schemaUrl: string): void {
    const attributes = taken(this.resourceAttributes);
    const serviceName = this.open.length === 0 ? '' : valueOf(attributes, SERVICE_NAME);
    for (const scope of this.open) {
      scope.serviceName = serviceName;
      scope.resourceAttributes = attributes;
      scope.resourceSchemaUrl = schemaUrl;
    }
  }
}

function taken(writer: AttributeWriter): Uint8Array {
  const set = writer.take();
  return set.length === 1 ? NO_ATTRIBUTES : set;
}

/** The value of a key in an encoded set; empty when it is absent. */
function valueOf(set: Uint8Array, key: Uint8Array): string {
  const bytes = Buffer.from(set.buffer, set.byteOffset, set.byteLength);
  let position = 0;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  for (let left = length(); left > 0; left--) {
    const keyEnd = length() + position;
    const isWanted = bytes.compare(key, 0, key.length, position, keyEnd) === 0;
    position = keyEnd;
    const valueEnd = length() + position;
    if (isWanted) {
      return bytes.toString('utf8', position, valueEnd);
    }
    position = valueEnd;
  }
  return '';
}
