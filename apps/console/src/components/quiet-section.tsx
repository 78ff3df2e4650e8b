import { useState } from 'preact/hooks';
import type { QuietList, QuietView } from '../alerting-view.js';
import { useMoment } from '../clock.js';
import { heldText } from '../delivery-text.js';
import { formatQuantity } from '../format.js';
import { leftText, quietWord } from '../incident-text.js';
import { incidentHref } from '../links.js';
import { useReadOften } from '../read-often.js';
import { REFRESH_EVERY_MS } from '../refresh.js';
import { useSending } from '../use-sending.js';
import { EmptyNote } from './empty-note.js';
import { Icon } from './icon.js';
import { Section } from './section.js';
import { SilenceForm } from './silence-form.js';

/** What is quiet now, what it holds back and until when; and a way to make and end silences. */
export function QuietSection() {
  const { view, problem, again } = useReadOften<QuietList>('suppressions', REFRESH_EVERY_MS);
  const items = view?.items ?? [];
  return (
    <Section
      id="quiet"
      title="Quiet now"
      note={items.length === 0 ? '' : formatQuantity(items.length, 'suppression')}
      hint="What was opened is closed also while it is quiet; openings are held back and counted."
    >
      {view === null ? (
        <EmptyNote icon={problem === null ? 'pending' : 'error'}>
          {problem === null ? 'Reading' : `What is quiet cannot be shown: ${problem}`}
        </EmptyNote>
      ) : items.length === 0 ? (
        <EmptyNote icon="ok">Nothing is kept quiet: every rule that fires is heard.</EmptyNote>
      ) : (
        <ul class="panel rows-list" data-testid="quiet">
          {items.map((quiet) => (
            <Suppression key={`${quiet.kind} ${quiet.id}`} quiet={quiet} onDone={again} />
          ))}
        </ul>
      )}
      <AddSilence onDone={again} />
    </Section>
  );
}

function Suppression({ quiet, onDone }: { quiet: QuietView; onDone: () => void }) {
  const { server } = useMoment();
  const { sending, problem, send } = useSending();
  // Silences of rule files end with their file.
  const canEnd = quiet.kind === 'silence' && !quiet.id.startsWith('rules/');
  const end = async (): Promise<void> => {
    if (await send('DELETE', `silences/${encodeURIComponent(quiet.id)}`)) {
      onDone();
    }
  };
  return (
    <li class="row-item">
      <Icon name="quiet" />
      <div>
        <p>
          <b>{quietWord(quiet.kind)}</b> {quiet.reason}{' '}
          <span class="quiet nowrap">{leftText(quiet.until, server)}</span>
        </p>
        <p class="quiet">
          {quiet.matchers !== '' && (
            <>
              <code>{quiet.matchers}</code>,{' '}
            </>
          )}
          {heldText(quiet)}
          {quiet.members.map((held) => (
            <span key={`${held.incidentId} ${held.member}`} class="held">
              <a href={incidentHref(held.incidentId)}>{held.member}</a> ({held.severity})
            </span>
          ))}
        </p>
        {problem !== '' && (
          <p class="form-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {canEnd && (
        <button
          type="button"
          class="button button-small"
          disabled={sending}
          aria-label={`End the silence: ${quiet.reason}`}
          onClick={() => void end()}
        >
          End it
        </button>
      )}
    </li>
  );
}

function AddSilence({ onDone }: { onDone: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      class="disclosure"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid="add-silence"
    >
      <summary>
        <Icon name="chevron" />
        Add a silence
      </summary>
      {open && (
        <div class="panel part">
          <SilenceForm
            incident={null}
            onDone={() => {
              setOpen(false);
              onDone();
            }}
            onCancel={() => setOpen(false)}
          />
        </div>
      )}
    </details>
  );
}
