import type { EncoderState } from '../encoder-view.js';
import type { Tone } from '../overall.js';
import { Badge } from './badge.js';
import type { IconName } from './icon.js';

const LOOKS: Readonly<Record<EncoderState, { tone: Tone; icon: IconName; label: string }>> = {
  ready: { tone: 'ok', icon: 'ok', label: 'Ready' },
  starting: { tone: 'muted', icon: 'pending', label: 'Starting' },
  failed: { tone: 'critical', icon: 'error', label: 'Failed' },
  closed: { tone: 'muted', icon: 'no-data', label: 'Not running here' },
};

/** The state of an encoder. */
export function EncoderBadge({ state }: { state: EncoderState }) {
  return <Badge {...LOOKS[state]} />;
}
