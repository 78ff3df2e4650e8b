import { useState } from 'preact/hooks';
import { correctionTimes, correctionTitle } from '../correction-draft.js';
import { formatMoment } from '../format.js';
import type { CorrectionView } from '../slo-detail-view.js';
import { useSending } from '../use-sending.js';

const SHOWN_AT_FIRST = 5;

interface CorrectionListProps {
  corrections: readonly CorrectionView[];
  /** Called when one has been withdrawn. */
  onChange: () => void;
}

/** The corrections of an SLO, newest first. Those that hold can be withdrawn. */
export function CorrectionList({ corrections, onChange }: CorrectionListProps) {
  const [expanded, setExpanded] = useState(false);
  if (corrections.length === 0) {
    return <p class="note">None: all that was counted counts.</p>;
  }
  const shown = expanded ? corrections : corrections.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul class="corrections" data-testid="corrections">
        {shown.map((correction) => (
          <CorrectionRow key={correction.id} correction={correction} onChange={onChange} />
        ))}
      </ul>
      {corrections.length > SHOWN_AT_FIRST && (
        <p class="list-foot">
          <span>
            showing {shown.length} of {corrections.length}
          </span>
          <button
            type="button"
            class="button"
            aria-expanded={expanded}
            onClick={() => setExpanded(!expanded)}
          >
            {expanded ? 'Show fewer' : 'Show all'}
          </button>
        </p>
      )}
    </>
  );
}

function CorrectionRow({ correction, onChange }: { correction: CorrectionView; onChange: () => void }) {
  const [asked, setAsked] = useState(false);
  const { slos, reason, actor, createdAt, withdrawnAt } = correction;
  return (
    <li class={`correction${withdrawnAt === null ? '' : ' is-withdrawn'}`}>
      <p class="correction-line">
        <b>{correctionTimes(correction)}</b>
        <span>{correctionTitle(correction)}</span>
        {slos.length === 0 && <span class="quiet">all SLOs</span>}
      </p>
      <p>{reason}</p>
      <p class="correction-line quiet">
        <span title={formatMoment(createdAt)}>by {actor === '' ? 'anonymous' : actor}</span>
        {withdrawnAt !== null && <span title={formatMoment(withdrawnAt)}>withdrawn</span>}
        {withdrawnAt === null && !asked && (
          <button type="button" class="button button-small" onClick={() => setAsked(true)}>
            Withdraw
          </button>
        )}
      </p>
      {withdrawnAt === null && asked && (
        <WithdrawForm id={correction.id} onDone={onChange} onCancel={() => setAsked(false)} />
      )}
    </li>
  );
}

function WithdrawForm(props: { id: string; onDone: () => void; onCancel: () => void }) {
  const [reason, setReason] = useState('');
  const { sending, problem, send } = useSending();
  const withdraw = async (): Promise<void> => {
    const path = `corrections/${encodeURIComponent(props.id)}?reason=${encodeURIComponent(reason)}`;
    if (await send('DELETE', path)) {
      props.onDone();
    }
  };
  return (
    <form
      class="withdraw-form"
      onSubmit={(event) => {
        event.preventDefault();
        void withdraw();
      }}
    >
      <label>
        Why is it withdrawn?
        <input
          required
          maxLength={1_000}
          value={reason}
          ref={(input) => input?.focus()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={sending || reason.trim() === ''}>
        Withdraw
      </button>
      <button type="button" class="button" onClick={props.onCancel}>
        Keep it
      </button>
      {problem !== '' && (
        <p class="form-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
