import { canonicalAttributes } from '../attributes.js';
import type { AttributeMap } from '../attributes.js';
import { identityText } from '../series-hash.js';
import { readKeyValue } from '../wire/any-value.js';
import { hashBytes } from '../wire/byte-compare.js';
import { WireReader } from '../wire/reader.js';
import type { Envelope } from './protobuf-envelope.js';
import type { KeyBytes, SeriesCache } from './series-cache.js';
import type { MetricResource, MetricScope } from './series-slot.js';
import { COST } from './work.js';
import type { Work } from './work.js';

/** The resource of a scanned ResourceMetrics envelope: from the cache, or decoded. */
export function resourceOf(envelope: Envelope, cache: SeriesCache, work: Work): MetricResource {
  const key = keyOf(envelope);
  const hash = hashBytes(key.view, 0, key.end, 0);
  const known = cache.find('resources', hash, 0, key);
  if (known !== undefined) {
    return known.value;
  }
  work.left -= COST.newBlock + key.end / 64;
  // Resource: attributes = 1 repeated KeyValue, dropped_attributes_count = 2, entity_refs = 3.
  const attributes: AttributeMap = new Map();
  const reader = ownerReader(envelope);
  while (reader.next()) {
    if (reader.field === 1) {
      readKeyValue(reader, attributes);
    } else {
      reader.skip();
    }
  }
  const canonical = canonicalAttributes(attributes);
  const resource: MetricResource = {
    id: cache.nextId(),
    labels: canonical.labels,
    identity: identityText(canonical),
    serviceName: canonical.labels['service.name'] ?? '',
    schemaUrl: envelope.schemaUrl,
    isCached: key.end <= cache.longestKey,
  };
  cache.add('resources', hash, 0, key, resource);
  return resource;
}

/** The scope of a scanned ScopeMetrics envelope inside its resource: from the cache, or decoded. */
export function scopeOf(
  envelope: Envelope,
  resource: MetricResource,
  cache: SeriesCache,
  work: Work,
): MetricScope {
  const key = keyOf(envelope);
  const hash = hashBytes(key.view, 0, key.end, resource.id);
  const known = resource.isCached ? cache.find('scopes', hash, resource.id, key) : undefined;
  if (known !== undefined) {
    return known.value;
  }
  work.left -= COST.newBlock + key.end / 64;
  const { name, version, attributes } = readScope(ownerReader(envelope));
  const canonical = canonicalAttributes(attributes);
  const scope: MetricScope = {
    id: cache.nextId(),
    resource,
    name,
    version,
    labels: canonical.labels,
    identity: identityText(canonical),
    schemaUrl: envelope.schemaUrl,
    isCached: resource.isCached && key.end <= cache.longestKey,
  };
  if (scope.isCached) {
    cache.add('scopes', hash, resource.id, key, scope);
  }
  return scope;
}

/** InstrumentationScope: name = 1 string, version = 2 string, attributes = 3 repeated KeyValue. */
function readScope(reader: WireReader): { name: string; version: string; attributes: AttributeMap } {
  let name = '';
  let version = '';
  const attributes: AttributeMap = new Map();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.string();
        break;
      case 2:
        version = reader.string();
        break;
      case 3:
        readKeyValue(reader, attributes);
        break;
      default:
        reader.skip();
    }
  }
  return { name, version, attributes };
}

function keyOf({ key }: Envelope): KeyBytes {
  return { bytes: key.bytes, view: key.view, start: 0, end: key.length };
}

/** A reader of the owner's content. The bytes are a copy, so offsets in its errors count from the owner's start. */
function ownerReader(envelope: Envelope): WireReader {
  return new WireReader(envelope.key.bytes.subarray(4, envelope.ownerEnd));
}
