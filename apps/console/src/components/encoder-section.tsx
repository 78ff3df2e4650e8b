import { backlogStall, hasEncoders } from '../encoder-text.js';
import type { EncoderPage } from '../encoder-view.js';
import { formatBytes, formatQuantity } from '../format.js';
import { sortEncoders } from '../ordering.js';
import { EncoderRow } from './encoder-row.js';
import { Section } from './section.js';
import { TimeAgo } from './time-ago.js';

/** Every encoder and what waits for them; nothing where no raw inputs are encoded. */
export function EncoderSection({ page: { items, backlog } }: { page: EncoderPage }) {
  if (!hasEncoders(items, backlog)) {
    return null;
  }
  const failed = items.filter(({ state }) => state === 'failed').length;
  const count = formatQuantity(items.length, 'encoder');
  return (
    <Section
      id="encoders"
      title="Encoders"
      note={failed > 0 ? `${count}, ${failed} failed` : count}
      hint="Raw inputs become vectors here and are then dropped, but for the share that a rule keeps."
    >
      <div class="panel">
        {items.length > 0 && (
          <ul>
            {sortEncoders(items).map((encoder) => (
              <EncoderRow key={encoder.name} encoder={encoder} />
            ))}
          </ul>
        )}
        <Backlog page={{ items, backlog }} />
      </div>
    </Section>
  );
}

function Backlog({ page: { items, backlog } }: { page: Pick<EncoderPage, 'items' | 'backlog'> }) {
  const stall = backlogStall(items, backlog);
  return (
    <p class="encoder-backlog" data-testid="encoder-backlog">
      <span class="subject-name">Backlog</span>{' '}
      {backlog.rows === 0 ? (
        'nothing waits to be encoded'
      ) : (
        <>
          <b>{formatQuantity(backlog.rows, 'input')}</b> ({formatBytes(backlog.bytes)})
          {backlog.oldestAt !== null && (
            <>
              , the oldest waits for <TimeAgo at={backlog.oldestAt} as="span" />
            </>
          )}
        </>
      )}
      {stall !== '' && <span class="fact-warning">. {stall}</span>}
    </p>
  );
}
