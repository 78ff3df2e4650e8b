import type { ActionView } from '../alerting-view.js';
import { actorName } from '../actor-name.js';
import type { ListOf } from '../api.js';
import { actionTitle, waitingActions } from '../delivery-text.js';
import { formatQuantity } from '../format.js';
import { incidentHref } from '../links.js';
import { useReadOften } from '../read-often.js';
import { REFRESH_EVERY_MS } from '../refresh.js';
import { useSending } from '../use-sending.js';
import { Icon } from './icon.js';
import { Section } from './section.js';
import { TimeAgo } from './time-ago.js';

/** Actions that wait for somebody to agree; nothing while none does. */
export function ApprovalSection() {
  const { view, again } = useReadOften<ListOf<ActionView>>('actions?status=requested', REFRESH_EVERY_MS);
  const waiting = waitingActions(view?.items ?? []);
  if (waiting.length === 0) {
    return null;
  }
  return (
    <Section
      id="approvals"
      title="Waiting for approval"
      note={formatQuantity(waiting.length, 'action')}
      hint="Nothing is done before somebody agrees."
    >
      <ul class="panel rows-list" data-testid="approvals">
        {waiting.map((action) => (
          <Approval key={action.id} action={action} onDone={again} />
        ))}
      </ul>
    </Section>
  );
}

function Approval({ action, onDone }: { action: ActionView; onDone: () => void }) {
  const { sending, problem, send } = useSending();
  const decide = async (verdict: 'approve' | 'reject'): Promise<void> => {
    const by = actorName();
    if (await send('POST', `actions/${encodeURIComponent(action.id)}/${verdict}`, by === '' ? {} : { by })) {
      onDone();
    }
  };
  const title = actionTitle(action);
  return (
    <li class="row-item">
      <Icon name="pending" />
      <div>
        <p>
          <b>{title}</b>{' '}
          <span class="quiet">
            by {action.receiver}, asked for <TimeAgo at={action.requestedAt} />,{' '}
            <a href={incidentHref(action.incidentId)}>for this incident</a>
          </span>
        </p>
        <details class="member-numbers">
          <summary>
            <Icon name="chevron" />
            What is sent
          </summary>
          <pre class="payload">{JSON.stringify(action.body, null, 2)}</pre>
        </details>
        {problem !== '' && (
          <p class="form-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      <p class="form-buttons">
        <button
          type="button"
          class="button button-primary"
          disabled={sending}
          aria-label={`Approve: ${title}`}
          onClick={() => void decide('approve')}
        >
          Approve
        </button>
        <button
          type="button"
          class="button"
          disabled={sending}
          aria-label={`Reject: ${title}`}
          onClick={() => void decide('reject')}
        >
          Reject
        </button>
      </p>
    </li>
  );
}
