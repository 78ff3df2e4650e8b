import { carryAnnotations, carryLabels } from '../document/carry-over.js';
import { prometheusDuration, shorthand } from '../document/durations.js';
import { tiersText } from '../document/import-tiers.js';
import { labelName } from '../document/names.js';
import { findRunbook } from '../document/runbook.js';
import { sloDocument } from '../document/slo-document.js';
import type { ImportedDocument, ImportedSlo, Importing } from '../importing.js';
import { selectorsOf, type Indicator } from '../meaning/indicator.js';
import { knownLabelNotes } from '../meaning/known-labels.js';
import { asMap, asText, pickMap, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';
import { pyrraIndicator } from './pyrra-indicator.js';
import { pyrraTiers } from './pyrra-tiers.js';

const PREFIX = 'pyrra.dev/';

/** Whether a document is for Pyrra. */
export function isPyrra(document: RawMap): boolean {
  return asText(document.apiVersion).startsWith(PREFIX);
}

/** The SLO of one document for Pyrra. */
export function importPyrra(document: RawMap, importing: Importing): ImportedSlo {
  const metadata = pickMap(document, 'metadata');
  const wanted = labelName(asText(metadata.name));
  const refused = (refusal: Refusal): ImportedSlo => ({ source: 'pyrra', name: wanted, outcome: refusal });
  if (document.apiVersion !== `${PREFIX}v1alpha1` || document.kind !== 'ServiceLevelObjective') {
    return refused(new Refusal('is not known; ServiceLevelObjective of pyrra.dev/v1alpha1 is', 'kind'));
  }
  if (asText(metadata.name) === '') {
    return refused(new Refusal('is missing; it must be a name', 'metadata.name'));
  }
  const name = importing.freeName(wanted);
  const outcome = translate(document, name, importing);
  if (isRefusal(outcome)) {
    return refused(outcome.under('spec'));
  }
  importing.take(name);
  return { source: 'pyrra', name, outcome };
}

function translate(document: RawMap, name: string, importing: Importing): ImportedDocument | Refusal {
  const [metadata, spec] = [pickMap(document, 'metadata'), pickMap(document, 'spec')];
  const percent = Number(typeof spec.target === 'string' && spec.target.trim() === '' ? NaN : spec.target);
  if (!(percent > 0 && percent < 100)) {
    return new Refusal('must be a percentage above 0 and below 100 as text, such as "99.5"', 'target');
  }
  const windowMs = prometheusDuration(asText(spec.window));
  const window = windowMs === undefined ? undefined : shorthand(windowMs);
  if (windowMs === undefined || window === undefined) {
    return new Refusal('must be a duration of whole minutes, such as 28d or 4w', 'window');
  }
  const indicator = pyrraIndicator(pickMap(spec, 'indicator'), importing.reading.names);
  if (isRefusal(indicator)) {
    return indicator.under('indicator');
  }
  const labels = carryLabels({ ...namespaceOf(metadata), ...propagated(metadata.labels) });
  const alerting = alertingOf(document, name, { percent, windowMs }, importing);
  const service = serviceOf(metadata, labels.texts, indicator);
  return {
    document: sloDocument({
      name,
      displayName: '',
      description: asText(spec.description),
      service: service.name,
      labels: labels.texts,
      annotations: alerting.annotations,
      percent,
      window,
      indicator,
    }),
    notes: [
      ...indicator.notes,
      ...knownLabelNotes(indicator),
      ...labels.notes,
      ...service.notes,
      ...(percent < 1
        ? [`the target is ${percent} %: Pyrra takes per cent, so a share such as 0.99 must be written 99`]
        : []),
      ...alerting.notes,
    ],
  };
}

function alertingOf(
  document: RawMap,
  name: string,
  { percent, windowMs }: { readonly percent: number; readonly windowMs: number },
  { options }: Importing,
): { readonly annotations: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  const metadata = pickMap(document, 'metadata');
  const alerting = pickMap(pickMap(document, 'spec'), 'alerting');
  const annotations = propagated(metadata.annotations);
  const runbook = findRunbook([annotations], options.runbook, name);
  const silent = alerting.disabled === true;
  const tiers = tiersText(
    silent || alerting.burnrates === false ? [] : pyrraTiers(windowMs),
    percent,
    runbook.address,
  );
  const carried = carryAnnotations(annotations);
  const alertName = asText(alerting.name);
  return {
    annotations: {
      ...carried.texts,
      ...(alertName === '' ? {} : { 'pyrra.dev/alert': alertName }),
      ...(runbook.address === '' ? {} : { 'tidewatch.dev/runbook': runbook.address }),
      'tidewatch.dev/tiers': tiers.text,
      ...noDataOf(silent || alerting.absent === false, runbook.address),
    },
    notes: [...carried.notes, ...runbook.notes, ...tiers.notes],
  };
}

/** Pyrra's alert for absent metrics is critical; without a runbook it is the ticket that Tidewatch opens by itself. */
function noDataOf(off: boolean, runbook: string): Readonly<Record<string, string>> {
  if (off) {
    return { 'tidewatch.dev/no-data': 'off' };
  }
  return runbook === '' ? {} : { 'tidewatch.dev/no-data': 'page' };
}

/** Those that Pyrra gives to its alerts: with its prefix, which they lose. */
function propagated(map: unknown): RawMap {
  return Object.fromEntries(
    Object.entries(asMap(map) ?? {}).flatMap(([key, value]): [string, unknown][] =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value]] : [],
    ),
  );
}

function namespaceOf(metadata: RawMap): RawMap {
  const namespace = asText(metadata.namespace);
  return namespace === '' ? {} : { namespace };
}

/** Pyrra's SLOs are of no service, and OpenSLO's must be: labels and conditions that name one are taken for it. */
function serviceOf(
  metadata: RawMap,
  labels: Readonly<Record<string, string>>,
  { sli }: Indicator,
): { readonly name: string; readonly notes: readonly string[] } {
  const all = pickMap(metadata, 'labels');
  const named = labels.service ?? all.service ?? all['app.kubernetes.io/name'] ?? all.app;
  if (typeof named === 'string' && named !== '') {
    return { name: named, notes: [] };
  }
  const selector = selectorsOf(sli).at(-1);
  const given = (label: string) =>
    selector?.match.find((each) => each.label === label && each.op === '=')?.value;
  const name = given('service') ?? given('job') ?? '';
  return name === ''
    ? {
        name: asText(metadata.name),
        notes: ['the service is named as the SLO: no label and no condition names one'],
      }
    : { name, notes: [`the service ${name} is taken from the conditions of the indicator`] };
}
