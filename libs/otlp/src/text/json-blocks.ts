import { attributeText, MAX_ATTRIBUTES } from '../attributes.js';
import { anyValueAt } from '../json/any-value.js';
import { arrayAt, objectAt, stringAt } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import { malformedJson } from '../malformed.js';
import type { AttributeWriter } from './attribute-writer.js';
import type { ScopeBlocks } from './scope-blocks.js';

/** After how many items a decoder lets its caller look after other work: some 5 ms. */
const ITEMS_BETWEEN_YIELDS = 1_000;

/** The names of the three repeated fields on the way to the items. */
export interface BlockNames {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

/** Reads an item, which stands at `path`; returns whether anything refers to its scope now. */
type ReadItem = (item: JsonObject, path: string, scopeIndex: number) => boolean;

/** Walks a trace or logs request in JSON, in steps; `null` is an unset field at every level. */
export function* jsonBlocks(
  request: JsonObject,
  names: BlockNames,
  blocks: ScopeBlocks,
  readItem: ReadItem,
): Generator<void, void> {
  let untilYield = ITEMS_BETWEEN_YIELDS;
  for (const [resourceBlock, path] of objectsAt(request, names.resources, '')) {
    blocks.openResource();
    const resource = objectAt(resourceBlock['resource'], `${path}.resource`) ?? {};
    writeAttributes(blocks.resourceAttributes, resource['attributes'], `${path}.resource.attributes`);
    for (const [scopeBlock, scopePath] of objectsAt(resourceBlock, names.scopes, path)) {
      const scope = objectAt(scopeBlock['scope'], `${scopePath}.scope`) ?? {};
      const { index } = blocks;
      blocks.openScope();
      writeAttributes(blocks.scopeAttributes, scope['attributes'], `${scopePath}.scope.attributes`);
      let isReferred = false;
      for (const [item, itemPath] of objectsAt(scopeBlock, names.items, scopePath)) {
        isReferred = readItem(item, itemPath, index) || isReferred;
        if (--untilYield === 0) {
          untilYield = ITEMS_BETWEEN_YIELDS;
          yield;
        }
      }
      blocks.closeScope(
        isReferred,
        stringAt(scope['name'], `${scopePath}.scope.name`),
        stringAt(scope['version'], `${scopePath}.scope.version`),
        stringAt(scopeBlock['schemaUrl'], `${scopePath}.schemaUrl`),
      );
    }
    blocks.closeResource(stringAt(resourceBlock['schemaUrl'], `${path}.schemaUrl`));
  }
}

/** Writes the KeyValue array at `path` as one set into a writer whose set is open. */
export function writeAttributes(writer: AttributeWriter, value: unknown, path: string): void {
  const items = arrayAt(value, path);
  if (items.length > MAX_ATTRIBUTES) {
    throw malformedJson(path, `there are more than ${MAX_ATTRIBUTES} attributes in one place`);
  }
  for (let index = 0; index < items.length; index++) {
    const itemPath = `${path}[${index}]`;
    const item = objectAt(items[index], itemPath) ?? {};
    writer.openEntryText(stringAt(item['key'], `${itemPath}.key`));
    writer.textValue(attributeText(anyValueAt(item['value'], `${itemPath}.value`)));
  }
}

/** The objects in the array that field `name` of `parent` holds, each with its path. */
export function* objectsAt(
  parent: JsonObject,
  name: string,
  parentPath: string,
): Generator<readonly [JsonObject, string]> {
  const path = parentPath === '' ? name : `${parentPath}.${name}`;
  const items = arrayAt(parent[name], path);
  for (let index = 0; index < items.length; index++) {
    const itemPath = `${path}[${index}]`;
    yield [objectAt(items[index], itemPath) ?? {}, itemPath];
  }
}
