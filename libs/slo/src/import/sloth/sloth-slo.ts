import { carryAnnotations, carryLabels, severityLabelNote } from '../document/carry-over.js';
import { prometheusDuration, shorthand } from '../document/durations.js';
import { tiersText, type ImportedTier } from '../document/import-tiers.js';
import { findRunbook } from '../document/runbook.js';
import { sloDocument } from '../document/slo-document.js';
import type { ImportOptions } from '../import-result.js';
import type { ImportedDocument } from '../importing.js';
import { eventIndicator, type ReadingOptions } from '../meaning/event-indicator.js';
import type { Indicator } from '../meaning/indicator.js';
import { knownLabelNotes } from '../meaning/known-labels.js';
import { rawIndicator } from '../meaning/raw-indicator.js';
import { asMap, asText, pick, pickMap, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';
import type { AlertWindows } from './alert-windows.js';
import { pluginEffects, type PluginEffects } from './slo-plugins.js';

/** One SLO of a Sloth specification with what it takes from around it. */
export interface SlothSlo {
  /** The specification that the SLO is of. */
  readonly service: RawMap;
  readonly slo: RawMap;
  /** Of the document to write. */
  readonly name: string;
  readonly windows: AlertWindows;
  readonly reading: ReadingOptions;
  readonly options: ImportOptions;
}

const KNOWN_KEYS = new Set(
  'name description objective labels sli alerting plugins slo_plugins sloPlugins'.split(' '),
);

/** Translates one SLO of Sloth, whichever way its keys are spelt. */
export function importSlothSlo(source: SlothSlo): ImportedDocument | Refusal {
  const { service, slo, name, windows } = source;
  const effects = pluginEffects(service, slo);
  if (isRefusal(effects)) {
    return effects.under('plugins');
  }
  const percent = percentOf(pick(slo, 'objective'));
  if (isRefusal(percent)) {
    return percent.under('objective');
  }
  const indicator = indicatorOf(pickMap(slo, 'sli'), source.reading);
  if (isRefusal(indicator)) {
    return indicator.under('sli');
  }
  const window = shorthand(windows.periodMs);
  if (window === undefined) {
    return new Refusal('is about a period that is not made of whole minutes');
  }
  const alerting = alertingOf(source, percent, effects);
  const labels = carryLabels(...effects.labels, service.labels, slo.labels, pickMap(slo, 'alerting').labels);
  const unknown = Object.keys(slo).filter((key) => !KNOWN_KEYS.has(key));
  return {
    document: sloDocument({
      name,
      displayName: '',
      description: asText(pick(slo, 'description')),
      service: asText(service.service),
      labels: labels.texts,
      annotations: alerting.annotations,
      percent,
      window,
      indicator,
    }),
    notes: [
      ...indicator.notes,
      ...knownLabelNotes(indicator),
      ...effects.notes,
      ...labels.notes,
      ...alerting.notes,
      ...unknown.map((key) => `the key ${key} is not known and was left out`),
    ],
  };
}

function percentOf(value: unknown): number | Refusal {
  const percent = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof percent === 'number' && percent > 0 && percent < 100) {
    return percent;
  }
  return new Refusal(
    value === undefined
      ? 'is missing; it must be a percentage above 0 and below 100, such as 99.9'
      : 'must be a percentage above 0 and below 100, such as 99.9 (100 would leave no error budget)',
  );
}

function indicatorOf(sli: RawMap, reading: ReadingOptions): Indicator | Refusal {
  const plugin = asMap(sli.plugin);
  if (plugin !== null) {
    const id = asText(plugin.id) || 'without an id';
    return new Refusal(
      `is the SLI plugin ${id}, a program of Sloth that makes the queries; write out what it generates under events`,
      'plugin',
    );
  }
  const [events, raw] = [asMap(sli.events), asMap(sli.raw)];
  if ((events === null) === (raw === null)) {
    return new Refusal('must hold one of events, raw and plugin');
  }
  if (raw !== null) {
    const key = keyIn(raw, 'error_ratio_query', 'errorRatioQuery');
    const indicator = rawIndicator(asText(raw[key]), reading.names);
    return isRefusal(indicator) ? indicator.under(`raw.${key}`) : indicator;
  }
  const placed = (...keys: readonly [string, string]) => {
    const key = keyIn(events ?? {}, ...keys);
    return { text: asText(events?.[key]), path: `events.${key}` };
  };
  return eventIndicator(
    'bad',
    placed('error_query', 'errorQuery'),
    placed('total_query', 'totalQuery'),
    reading,
  );
}

function keyIn(map: RawMap, snake: string, camel: string): string {
  return Object.hasOwn(map, camel) ? camel : snake;
}

function alertingOf(
  { slo, name, windows, options }: SlothSlo,
  percent: number,
  effects: PluginEffects,
): { readonly annotations: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  const alerting = pickMap(slo, 'alerting');
  const page = pickMap(alerting, 'page_alert', 'pageAlert');
  const ticket = pickMap(alerting, 'ticket_alert', 'ticketAlert');
  const common = pickMap(alerting, 'annotations');
  const runbook = findRunbook(
    [common, pickMap(page, 'annotations'), pickMap(ticket, 'annotations')],
    options.runbook,
    name,
  );
  const wanted = windows.tiers
    .filter(({ severity }) => (severity === 'page' ? page : ticket).disable !== true)
    .map((tier) => (effects.alertFor ? held(tier, tier.severity === 'page' ? page : ticket) : tier));
  const tiers = tiersText(wanted, percent, runbook.address);
  const carried = carryAnnotations(common);
  const alertName = asText(alerting.name);
  return {
    annotations: {
      ...carried.texts,
      ...(alertName === '' ? {} : { 'sloth.slok.dev/alert': alertName }),
      ...(runbook.address === '' ? {} : { 'tidewatch.dev/runbook': runbook.address }),
      'tidewatch.dev/tiers': tiers.text,
      // Without it an SLO that must open no tickets would open one when its data stays away.
      ...(ticket.disable === true ? { 'tidewatch.dev/no-data': 'off' } : {}),
      ...(effects.exhaustedAt === null
        ? {}
        : { 'tidewatch.dev/budget-policy': `- { spent: ${effects.exhaustedAt}%, do: ticket }\n` }),
    },
    notes: [
      ...carried.notes,
      ...runbook.notes,
      ...tiers.notes,
      ...severityLabelNote('page', page.labels),
      ...severityLabelNote('ticket', ticket.labels),
    ],
  };
}

function held(tier: ImportedTier, alert: RawMap): ImportedTier {
  return { ...tier, holdMs: prometheusDuration(asText(alert.for)) ?? 0 };
}
