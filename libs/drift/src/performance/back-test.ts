/** An estimate of accuracy beside what labels said later. */
export interface BackTestedWindow {
  readonly from: number;
  readonly to: number;
  readonly estimated: number;
  readonly low: number;
  readonly high: number;
  readonly realised: number;
}

/** How good estimates were. */
export interface BackTest {
  readonly windows: readonly BackTestedWindow[];
  /** Mean distance between estimate and truth; `null` without windows, as is the next. */
  readonly meanError: number | null;
  /** Share of the windows whose truth lay within the interval. */
  readonly covered: number | null;
}

/** Estimates of windows whose labels have come, compared with them. */
export function backTest(windows: readonly BackTestedWindow[]): BackTest {
  if (windows.length === 0) {
    return { windows, meanError: null, covered: null };
  }
  const errors = windows.map(({ estimated, realised }) => Math.abs(estimated - realised));
  const within = windows.filter(({ low, high, realised }) => low <= realised && realised <= high);
  return {
    windows,
    meanError: errors.reduce((sum, error) => sum + error, 0) / windows.length,
    covered: within.length / windows.length,
  };
}
