import { errorMessage } from '@tidewatch/core';
import {
  eventOf,
  explainSegments,
  variableId,
  type DriftMonitor,
  type DriftVerdict,
  type SegmentExplanation,
  type VariableComparison,
} from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { projectOfRule } from '../rule-project.js';
import { sourceOf } from './counted-streams.js';

/** Alarms of a run that are looked into: those with the largest effect. A scan reads the window's raw samples. */
const EXPLAINED = 3;

/** Adds to the alarms of a run the segments that carry them. A scan that fails leaves its alarm unexplained. */
export async function explainAlarms(
  { store, logger }: { readonly store: Pick<Store, 'segmentScan'>; readonly logger: Logger },
  monitor: DriftMonitor,
  verdicts: readonly DriftVerdict[],
  comparisons: readonly VariableComparison[],
): Promise<DriftVerdict[]> {
  const { scan } = monitor;
  if (scan === null) {
    return [...verdicts];
  }
  const size = ({ statistic, minimumEffect }: DriftVerdict): number =>
    (statistic ?? 0) / Math.max(minimumEffect, 1e-9);
  const alarms = verdicts
    .filter(({ state, segment, location }) => state === 'alarm' && segment === '' && location !== null)
    .sort((a, b) => size(b) - size(a))
    .slice(0, EXPLAINED);
  const explanations = new Map<string, SegmentExplanation>();
  for (const verdict of alarms) {
    const comparison = comparisons.find(
      ({ variable, segment }) => segment === '' && variableId(variable) === verdict.variable,
    );
    const event = comparison === undefined ? null : eventOf(comparison.grid, verdict.location, comparison);
    if (comparison === undefined || event === null) {
      continue;
    }
    try {
      const scanned = await store.segmentScan.scan(projectOfRule(monitor), {
        source: sourceOf(monitor),
        variable: verdict.variable,
        numeric: comparison.grid.type === 'numeric',
        event: event.event,
        range: verdict.window,
        floor: scan.floor,
      });
      explanations.set(verdict.subject, explainSegments(event, scanned, verdict.alpha));
    } catch (error) {
      logger.warn(
        { monitor: monitor.name, subject: verdict.subject, error: errorMessage(error) },
        'the segments behind an alarm could not be looked for',
      );
    }
  }
  return verdicts.map((verdict) => ({
    ...verdict,
    explanation: explanations.get(verdict.subject) ?? verdict.explanation,
  }));
}
