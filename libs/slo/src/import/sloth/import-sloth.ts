import { formatDuration } from '@tidewatch/core';
import { prometheusDuration } from '../document/durations.js';
import { labelName } from '../document/names.js';
import type { ImportOptions } from '../import-result.js';
import { asList, asMap, asText, pick, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';
import type { ImportedSlo, Importing } from '../importing.js';
import { readAlertWindows, SLOTH_WINDOWS, type AlertWindows } from './alert-windows.js';
import { importSlothSlo } from './sloth-slo.js';

const KUBERNETES = 'sloth.slok.dev/v1';

/** Whether a document is for Sloth, as far as its first lines tell. */
export function isSloth(document: RawMap): boolean {
  return (
    asText(document.version).startsWith('prometheus/') ||
    asText(document.apiVersion).startsWith('sloth.slok.dev/')
  );
}

/** Whether a document says when Sloth alerts. */
export function isAlertWindows(document: RawMap): boolean {
  return document.apiVersion === KUBERNETES && document.kind === 'AlertWindows';
}

/** The windows of the period that the SLOs of Sloth have, which their specifications do not say. */
export function slothWindows(
  documents: readonly RawMap[],
  { period }: ImportOptions,
): { readonly windows: AlertWindows | Refusal; readonly faults: ReadonlyMap<RawMap, Refusal> } {
  const faults = new Map<RawMap, Refusal>();
  const own: AlertWindows[] = [];
  for (const document of documents.filter(isAlertWindows)) {
    const windows = readAlertWindows(document);
    if (isRefusal(windows)) {
      faults.set(document, windows);
    } else {
      own.push(windows);
    }
  }
  const [only, ...more] = own;
  if (period === undefined) {
    const windows = more.length === 0 ? (only ?? SLOTH_WINDOWS[0]) : undefined;
    const listed = own.map(({ periodMs }) => formatDuration(periodMs)).join(', ');
    return {
      windows:
        windows ??
        new Refusal(`could have any of the periods ${listed}, for which there are AlertWindows; name one`),
      faults,
    };
  }
  const periodMs = prometheusDuration(period);
  const windows = [...own, ...SLOTH_WINDOWS].find((each) => each.periodMs === periodMs);
  return {
    windows:
      windows ??
      new Refusal(
        `has the period ${period}, for which no windows are known; 28d and 30d are, others need a document of kind AlertWindows`,
      ),
    faults,
  };
}

/** The SLOs of one document for Sloth; one that is not understood at all yields a single refusal. */
export function importSloth(
  document: RawMap,
  windows: AlertWindows | Refusal,
  importing: Importing,
): ImportedSlo[] {
  const inKubernetes = document.apiVersion !== undefined;
  const service = inKubernetes ? (asMap(document.spec) ?? {}) : document;
  const root = inKubernetes ? 'spec.' : '';
  const whole = (message: string, path = ''): ImportedSlo[] => {
    const named = asText(service.service) || asText(asMap(document.metadata)?.name);
    return [{ source: 'sloth', name: labelName(named), outcome: new Refusal(message, path) }];
  };
  const isKnown = inKubernetes
    ? document.apiVersion === KUBERNETES && document.kind === 'PrometheusServiceLevel'
    : document.version === 'prometheus/v1';
  if (!isKnown) {
    return whole(
      'is not known; versions prometheus/v1 and sloth.slok.dev/v1 (PrometheusServiceLevel) are',
      inKubernetes ? 'kind' : 'version',
    );
  }
  const name = asText(service.service);
  if (name === '') {
    return whole('is missing; it must be the name of the service', `${root}service`);
  }
  const slos = asList(service.slos);
  if (slos.length === 0) {
    return whole('is missing; it must be a list of SLOs', `${root}slos`);
  }
  return slos.map((each, index): ImportedSlo => {
    const slo = asMap(each) ?? {};
    const wanted = labelName(name, asText(pick(slo, 'name')) || String(index + 1));
    if (isRefusal(windows)) {
      return { source: 'sloth', name: wanted, outcome: windows };
    }
    const unique = importing.freeName(wanted);
    const outcome = importSlothSlo({ service, slo, name: unique, windows, ...importing });
    if (isRefusal(outcome)) {
      return { source: 'sloth', name: wanted, outcome: outcome.under(`${root}slos.${index}`) };
    }
    importing.take(unique);
    return { source: 'sloth', name: unique, outcome };
  });
}
