import type { Overall, Tone } from '../overall.js';
import type { Connection } from '../snapshot.js';
import { formatClock } from '../format.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { Logo } from './logo.js';

const TONE_ICONS: Readonly<Record<Tone, IconName>> = {
  critical: 'page',
  warning: 'ticket',
  ok: 'ok',
  muted: 'pending',
};
const LINK_WORDS: Readonly<Record<Connection['kind'], string>> = {
  starting: 'Connecting',
  live: 'Live',
  partial: 'Partly live',
  unreachable: 'Offline',
  unauthorized: 'Locked',
};

/** Product name, overall state and how fresh it is. */
export function Header(props: { overall: Overall; connection: Connection; readAt: number | null }) {
  const { overall, connection, readAt } = props;
  return (
    <header class="header">
      <div class="header-inner">
        <h1 class="brand">
          <Logo />
          Tidewatch
        </h1>
        <div class={`overall tone-${overall.tone}`} role="status">
          <Icon name={TONE_ICONS[overall.tone]} />
          <p>
            <strong data-testid="overall-state">{overall.headline}</strong>
            {overall.caveat !== '' && <span class="overall-caveat">{overall.caveat}</span>}
          </p>
        </div>
        <p class={`live live-${connection.kind}`}>
          <span class="live-dot" aria-hidden="true" />
          <span class="live-word">{LINK_WORDS[connection.kind]}</span>
          {readAt !== null && (
            <span class="live-time">
              {'as of '}
              <time dateTime={new Date(readAt).toISOString()} data-testid="refreshed-at">
                {formatClock(readAt)}
              </time>
            </span>
          )}
        </p>
      </div>
    </header>
  );
}
