import type { TimeRange } from '@tidewatch/core';
import type { MonitorBaseline } from '@tidewatch/drift';
import type { CountedArm, CountQuery } from '@tidewatch/store';

/** Which versions or variants are looked at; absent for all. */
export type Arms = Pick<CountQuery, 'versions' | 'variants'>;

/**
 * Which versions or variants stand for the window and for the baseline, where a baseline asks for that.
 *
 * @param arms the versions and variants that have samples in a stretch of time
 */
export async function armsOf(
  arms: (range: TimeRange) => Promise<readonly CountedArm[]>,
  baseline: MonitorBaseline,
  { ranges, window }: { readonly ranges: readonly TimeRange[]; readonly window: TimeRange },
): Promise<{ readonly current: Arms; readonly reference: Arms }> {
  if (baseline.kind === 'concurrent') {
    const { variant: control } = baseline;
    const variants = new Set((await arms(window)).map(({ variant }) => variant));
    variants.delete(control);
    return { current: { variants: [...variants] }, reference: { variants: [control] } };
  }
  if (baseline.kind === 'previous-version') {
    const [newest] = [...(await arms(window))].sort((a, b) => b.rows - a.rows);
    const before = (await arms(ranges[0] ?? window)).filter(
      ({ version, firstAt }) => version !== newest?.version && firstAt < window.from,
    );
    const [previous] = before.sort((a, b) => b.lastAt - a.lastAt || b.firstAt - a.firstAt);
    return {
      current: { versions: newest === undefined ? [] : [newest.version] },
      reference: { versions: previous === undefined ? [] : [previous.version] },
    };
  }
  return { current: {}, reference: {} };
}
