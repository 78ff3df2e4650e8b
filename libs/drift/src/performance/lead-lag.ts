import { benjaminiHochberg, studentSurvival } from '@tidewatch/stats';
import { sampleCorrelation } from 'simple-statistics';

/** A value at a time. */
export interface TimedValue {
  readonly at: number;
  readonly value: number;
}

/** A drift signal over time: the effect of one test. */
export interface DriftSeries {
  readonly monitor: string;
  readonly subject: string;
  readonly title: string;
  readonly values: readonly TimedValue[];
}

/** A drift signal that went before a loss of performance. */
export interface LeadingSignal {
  readonly monitor: string;
  readonly subject: string;
  readonly title: string;
  /** How long before; 0 for at the same time. */
  readonly lagMs: number;
  /** Of the signal with the loss so much later; above 0. */
  readonly correlation: number;
  /** Pairs of windows. */
  readonly n: number;
  readonly pValue: number;
  /** Corrected for all signals and lags. */
  readonly pAdjusted: number;
}

const FEWEST_PAIRS = 8;

/**
 * Which drift signals preceded losses of performance: the correlation of each signal with the loss `k` steps later, for
 * every lag up to `lags`, and of each signal the lag with the largest one. The size of the sample is reduced by the memory
 * of both series, `n (1 - a b) / (1 + a b)` with their lag-1 autocorrelations (M. Bartlett 1935), so that two slow waves do
 * not pass for cause and effect; p-values are one-sided and corrected for all signals and lags (Benjamini and Hochberg).
 *
 * A correlation is no cause: the list says where to look first.
 *
 * @param losses by how much performance was worse than the baseline, per window
 * @param stepMs time between windows
 */
export function leadingSignals(
  losses: readonly TimedValue[],
  signals: readonly DriftSeries[],
  { stepMs, lags }: { readonly stepMs: number; readonly lags: number },
): LeadingSignal[] {
  const byStep = new Map(losses.map(({ at, value }) => [Math.round(at / stepMs), value]));
  const found = signals.flatMap(({ monitor, subject, title, values }) =>
    Array.from({ length: lags + 1 }, (_, lag) => {
      const pairs = values.flatMap(({ at, value }) => {
        const loss = byStep.get(Math.round(at / stepMs) + lag);
        return loss === undefined ? [] : [[value, loss] as const];
      });
      const result = correlate(pairs);
      return result === null ? [] : [{ monitor, subject, title, lagMs: lag * stepMs, ...result }];
    }).flat(),
  );
  const adjusted = benjaminiHochberg(found.map(({ pValue }) => pValue));
  const best = new Map<string, LeadingSignal>();
  found.forEach((each, index) => {
    const key = JSON.stringify([each.monitor, each.subject]);
    const known = best.get(key);
    if (each.correlation > 0 && (known === undefined || each.pValue < known.pValue)) {
      best.set(key, { ...each, pAdjusted: adjusted[index]! });
    }
  });
  return [...best.values()].sort((a, b) => a.pValue - b.pValue || b.correlation - a.correlation);
}

function correlate(
  pairs: readonly (readonly [number, number])[],
): Pick<LeadingSignal, 'correlation' | 'n' | 'pValue'> | null {
  const [x, y] = [pairs.map(([value]) => value), pairs.map(([, loss]) => loss)];
  if (pairs.length < FEWEST_PAIRS || isConstant(x) || isConstant(y)) {
    return null;
  }
  const correlation = Math.max(-1, Math.min(1, sampleCorrelation(x, y)));
  const memory = Math.max(0, lagOne(x) * lagOne(y));
  const size = (pairs.length * (1 - memory)) / (1 + memory);
  const freedom = Math.max(1, size - 2);
  const t = correlation * Math.sqrt(freedom / Math.max(1e-300, 1 - correlation ** 2));
  return { correlation, n: pairs.length, pValue: t > 0 ? studentSurvival(t, freedom) : 1 };
}

function lagOne(values: readonly number[]): number {
  const [before, after] = [values.slice(0, -1), values.slice(1)];
  return isConstant(before) || isConstant(after) ? 1 : sampleCorrelation(before, after);
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
