import type { MonitorState } from '../api.js';
import type { Tone } from '../overall.js';
import { Badge } from './badge.js';
import type { IconName } from './icon.js';

const LOOKS: Readonly<Record<MonitorState, { tone: Tone; icon: IconName; label: string }>> = {
  alarm: { tone: 'warning', icon: 'drift', label: 'Alarm' },
  watch: { tone: 'warning', icon: 'watch', label: 'Watch' },
  ok: { tone: 'ok', icon: 'ok', label: 'OK' },
  'not-enough-data': { tone: 'muted', icon: 'no-data', label: 'Not enough data' },
  error: { tone: 'critical', icon: 'error', label: 'Error' },
};

/** The state of a monitor or of one verdict. A monitor that has never run says so. */
export function StateBadge({ state, judged = true }: { state: MonitorState; judged?: boolean }) {
  if (!judged) {
    return <Badge tone="muted" icon="pending" label="Not judged yet" />;
  }
  const { tone, icon, label } = LOOKS[state];
  return <Badge tone={tone} icon={icon} label={label} />;
}
