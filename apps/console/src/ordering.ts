import type { MonitorState, MonitorVerdict, MonitorView, Severity, SloView } from './api.js';
import type { EncoderState, EncoderView } from './encoder-view.js';
import type { IncidentMember, IncidentView } from './incident-view.js';
import { isPaging } from './overall.js';

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { page: 0, ticket: 1 };
const STATE_RANK: Readonly<Record<MonitorState, number>> = {
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

const PHASE_RANK: Readonly<Record<IncidentMember['phase'], number>> = {
  firing: 0,
  pending: 1,
  dismissed: 2,
  left: 3,
};

/** Rules of an incident: those that fire and may speak first, then by severity, the longest-firing one first. */
export function sortMembers(members: readonly IncidentMember[]): IncidentMember[] {
  const quiet = ({ suppressed }: IncidentMember): number => (suppressed === null ? 0 : 1);
  return [...members].sort(
    (a, b) =>
      PHASE_RANK[a.phase] - PHASE_RANK[b.phase] ||
      quiet(a) - quiet(b) ||
      SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
      a.since - b.since ||
      byName(a, b),
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
  return [...monitors].sort((a, b) => STATE_RANK[a.state] - STATE_RANK[b.state] || byName(a, b));
}

const ENCODER_RANK: Readonly<Record<EncoderState, number>> = { failed: 0, starting: 1, closed: 2, ready: 3 };

/** Encoders: those that failed first, then by name. */
export function sortEncoders(encoders: readonly EncoderView[]): EncoderView[] {
  return [...encoders].sort((a, b) => ENCODER_RANK[a.state] - ENCODER_RANK[b.state] || byName(a, b));
}

/** Verdicts by the rank of their state, then by how far the effect exceeds what matters, then by title. */
export function sortVerdicts(verdicts: readonly MonitorVerdict[]): MonitorVerdict[] {
  return [...verdicts].sort(
    (a, b) =>
      STATE_RANK[a.state] - STATE_RANK[b.state] ||
      excess(b) - excess(a) ||
      a.title.localeCompare(b.title, 'en'),
  );
}

/** Effects of different tests have different scales: they compare in multiples of their minimum effect. */
function excess({ statistic, minimumEffect }: MonitorVerdict): number {
  return statistic === null ? -1 : statistic / Math.max(minimumEffect, 1e-9);
}

/** Right end of the axis of each bar: where the largest bound of the same kind of effect fits, at a round number. */
export function statisticScale(verdicts: readonly MonitorVerdict[], effectName: string): number {
  const alike = verdicts.filter((verdict) => verdict.effectName === effectName);
  const largest = Math.max(
    0.1,
    ...alike.map((verdict) => verdict.statisticHigh ?? verdict.statistic ?? 0),
    ...alike.map((verdict) => verdict.minimumEffect * 1.5),
  );
  const step = 10 ** Math.floor(Math.log10(largest));
  return Number((Math.ceil(largest / step) * step).toPrecision(3));
}
