/** How much time a model spends in one kind of operator. */
export interface OperatorTime {
  readonly operator: string;
  /** What it ran on, as ONNX Runtime names it: `CPUExecutionProvider`. */
  readonly provider: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the time of all operators, 0 to 1. */
  readonly share: number;
}

/** An event of the file that ONNX Runtime writes (the Trace Event Format of Chromium; times in microseconds). */
interface TraceEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/**
 * The operators of a profile, those that took most first.
 *
 * @param json what ONNX Runtime wrote
 * @param skippedRuns how many runs at the beginning do not count: the first are slower
 */
export function operatorTimes(json: string, skippedRuns: number): OperatorTime[] {
  const events = JSON.parse(json) as readonly TraceEvent[];
  const runs = events
    .filter(({ name }) => name === 'model_run')
    .map(({ ts = 0 }) => ts)
    .sort((a, b) => a - b);
  const from = runs[skippedRuns] ?? (skippedRuns === 0 ? 0 : Infinity);
  const times = new Map<
    string,
    { operator: string; provider: string; calls: number; milliseconds: number }
  >();
  for (const { cat, name = '', ts = 0, dur = 0, args = {} } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || ts < from) {
      continue;
    }
    const { op_name: operator = 'unknown', provider = 'unknown' } = args;
    const key = `${provider}/${operator}`;
    const time = times.get(key) ?? { operator, provider, calls: 0, milliseconds: 0 };
    times.set(key, { ...time, calls: time.calls + 1, milliseconds: time.milliseconds + dur / 1000 });
  }
  const total = [...times.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...times.values()]
    .map((time) => ({ ...time, share: total === 0 ? 0 : time.milliseconds / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
