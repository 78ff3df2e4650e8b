import { useMoment } from '../clock.js';
import { formatMoment, formatSpan } from '../format.js';
import type { Connection } from '../snapshot.js';
import { Icon } from './icon.js';

interface ConnectionBannerProps {
  connection: Connection;
  readAt: number | null;
  /** False while something on the page has never been read. */
  complete: boolean;
  dueAt: number | null;
  onRetry: () => void;
}

/** Says that the page shows old data, how old it is, and when the next attempt follows. */
export function ConnectionBanner({ connection, readAt, complete, dueAt, onRetry }: ConnectionBannerProps) {
  const { browser } = useMoment();
  if (connection.kind !== 'unreachable' && connection.kind !== 'partial') {
    return null;
  }
  const away = connection.kind === 'unreachable';
  const title = away
    ? 'The Tidewatch server cannot be reached'
    : `Could not read ${connection.failed.join(' and ')}`;
  const age =
    readAt === null
      ? 'Nothing has been read since this page was opened.'
      : complete
        ? `Showing the last data received, ${formatSpan(browser - readAt)} old.`
        : 'Part of the page stays empty until it can be read.';
  const wait =
    dueAt === null ? 'Trying now.' : `Next attempt in ${formatSpan(Math.max(1_000, dueAt - browser))}.`;
  return (
    <div class={`banner ${away ? 'tone-critical' : 'tone-warning'}`} data-testid="connection-banner">
      <Icon name="offline" />
      <div class="banner-text">
        {/* Only the title is announced: the ages below it change every second. */}
        <p class="banner-title" role="alert">
          {title}
        </p>
        <p title={readAt === null ? undefined : formatMoment(readAt)}>
          {!away && `${connection.reason}. `}
          {age} {wait}
        </p>
      </div>
      <button type="button" class="button" onClick={onRetry}>
        <Icon name="retry" />
        Try now
      </button>
    </div>
  );
}
