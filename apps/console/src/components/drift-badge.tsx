import type { DriftState } from '../api.js';
import type { Tone } from '../overall.js';
import { Badge } from './badge.js';
import type { IconName } from './icon.js';

const LOOKS: Readonly<Record<DriftState, { tone: Tone; icon: IconName; label: string }>> = {
  alarm: { tone: 'warning', icon: 'drift', label: 'Drifting' },
  watch: { tone: 'warning', icon: 'watch', label: 'Watch' },
  ok: { tone: 'ok', icon: 'ok', label: 'OK' },
  'not-enough-data': { tone: 'muted', icon: 'no-data', label: 'Not enough data' },
  error: { tone: 'critical', icon: 'error', label: 'Error' },
};

/** The state of a monitor or of one feature. A monitor that has never run says so. */
export function DriftBadge({ state, judged = true }: { state: DriftState; judged?: boolean }) {
  if (!judged) {
    return <Badge tone="muted" icon="pending" label="Not judged yet" />;
  }
  const { tone, icon, label } = LOOKS[state];
  return <Badge tone={tone} icon={icon} label={label} />;
}
