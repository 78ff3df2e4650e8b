import { formatDuration } from '@tidewatch/core';
import { evaluateCondition } from '../condition/evaluate-condition.js';
import type { MeasuredValue, MeasureRequest } from '../condition/measured-value.js';
import type { LevelName, MetricMonitor, MonitorLevel } from './metric-monitor.js';
import type { LevelVerdict, MetricMonitorVerdict } from './metric-monitor-verdict.js';

/** What a monitor is judged by. */
export interface MetricMonitorEvidence {
  readonly monitor: Pick<MetricMonitor, 'name' | 'everyMs' | 'levels' | 'page'>;
  /** `''` without group-by. */
  readonly group: string;
  /** End of all windows, ms. */
  readonly windowEnd: number;
  /** The value of each measure for this group; `null` for what could not be measured. */
  readonly valueOf: (request: MeasureRequest) => MeasuredValue | null;
  /** Whether an SLO of the same service, region and model burns its budget. */
  readonly sloBurning: boolean;
  /** The verdict before; `null` for the first. */
  readonly previous: MetricMonitorVerdict | null;
  /** Why nothing could be measured at all; absent when something was. */
  readonly error?: string;
}

/** After so many missed rounds nobody knows what was between two verdicts. */
const MISSED_ROUNDS = 3;
const SHORTEST_GAP_MS = 120_000;

/**
 * Judges a monitor for one group.
 *
 * A level becomes active when its condition has been seen to hold for its hold time, and stays active until the condition
 * is seen not to hold: missing data resolves nothing. Time without data does not count towards a hold, and does not begin
 * it anew. The most severe active level decides: `warn` is state `watch`, `ticket` and `page` are `alarm`.
 */
export function judgeMetricMonitor(evidence: MetricMonitorEvidence): MetricMonitorVerdict {
  const { monitor, group, windowEnd, previous, error } = evidence;
  const levels = monitor.levels.map((level) => judgeLevel(level, evidence));
  const { state, level } = stateOf(levels, error !== undefined);
  const condition = signalOf(state, levels);
  const severity =
    state !== 'alarm'
      ? ''
      : level === 'page' && (monitor.page === 'always' || evidence.sloBurning)
        ? 'page'
        : 'ticket';
  const verdict = { state, level, severity, levels } as const;
  return {
    monitor: monitor.name,
    group,
    windowEnd,
    ...verdict,
    since:
      previous !== null && previous.state === state && previous.level === level ? previous.since : windowEnd,
    condition,
    reason: error === undefined ? reasonOf(verdict) : `The metrics could not be read: ${error}`,
  };
}

function judgeLevel(
  { level, when, holdMs }: MonitorLevel,
  { monitor, valueOf, windowEnd, previous, error }: MetricMonitorEvidence,
): LevelVerdict {
  const { holds, text, comparisons } = evaluateCondition(when, error === undefined ? valueOf : () => null);
  const before = previous?.levels.find((each) => each.level === level);
  const about = { level, condition: holds, holdMs, text, comparisons };
  if (holds === false) {
    return { ...about, active: false, since: null, heldMs: 0 };
  }
  if (holds === null) {
    return {
      ...about,
      active: before?.active ?? false,
      since: before?.since ?? null,
      heldMs: before?.heldMs ?? 0,
    };
  }
  const passed = previous === null ? 0 : windowEnd - previous.windowEnd;
  const isGap = passed > Math.max(SHORTEST_GAP_MS, MISSED_ROUNDS * monitor.everyMs);
  const continues = before !== undefined && before.since !== null;
  const counted = continues && before.condition === true && !isGap && passed > 0 ? passed : 0;
  const heldMs = (continues ? before.heldMs : 0) + counted;
  return {
    ...about,
    active: (before?.active ?? false) || heldMs >= holdMs,
    since: continues ? before.since : windowEnd,
    heldMs,
  };
}

function stateOf(
  levels: readonly LevelVerdict[],
  failed: boolean,
): { readonly state: MetricMonitorVerdict['state']; readonly level: LevelName | null } {
  const active = levels.filter((each) => each.active);
  const level = active[0]?.level ?? null;
  if (failed) {
    return { state: 'error', level };
  }
  const alarms = active.filter((each) => each.level !== 'warn');
  if (alarms.some((each) => each.condition === true)) {
    return { state: 'alarm', level };
  }
  // An alarm whose end was not seen goes on, but nobody can say how things are.
  if (alarms.length > 0) {
    return { state: 'not-enough-data', level };
  }
  if (active.some((each) => each.condition === true)) {
    return { state: 'watch', level };
  }
  return { state: levels.some((each) => each.condition === null) ? 'not-enough-data' : 'ok', level };
}

function signalOf(
  state: MetricMonitorVerdict['state'],
  levels: readonly LevelVerdict[],
): MetricMonitorVerdict['condition'] {
  switch (state) {
    case 'alarm':
      return 'firing';
    case 'error':
    case 'not-enough-data':
      return 'unknown';
    case 'ok':
    case 'watch':
      return levels.some((each) => each.level !== 'warn' && each.condition === null) ? 'unknown' : 'ok';
  }
}

function reasonOf({
  state,
  level,
  severity,
  levels,
}: Pick<MetricMonitorVerdict, 'state' | 'level' | 'severity' | 'levels'>): string {
  const decisive = levels.find((each) => each.level === level);
  switch (state) {
    case 'alarm':
    case 'watch': {
      const sentences = decisive === undefined ? [] : [heldSentence(decisive)];
      return level === 'page' && severity === 'ticket'
        ? [...sentences, 'No SLO of the same service, region and model burns, so it is a ticket.'].join(' ')
        : sentences.join(' ');
    }
    case 'not-enough-data': {
      const unknown = levels.filter((each) => each.condition === null);
      const about = (unknown[0] ?? decisive)?.text ?? '';
      const goesOn =
        decisive?.active === true
          ? ` The ${decisive.level} of before goes on: missing data resolves nothing.`
          : '';
      return `Not enough data: ${about}.${goesOn}`;
    }
    case 'ok': {
      const pending = levels.find((each) => each.condition === true);
      return pending === undefined
        ? `No level holds: ${levels.at(-1)?.text ?? ''}.`
        : `Level ${pending.level} waits: it has held for ${formatDuration(pending.heldMs)} of ${formatDuration(pending.holdMs)}. Now ${pending.text}.`;
    }
    case 'error':
      return '';
  }
}

function heldSentence({ text, since, level, holdMs, condition }: LevelVerdict): string {
  const from = since === null ? '' : ` since ${new Date(since).toISOString().replace('.000Z', 'Z')}`;
  const hold = holdMs === 0 ? '' : ` (hold time ${formatDuration(holdMs)})`;
  return condition === null
    ? `Level ${level} holds${from}${hold} as far as is known: ${text}.`
    : `Level ${level} holds${from}${hold}: ${text}.`;
}
