import type { IncidentState, MemberState, SignalChart } from '@tidewatch/alerts';
import { formatDuration } from '@tidewatch/core';
import type { Store, VerdictRow } from '@tidewatch/store';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Windows of a rule that a chart spans at least, so that what is usual can be seen. */
const WINDOWS = 3;
const [SHORTEST_MS, LONGEST_MS] = [6 * HOUR_MS, 7 * DAY_MS];
/** What happened just before an incident and just after. */
const [BEFORE_MS, AFTER_MS] = [HOUR_MS, 10 * 60_000];
/** Rows read for one chart; a message shows fewer points than that. */
const MOST_ROWS = 1_000;
const MOST_POINTS = 240;

type Verdicts = Pick<Store, 'verdicts'>;

/**
 * The measure of one member over the last hours, from the verdicts that decided about it: the burn rate of an SLO's tier, the
 * effect of what a monitor found, the value of a metric, costs. `null` for a member that measures nothing, such as missing
 * data.
 *
 * Verdicts are used and not the raw counts: they hold what was compared with the limit, corrections, groups and time slices
 * included, and one small query reads them.
 *
 * @param name of the member in the incident
 * @throws AppError of the store
 */
export async function memberChart(
  store: Verdicts,
  incident: IncidentState,
  [name, member]: readonly [name: string, MemberState],
  now: number,
): Promise<SignalChart | null> {
  if (member.evidence.chart !== null) {
    return member.evidence.chart;
  }
  const end = Math.min(now, incident.resolvedAt === null ? now : incident.resolvedAt + AFTER_MS) + 1;
  const read = reader(store, incident, member.rule, end);
  switch (member.kind) {
    case 'SLO':
      return burnChart(read, member, groupOf(name, `SLO/${member.rule}/${member.tier}`));
    case 'MetricMonitor':
    case 'CostModel':
      return valueChart(read, member, groupOf(name, `${member.kind}/${member.rule}`));
    case 'DriftMonitor':
    case 'EmbeddingMonitor':
    case 'PerformanceMonitor':
    case 'QualityMonitor':
      return effectChart(read, member);
    default:
      return null;
  }
}

/** A member's name ends in its group, where it has one. */
function groupOf(name: string, prefix: string): string {
  return name.startsWith(`${prefix}/`) ? name.slice(prefix.length + 1) : '';
}

/** Reads the verdicts of one rule. */
interface VerdictReader {
  /** The newest of each subject. */
  latest(kind: string): Promise<VerdictRow[]>;
  /** Those of one subject over some windows, oldest first. */
  history(kind: string, subject: string, windowMs: number): Promise<VerdictRow[]>;
}

function reader({ verdicts }: Verdicts, incident: IncidentState, rule: string, end: number): VerdictReader {
  const { project } = incident.key;
  return {
    latest: (kind) => verdicts.latest(project, kind, { rule, since: end - DAY_MS }),
    history: (kind, subject, windowMs) => {
      const span = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, WINDOWS * windowMs));
      const from = Math.max(end - LONGEST_MS, Math.min(end - span, incident.openedAt - BEFORE_MS));
      return verdicts.history(project, { kind, rule, subject, range: { from, to: end }, limit: MOST_ROWS });
    },
  };
}

async function burnChart(
  read: VerdictReader,
  { rule, tier }: MemberState,
  group: string,
): Promise<SignalChart | null> {
  const newest = (await read.latest('SLO')).find(({ subject }) => subject === group);
  const longMs = newest === undefined ? 0 : tierWindow(newest, tier);
  const rows = await read.history('SLO', group, longMs);
  const burns = rows.map(({ windowEnd, tiers, tierLongBurns }): Point => [
    windowEnd,
    tierLongBurns[tiers.indexOf(tier)] ?? NaN,
  ]);
  const last = rows.at(-1);
  return chartOf(burns, {
    title: `${rule}: burn rate${longMs === 0 ? '' : ` over ${formatDuration(longMs)}`}`,
    unit: 'times the budget',
    threshold: last?.tierThresholds[last.tiers.indexOf(tier)] ?? null,
  });
}

/** Length of a tier's long window, ms; 0 where the verdict does not say. */
function tierWindow({ document }: VerdictRow, name: string): number {
  const verdict = JSON.parse(document) as { readonly tiers?: readonly { name: string; longMs?: number }[] };
  return verdict.tiers?.find((tier) => tier.name === name)?.longMs ?? 0;
}

async function valueChart(
  read: VerdictReader,
  { kind, rule }: MemberState,
  group: string,
): Promise<SignalChart | null> {
  const rows = await read.history(kind, group, 0);
  return chartOf(rows.map(statisticOf), {
    title: `${rule}${group === '' ? '' : ` (${group})`}`,
    unit: '',
    threshold: rows.findLast(({ threshold }) => threshold !== null)?.threshold ?? null,
  });
}

/** Of a monitor that looks at many things the one in alarm with the largest effect, in multiples of what matters. */
async function effectChart(read: VerdictReader, { kind, rule }: MemberState): Promise<SignalChart | null> {
  const size = ({ statistic, minimumEffect }: VerdictRow): number =>
    (statistic ?? 0) / Math.max(minimumEffect ?? 0, 1e-9);
  const alarms = (await read.latest(kind)).filter(({ state }) => state === 'alarm');
  const [worst] = alarms.sort((a, b) => size(b) - size(a));
  if (worst === undefined) {
    return null;
  }
  const rows = await read.history(kind, worst.subject, worst.windowEnd - worst.windowStart);
  const effect = (JSON.parse(worst.document) as { readonly effectName?: string }).effectName ?? '';
  return chartOf(rows.map(statisticOf), {
    title: `${rule}: ${worst.subject}`,
    unit: effect,
    threshold: worst.minimumEffect,
  });
}

type Point = readonly [at: number, value: number];

function statisticOf({ windowEnd, statistic }: VerdictRow): Point {
  return [windowEnd, statistic ?? NaN];
}

function chartOf(points: readonly Point[], about: Omit<SignalChart, 'points'>): SignalChart | null {
  const known = points.filter(([, value]) => Number.isFinite(value));
  return known.length < 2 ? null : { ...about, points: thinned(known) };
}

/** The highest of each stretch: a peak is what fired, and must not be lost between two points. */
function thinned(points: readonly Point[]): Point[] {
  const stride = Math.ceil(points.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(points.length / stride) }, (_, index) =>
    points
      .slice(index * stride, (index + 1) * stride)
      .reduce((highest, point) => (point[1] > highest[1] ? point : highest)),
  );
}
