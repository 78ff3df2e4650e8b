import type { DriftState, DriftVerdict, IncidentView, MonitorView, Severity, SloView } from './api.js';
import { isPaging } from './overall.js';

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { page: 0, ticket: 1 };
const DRIFT_RANK: Readonly<Record<DriftState, number>> = {
  alarm: 0,
  error: 1,
  watch: 2,
  'not-enough-data': 3,
  ok: 4,
};

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, 'en');
}

/** Open incidents in the order in which somebody should look at them: severity, then the newest first. */
export function sortIncidents(incidents: readonly IncidentView[]): IncidentView[] {
  return [...incidents].sort(
    (a, b) =>
      SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
      b.openedAt - a.openedAt ||
      a.id.localeCompare(b.id),
  );
}

/** SLOs: paging first, then burning, then without data, then the rest; least budget first inside each. */
export function sortSlos(slos: readonly SloView[]): SloView[] {
  const rank = (slo: SloView): number => {
    if (slo.verdict?.state === 'breach') {
      return isPaging(slo) ? 0 : 1;
    }
    return slo.verdict?.state === 'ok' ? 3 : 2;
  };
  const budget = (slo: SloView): number => slo.verdict?.budgetRemaining ?? 1;
  return [...slos].sort((a, b) => rank(a) - rank(b) || budget(a) - budget(b) || byName(a, b));
}

/** Monitors by the rank of their state, then by name. */
export function sortMonitors(monitors: readonly MonitorView[]): MonitorView[] {
  return [...monitors].sort((a, b) => DRIFT_RANK[a.state] - DRIFT_RANK[b.state] || byName(a, b));
}

/** Feature verdicts by the rank of their state, then by the size of the difference, then by name. */
export function sortFeatures(features: readonly DriftVerdict[]): DriftVerdict[] {
  return [...features].sort(
    (a, b) =>
      DRIFT_RANK[a.state] - DRIFT_RANK[b.state] ||
      (b.statistic ?? -1) - (a.statistic ?? -1) ||
      a.feature.localeCompare(b.feature, 'en'),
  );
}

/** Right end of the axis that the statistics of one table share: a round number at or above the largest bound. */
export function statisticScale(features: readonly DriftVerdict[]): number {
  const largest = Math.max(
    0.1,
    ...features.map((verdict) => verdict.statisticHigh ?? verdict.statistic ?? 0),
  );
  return Math.min(1, Math.ceil(largest * 10) / 10);
}
