import { asList, asMap, asText, pick, type RawMap } from '../raw-value.js';
import { Refusal } from '../refusal.js';

/** What a chain of SLO plugins comes to. */
export interface PluginEffects {
  readonly notes: readonly string[];
  /** Labels that plugins add to what is known of the SLO. */
  readonly labels: readonly RawMap[];
  /** `for` of the alerts is in force. */
  readonly alertFor: boolean;
  /** Share of the budget in per cent, when spent, that raises an alert of its own; `null`: none does. */
  readonly exhaustedAt: number | null;
}

/** Plugins that leave the meaning of an SLO as it is, with what is said about each. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'sloth.dev/core/debug/v1': 'it only writes messages',
  'sloth.dev/core/noop/v1': 'it does nothing',
  'sloth.dev/core/validate/v1': 'Tidewatch validates documents when it loads them',
  'sloth.dev/core/sli_rules/v1': 'Tidewatch has no recording rules',
  'sloth.dev/core/metadata_rules/v1': 'Tidewatch has no recording rules',
  'sloth.dev/core/alert_rules/v1': 'the tiers of the document say when it alerts',
  'sloth.dev/contrib/validate_victoria_metrics/v1': 'queries are read as PromQL whatever wrote them',
  'sloth.dev/contrib/rule_intervals/v1': 'Tidewatch evaluates every 10 to 30 seconds',
  'sloth.dev/contrib/denominator_corrected_rules/v1':
    'Tidewatch always weighs by traffic: it adds up events, not ratios',
  'sloth.dev/contrib/sli_total_amount_rules/v1': 'Tidewatch keeps the counts of all events anyway',
  'sloth.dev/contrib/remove_labels/v1': 'it is about the labels of recording rules',
};

const INFO_LABELS = 'sloth.dev/contrib/info_labels/v1';
const ALERT_FOR = 'sloth.dev/contrib/alert_for/v1';
const EXHAUSTED = 'sloth.dev/contrib/error_budget_exhausted_alert/v1';

/** Reads the chains of a service and of one of its SLOs; a plugin whose effect is not known is refused by its id. */
export function pluginEffects(service: RawMap, slo: RawMap): PluginEffects | Refusal {
  const own = asMap(pick(slo, 'plugins', 'slo_plugins', 'sloPlugins'));
  const common = asMap(pick(service, 'slo_plugins', 'sloPlugins'));
  const replaced = [own?.overridePrevious, own?.override_previous].includes(true);
  const effects = {
    notes: new Set<string>(),
    labels: [] as RawMap[],
    alertFor: false,
    exhaustedAt: null as number | null,
  };
  for (const entry of [...(replaced ? [] : asList(common?.chain)), ...asList(own?.chain)]) {
    const plugin = asMap(entry);
    const id = asText(plugin?.id);
    const config = asMap(plugin?.config);
    if (Object.hasOwn(WITHOUT_EFFECT, id)) {
      effects.notes.add(`the plugin ${id} is left out: ${WITHOUT_EFFECT[id]}`);
    } else if (id === INFO_LABELS) {
      effects.labels.push(asMap(config?.labels) ?? {});
      effects.notes.add(`the labels of the plugin ${id} are labels of the SLO`);
    } else if (id === ALERT_FOR) {
      effects.alertFor = true;
    } else if (id === EXHAUSTED && isShare(config?.threshold ?? 0)) {
      // `threshold` is what is left of the budget.
      effects.exhaustedAt = Math.round((1 - Number(config?.threshold ?? 0)) * 1e6) / 1e4;
      effects.notes.add(`the alert of the plugin ${id} is a step of the budget policy, and opens a ticket`);
    } else {
      return new Refusal(
        `needs the SLO plugin ${id || 'without an id'}, a program of Sloth whose effect cannot be translated`,
      );
    }
  }
  return { ...effects, notes: [...effects.notes] };
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < 1;
}
