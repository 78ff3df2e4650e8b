import { uniqueName } from './document/names.js';
import type { ImportedSlo, Importing } from './importing.js';
import type { ImportOptions, ImportResult } from './import-result.js';
import { ALPHA, importAlpha } from './openslo/import-alpha.js';
import { importPyrra, isPyrra } from './pyrra/import-pyrra.js';
import { asList, asMap, asText, pickMap, type RawMap } from './raw-value.js';
import { isRefusal, Refusal } from './refusal.js';
import { importSloth, isAlertWindows, isSloth, slothWindows } from './sloth/import-sloth.js';

/** How targets of scraping are told apart in Prometheus, and in OpenTelemetry. */
const LABEL_NAMES = { instance: 'service.instance.id' };

/**
 * Turns specifications of Sloth (`prometheus/v1`, `sloth.slok.dev/v1`) and Pyrra (`pyrra.dev/v1alpha1`) into OpenSLO v1
 * documents over the metrics that Tidewatch stores; OpenSLO v1 documents pass as they are.
 *
 * Queries are translated only when they mean the same in Tidewatch. What has no equivalent is refused by name, the rest is
 * imported; no input makes this throw.
 *
 * @param documents as YAML gives them; empty ones are passed over, and lists of Kubernetes are opened
 */
export function importSpecs(documents: readonly unknown[], options: ImportOptions = {}): ImportResult {
  const specs = documents.filter((each) => each !== null && each !== undefined).flatMap(opened);
  const maps = specs.map((each) => asMap(each) ?? {});
  const taken = new Set(maps.filter(isOpenSlo).map(nameOf));
  const importing: Importing = {
    options,
    reading: {
      names: { ...LABEL_NAMES, ...options.labelNames },
      gaugeSeries: options.gaugeSeries ?? 'refuse',
    },
    freeName: (wanted) => uniqueName(wanted, taken),
    take: (name) => taken.add(name),
  };
  const { windows, faults } = slothWindows(maps, options);
  const slos = maps.flatMap((map): ImportedSlo[] => {
    if (isAlertWindows(map)) {
      const fault = faults.get(map);
      return fault === undefined ? [] : [{ source: 'sloth', name: nameOf(map), outcome: fault }];
    }
    if (isSloth(map)) {
      return importSloth(map, windows, importing);
    }
    if (isPyrra(map)) {
      return [importPyrra(map, importing)];
    }
    if (map.apiVersion === ALPHA) {
      return importAlpha(map, importing);
    }
    return [isOpenSlo(map) ? passed(map) : unknownSpec(map)];
  });
  return resultOf(slos);
}

function resultOf(slos: readonly ImportedSlo[]): ImportResult {
  const result = {
    documents: [] as object[],
    imported: [] as ImportResult['imported'][number][],
    refused: [] as ImportResult['refused'][number][],
    notes: [] as ImportResult['notes'][number][],
  };
  for (const { source, name, outcome } of slos) {
    if (isRefusal(outcome)) {
      result.refused.push({ source, name, path: outcome.path, message: outcome.message });
    } else {
      result.documents.push(outcome.document);
      result.imported.push({ source, name });
      result.notes.push(...outcome.notes.map((message) => ({ name, message })));
    }
  }
  return result;
}

/** The documents in a list of Kubernetes, or the document itself. */
function opened(document: unknown): readonly unknown[] {
  const map = asMap(document);
  return asText(map?.kind).endsWith('List') && Array.isArray(map?.items) ? asList(map.items) : [document];
}

function isOpenSlo(map: RawMap): boolean {
  return map.apiVersion === 'openslo/v1';
}

function passed(map: RawMap): ImportedSlo {
  return { source: 'openslo', name: nameOf(map), outcome: { document: map, notes: [] } };
}

function unknownSpec(map: RawMap): ImportedSlo {
  const version = asText(map.apiVersion) || asText(map.version);
  const message = `is ${version === '' ? 'missing' : version}; it must be prometheus/v1 or sloth.slok.dev/v1 (Sloth), pyrra.dev/v1alpha1 (Pyrra), openslo/v1 or openslo/v1alpha`;
  return { source: 'unknown', name: nameOf(map), outcome: new Refusal(message, 'apiVersion') };
}

function nameOf(map: RawMap): string {
  return asText(pickMap(map, 'metadata').name) || asText(map.service) || 'unnamed';
}
