import type { Tone } from '../overall.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

/** A state as pictogram and word; the colour only repeats them. */
export function Badge({ tone, icon, label }: { tone: Tone; icon: IconName; label: string }) {
  return (
    <span class={`badge tone-${tone}`}>
      <Icon name={icon} />
      {label}
    </span>
  );
}
