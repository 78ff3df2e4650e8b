import { toDecimal } from '../../decimal.js';
import { shorthand } from '../document/durations.js';
import { tiersText } from '../document/import-tiers.js';
import { labelName } from '../document/names.js';
import { findRunbook } from '../document/runbook.js';
import { carryAnnotations, carryLabels } from '../document/carry-over.js';
import { sloDocument } from '../document/slo-document.js';
import type { ImportOptions } from '../import-result.js';
import type { ImportedDocument, ImportedSlo, Importing } from '../importing.js';
import { eventIndicator } from '../meaning/event-indicator.js';
import { knownLabelNotes } from '../meaning/known-labels.js';
import { asList, asMap, asText, pickMap, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';
import { SLOTH_WINDOWS } from '../sloth/alert-windows.js';

/** The version of OpenSLO that Sloth reads. */
export const ALPHA = 'openslo/v1alpha';

const UNIT_MS: Readonly<Record<string, number>> = {
  Second: 1_000,
  Minute: 60_000,
  Hour: 3_600_000,
  Day: 86_400_000,
  Week: 604_800_000,
};

/** The SLOs of an OpenSLO v1alpha document with queries for Prometheus, one for each objective. */
export function importAlpha(document: RawMap, importing: Importing): ImportedSlo[] {
  const metadata = pickMap(document, 'metadata');
  const name = asText(metadata.name);
  const objectives = asList(asMap(document.spec)?.objectives);
  if (document.kind !== 'SLO' || objectives.length === 0) {
    const refusal =
      document.kind === 'SLO'
        ? new Refusal('is missing; it must be a list of objectives', 'spec.objectives')
        : new Refusal('is not known; of openslo/v1alpha only SLO is', 'kind');
    return [{ source: 'openslo', name: labelName(name), outcome: refusal }];
  }
  return objectives.map((each, index): ImportedSlo => {
    const wanted = labelName(name, ...(index === 0 ? [] : [String(index + 1)]));
    const unique = importing.freeName(wanted);
    const outcome = translate(document, asMap(each) ?? {}, { name: unique, index }, importing);
    if (isRefusal(outcome)) {
      return { source: 'openslo', name: wanted, outcome };
    }
    importing.take(unique);
    return { source: 'openslo', name: unique, outcome };
  });
}

function translate(
  document: RawMap,
  objective: RawMap,
  { name, index }: { readonly name: string; readonly index: number },
  { reading, options }: Importing,
): ImportedDocument | Refusal {
  const [metadata, spec] = [pickMap(document, 'metadata'), pickMap(document, 'spec')];
  const place = `spec.objectives.${index}`;
  if (spec.budgetingMethod !== 'Occurrences') {
    return new Refusal(
      'must be Occurrences; of openslo/v1alpha nothing else is translated',
      'spec.budgetingMethod',
    );
  }
  const target = objective.target;
  if (typeof target !== 'number' || !(target > 0 && target < 1)) {
    return new Refusal('must be a share above 0 and below 1, such as 0.999', `${place}.target`);
  }
  const window = windowOf(asList(spec.timeWindows));
  if (isRefusal(window)) {
    return window.under('spec');
  }
  const metrics = asMap(objective.ratioMetrics);
  if (metrics === null) {
    return new Refusal(
      'is missing; of openslo/v1alpha only ratioMetrics is translated',
      `${place}.ratioMetrics`,
    );
  }
  const query = (key: string) => ({
    text: asText(asMap(metrics[key])?.query),
    path: `ratioMetrics.${key}.query`,
  });
  const indicator = eventIndicator('good', query('good'), query('total'), reading);
  if (isRefusal(indicator)) {
    return indicator.under(place);
  }
  const { units, scale } = toDecimal(target);
  const percent = Number(`${units}e${2 - scale}`);
  const alerting = alertingOf(metadata, name, { percent, windowMs: window.ms }, options);
  const labels = carryLabels(metadata.labels);
  return {
    document: sloDocument({
      name,
      displayName: asText(metadata.displayName),
      description: asText(spec.description),
      service: asText(spec.service) || name,
      labels: labels.texts,
      annotations: alerting.annotations,
      percent,
      window: window.text,
      indicator,
    }),
    notes: [...indicator.notes, ...knownLabelNotes(indicator), ...labels.notes, ...alerting.notes],
  };
}

/** The version has no alerts of its own that could be translated: the four pairs of the workbook, which Sloth has too. */
function alertingOf(
  metadata: RawMap,
  name: string,
  { percent, windowMs }: { readonly percent: number; readonly windowMs: number },
  options: ImportOptions,
): { readonly annotations: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  const carried = carryAnnotations(metadata.annotations);
  const runbook = findRunbook([carried.texts], options.runbook, name);
  const pairs = SLOTH_WINDOWS[0]?.tiers.filter(({ longMs }) => longMs <= windowMs) ?? [];
  const tiers = tiersText(pairs, percent, runbook.address);
  return {
    annotations: {
      ...carried.texts,
      ...(runbook.address === '' ? {} : { 'tidewatch.dev/runbook': runbook.address }),
      'tidewatch.dev/tiers': tiers.text,
    },
    notes: [...carried.notes, ...runbook.notes, ...tiers.notes],
  };
}

function windowOf(windows: readonly unknown[]): { readonly ms: number; readonly text: string } | Refusal {
  const [window, ...more] = windows.map(asMap);
  const ms = Number(window?.count) * (UNIT_MS[asText(window?.unit)] ?? NaN);
  const text = ms > 0 ? shorthand(ms) : undefined;
  return text === undefined || more.length > 0 || window?.calendar !== undefined
    ? new Refusal('must be one rolling window of minutes, hours, days or weeks', 'timeWindows')
    : { ms, text };
}
