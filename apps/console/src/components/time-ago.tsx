import { useMoment } from '../clock.js';
import { formatAge, formatMoment, formatSpan } from '../format.js';

/** The age of a moment of the server's clock, moving by itself; the exact time is its tooltip. */
export function TimeAgo({ at, as = 'age' }: { at: number; as?: 'age' | 'span' }) {
  const { server } = useMoment();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {as === 'age' ? formatAge(at, server) : formatSpan(server - at)}
    </time>
  );
}
