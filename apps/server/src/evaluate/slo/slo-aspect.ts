import type { Aspect } from '@tidewatch/alerts';
import type { Sli, SloDefinition } from '@tidewatch/slo';

/**
 * What an SLO is about: what users feel, unless its indicator says otherwise. One that waits for labels is about accuracy,
 * and one over the verdicts of a monitor is about what that monitor looks at.
 *
 * @param kindOf kind of the monitor of a name; `undefined` for one that is not known
 */
export function sloAspect(
  { members }: Pick<SloDefinition, 'members'>,
  kindOf: (monitor: string) => string | undefined,
): Aspect {
  const [first, ...others] = members.map(({ sli }) => sliAspect(sli, kindOf));
  // A composite of several things is about none of them alone.
  return first !== undefined && others.every((other) => other === first) ? first : 'availability';
}

function sliAspect(sli: Sli, kindOf: (monitor: string) => string | undefined): Aspect {
  switch (sli.kind) {
    case 'predictions':
    case 'sample-mean':
      return sli.labelDelayMs > 0 ? 'accuracy' : 'availability';
    case 'verdicts':
      return MONITOR_ASPECTS[kindOf(sli.monitor) ?? ''] ?? 'availability';
    case 'ratio':
    case 'latency':
    case 'gauge':
    case 'spans':
    case 'logs':
    case 'sql':
    case 'foreign':
      return 'availability';
  }
}

const MONITOR_ASPECTS: Readonly<Record<string, Aspect>> = {
  PerformanceMonitor: 'accuracy',
  QualityMonitor: 'data-quality',
  DriftMonitor: 'inputs',
  EmbeddingMonitor: 'inputs',
};
