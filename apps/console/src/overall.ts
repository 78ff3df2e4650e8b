import type { MonitorView, SloView, StatusView } from './api.js';
import type { EncoderView } from './encoder-view.js';
import { formatQuantity } from './format.js';
import type { IncidentView } from './incident-view.js';

/** How loud the page's headline is. */
export type Tone = 'critical' | 'warning' | 'ok' | 'muted';

/** The headline of the page and what else has to be known about it. */
export interface Overall {
  tone: Tone;
  headline: string;
  /** What limits the headline: rules without a verdict, verdicts without data. Empty when nothing does. */
  caveat: string;
}

/** What the headline is made of. `null` lists have not been read yet; `stale` data describes the past. */
export interface OverallInput {
  stale: boolean;
  slos: readonly SloView[] | null;
  monitors: readonly MonitorView[] | null;
  encoders: readonly EncoderView[] | null;
  open: readonly IncidentView[] | null;
}

/** True when a page tier of the SLO fires. */
export function isPaging(slo: SloView): boolean {
  return slo.verdict?.tiers.some((tier) => tier.severity === 'page' && tier.state === 'firing') ?? false;
}

/** Sums the page up in one line; what is only last known is never shown as calm. */
export function overallOf(input: OverallInput): Overall {
  const overall = currentOverall(input);
  if (!input.stale || overall.tone === 'muted') {
    return overall;
  }
  const headline = `Last known: ${overall.headline.replace(/^All/, 'all')}`;
  return { ...overall, headline, tone: overall.tone === 'ok' ? 'muted' : overall.tone };
}

/**
 * Sums up what has been read. "All quiet" is only said when at least one rule has a verdict, none burns or drifts,
 * no encoder has failed and no incident is open; missing data is named beside it and never counts as quiet.
 */
function currentOverall(input: OverallInput): Overall {
  if (input.slos === null && input.monitors === null) {
    return { tone: 'muted', headline: input.stale ? 'State unknown' : 'Reading state', caveat: '' };
  }
  const { slos, monitors, open } = { ...input, slos: input.slos ?? [], monitors: input.monitors ?? [] };
  const caveat = caveatOf(input);
  const burning = slos.filter((slo) => slo.verdict?.state === 'breach');
  const drifting = monitors.filter((monitor) => monitor.state === 'alarm');
  const failing = monitors.filter((monitor) => monitor.state === 'error');
  const encoders = input.encoders ?? [];
  const broken = encoders.filter((encoder) => encoder.state === 'failed');
  const parts = [
    burning.length > 0 ? `${burning.length} burning` : '',
    drifting.length > 0 ? `${drifting.length} drifting` : '',
    failing.length > 0 ? `${failing.length} failing to run` : '',
    broken.length > 0 ? `${formatQuantity(broken.length, 'encoder')} failed` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) {
    return { tone: burning.some(isPaging) ? 'critical' : 'warning', headline: parts.join(', '), caveat };
  }
  const incidents = open?.length ?? 0;
  if (incidents > 0) {
    const paging = open?.some((incident) => incident.severity === 'page') === true;
    return {
      tone: paging ? 'critical' : 'warning',
      headline: formatQuantity(incidents, 'open incident'),
      caveat,
    };
  }
  if (input.slos === null || input.monitors === null) {
    return { tone: 'muted', headline: 'State partly unknown', caveat };
  }
  if (slos.length + monitors.length + encoders.length === 0) {
    return { tone: 'muted', headline: 'No rules loaded', caveat: '' };
  }
  const judged =
    slos.filter((slo) => slo.verdict?.state === 'ok').length +
    monitors.filter((monitor) => monitor.state === 'ok' || monitor.state === 'watch').length;
  return judged === 0
    ? { tone: 'muted', headline: 'Nothing judged yet', caveat }
    : { tone: 'ok', headline: 'All quiet', caveat };
}

function caveatOf(input: OverallInput): string {
  const slos = input.slos ?? [];
  const monitors = input.monitors ?? [];
  const watching = monitors.filter((monitor) => monitor.state === 'watch').length;
  const blindSlos = slos.filter((slo) => slo.verdict === null || slo.verdict.state === 'frozen').length;
  const blindMonitors = monitors.filter((monitor) => monitor.state === 'not-enough-data').length;
  return [
    input.slos === null ? 'SLOs not read' : '',
    input.monitors === null ? 'monitors not read' : '',
    input.encoders === null ? 'encoders not read' : '',
    watching > 0 ? `${watching} on watch` : '',
    blindSlos > 0 ? `${formatQuantity(blindSlos, 'SLO')} without data` : '',
    blindMonitors > 0 ? `${formatQuantity(blindMonitors, 'monitor')} without enough data` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** Without an evaluation for this long, the verdicts on the page describe the past. */
export const EVALUATION_STALL_MS = 120_000;

/**
 * How long no rule has been evaluated, in ms, or `null` while evaluation keeps up. A server that has just started
 * gets the same time to run its first evaluation.
 */
export function evaluationStall(status: StatusView, now: number): number | null {
  const waiting = now - (status.evaluation.lastAt ?? status.startedAt);
  return waiting > EVALUATION_STALL_MS ? waiting : null;
}

/** True until something has arrived; what waits in the journal counts, and an unknown figure is no zero. */
export function isWaitingForData({ ingest }: StatusView): boolean {
  const arrived = Object.values(ingest.process?.signals ?? {}).some((counts) => counts.received > 0);
  const { pointsStored, spansStored, logsStored, predictionsStored } = ingest;
  return !arrived && [pointsStored, spansStored, logsStored, predictionsStored].every((count) => count === 0);
}
