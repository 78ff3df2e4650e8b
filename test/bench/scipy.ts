import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SCRIPT = `
import sys, time
import numpy as np
from scipy import stats
size, runs = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)
times = []
for _ in range(runs + 2):
    a, b = rng.normal(size=size), rng.normal(0.05, 1, size=size)
    start = time.perf_counter()
    stats.ks_2samp(a, b, method="asymp")
    times.append(time.perf_counter() - start)
print(sorted(times[2:])[runs // 2])
`;

/** Median seconds that scipy takes for two samples of `size` values; `null` where python3 has no scipy. */
export async function scipySeconds(size: number, runs: number): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', SCRIPT, String(size), String(runs)], {
      timeout: 60_000,
    });
    const seconds = Number(stdout);
    return seconds > 0 ? seconds : null;
  } catch {
    return null;
  }
}
