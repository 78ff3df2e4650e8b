import { floorTime, formatDuration } from '@tidewatch/core';
import type { HealthNote } from '@tidewatch/slo';
import type { SliceRow, Store, WindowSum } from '@tidewatch/store';
import { groupBy } from './group-by.js';
import { constantBurn, sparseSlices } from './slo-symptoms.js';
import type { ProjectSlos } from './project-slos.js';
import { faultWords } from './slo-ledger.js';
import type { SloState } from './slo-state.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What can only be told from history is looked at this often. */
const EVERY_MS = 300_000;
/** An objective of which nothing was ever spent in this time protects nobody. */
const NEVER_BURNED_MS = 90 * DAY;

/** Silence of so long is more than a quiet night. */
const VANISHED_MS = 6 * HOUR;

/** What history says about an SLO. */
interface Symptoms {
  readonly notes: readonly HealthNote[];
}

/** Looks for what is wrong with SLOs themselves: selectors that count the wrong things, objectives that cannot be missed, data that left. */
export class SelfChecks {
  private readonly store: Pick<Store, 'sloSlices'>;
  private readonly checkedAt = new Map<string, number>();
  private readonly symptoms = new WeakMap<SloState, Symptoms>();

  constructor(store: Pick<Store, 'sloSlices'>) {
    this.store = store;
  }

  /** Looks at the history of the SLOs of a project, when it is time to. */
  async run(project: string, known: readonly SloState[], now: number): Promise<void> {
    if (now - (this.checkedAt.get(project) ?? 0) < EVERY_MS || known.length === 0) {
      return;
    }
    this.checkedAt.set(project, now);
    const slos = known.flatMap(({ keys }) => keys);
    const to = floorTime(now, HOUR);
    const windows = [
      { from: to - NEVER_BURNED_MS, to },
      { from: to - NEVER_BURNED_MS - DAY, to: to - NEVER_BURNED_MS },
    ];
    const [rows, sums] = await Promise.all([
      this.store.sloSlices.spans(
        project,
        [
          { resolution: HOUR, range: { from: to - DAY, to } },
          { resolution: MINUTE, range: { from: now - HOUR, to: now } },
        ],
        { slos, group: '' },
      ),
      this.store.sloSlices.sums(project, { slos, group: '', windows, ages: { now, hoursUntil: to - HOUR } }),
    ]);
    const byKey = groupBy(rows, ({ slo }) => slo);
    for (const state of known) {
      const own = state.keys.flatMap((key) => byKey.get(key) ?? []);
      const long = state.keys.map((key) => sums.get(key)?.get('') ?? []);
      this.symptoms.set(state, { notes: symptomsOf(state, own, long, now) });
    }
  }

  /** Everything that is known to be odd about an SLO at present. */
  notesOf(state: SloState, project: Pick<ProjectSlos, 'openShare' | 'missingMetrics'>): HealthNote[] {
    return [
      ...noSeries(project.missingMetrics(state.slo)),
      ...contradiction(state),
      ...offEdge(state, project.openShare(state.slo)),
      ...overflow(state),
      ...backfilling(state),
      ...(this.symptoms.get(state)?.notes ?? []),
    ];
  }
}

function noSeries(metrics: readonly string[]): HealthNote[] {
  return metrics.length === 0
    ? []
    : [
        {
          code: 'no-series',
          message: `no series of ${[...new Set(metrics)].join(' and ')} matches; compare the labels in match with those that GET /api/v1/metrics lists`,
        },
      ];
}

function contradiction(state: SloState): HealthNote[] {
  const lately = state.contradictedAt > state.end - HOUR;
  const odd = state.groups().some((group) => {
    const { period } = state.evidence(group);
    return period.counts.some(({ good, total }) => good > total);
  });
  return odd || lately
    ? [
        {
          code: 'good-over-total',
          message: 'more good events than events were counted: good and total do not count the same things',
        },
      ]
    : [];
}

function offEdge(state: SloState, open: { astride: number; total: number } | undefined): HealthNote[] {
  if (open === undefined || open.astride === 0 || open.total === 0) {
    return [];
  }
  const sli = state.slo.members.map((member) => member.sli).find(({ kind }) => kind === 'latency');
  const share = `${((open.astride / open.total) * 100).toPrecision(3)} %`;
  return [
    {
      code: 'threshold-off-edge',
      message: `the threshold${sli?.kind === 'latency' ? ` of ${sli.threshold}` : ''} lies inside a bucket: lately ${share} of the measurements are in it and count as bad, so the true share of good ones may be up to that much higher; choose a bucket's edge`,
    },
  ];
}

function overflow({ registry, slo }: SloState): HealthNote[] {
  return registry.overflow === 0
    ? []
    : [
        {
          code: 'group-overflow',
          message: `${registry.overflow} groups beyond the limit of ${slo.groupBy?.limit ?? 0} are judged together; raise the limit in tidewatch.dev/group-by (at most 500), or group by fewer labels`,
        },
      ];
}

function backfilling(state: SloState): HealthNote[] {
  const from = state.neededFrom(state.end);
  // The last hour of the period may lie a little before the first that is counted whole.
  return state.countedFrom <= from + HOUR
    ? []
    : [
        {
          code: 'backfilling',
          message: `history is being counted: the last ${formatDuration(floorTime(state.end - state.countedFrom, 60_000))} so far${
            state.historyFault === null ? '' : `; further back it fails: ${faultWords(state.historyFault)}`
          }`,
        },
      ];
}

/** @param long per part the sums of 90 days, and of the day before them */
function symptomsOf(
  state: SloState,
  rows: readonly SliceRow[],
  long: readonly (readonly WindowSum[])[],
  now: number,
): HealthNote[] {
  const hours = rows.filter(({ resolution }) => resolution === HOUR);
  const total = long.reduce((sum, [days]) => sum + (days?.total ?? 0), 0);
  const bad = long.reduce((sum, [days]) => sum + (days?.total ?? 0) - (days?.good ?? 0), 0);
  const older = long.some(([, before]) => (before?.total ?? 0) > 0);
  const notes: HealthNote[] = [];
  if (total > 0 && bad === 0 && older) {
    notes.push({
      code: 'never-burned',
      message: 'not one bad event in 90 days: the objective protects nobody, or bad events are not counted',
    });
  }
  const constant = constantBurn(hours);
  if (constant !== null) {
    notes.push({
      code: 'constant-burn',
      message: `${(constant * 100).toPrecision(3)} % of the events were bad in each of the last 24 hours, hardly varying: something is always counted as bad`,
    });
  }
  const seen = rows.filter((row) => row.total > 0).map(({ start, resolution }) => start + resolution);
  const silentMs = Math.min(DAY, now - Math.max(0, ...seen));
  if (total > 0 && silentMs > VANISHED_MS) {
    const silence = silentMs >= DAY ? 'a day or more' : formatDuration(floorTime(silentMs, HOUR));
    notes.push({
      code: 'series-vanished',
      message: `no events for ${silence}, although there were some before: was a metric or label renamed?`,
    });
  }
  const sparse = sparseSlices(state.slo.budgeting, rows, now);
  if (sparse !== null) {
    notes.push({
      code: 'slice-too-short',
      message: `only ${sparse.filled} of ${sparse.slices} time slices of the last hour hold data: slices are shorter than the interval in which data is reported; make timeSliceWindow longer`,
    });
  }
  return notes;
}
