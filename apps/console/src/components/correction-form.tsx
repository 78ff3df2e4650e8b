import { useState } from 'preact/hooks';
import { draftProblem, emptyDraft, REPEAT_WORDS, requestOf } from '../correction-draft.js';
import type { CorrectionDraft } from '../correction-draft.js';
import { CATEGORY_WORDS, EFFECT_WORDS } from '../slo-text.js';
import { useSending } from '../use-sending.js';
import { Field } from './field.js';
import { Icon } from './icon.js';

/** Takes a stretch of time out of an SLO. It opens on request, and closes when the correction has been made. */
export function CorrectionForm({ slo, onDone }: { slo: string; onDone: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      class="correction-add"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid="correction-form"
    >
      <summary>
        <Icon name="chevron" />
        Add a correction
      </summary>
      {open && (
        <Form
          slo={slo}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      )}
    </details>
  );
}

function Form({ slo, onDone }: { slo: string; onDone: () => void }) {
  const [draft, setDraft] = useState<CorrectionDraft>(() => emptyDraft(Date.now()));
  const { sending, problem, refuse, send } = useSending();
  const change = (part: Partial<CorrectionDraft>): void => {
    setDraft({ ...draft, ...part });
    refuse('');
  };
  const submit = (): void => {
    const wrong = draftProblem(draft);
    if (wrong !== null) {
      refuse(wrong);
      return;
    }
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    void send('POST', 'corrections', requestOf(draft, slo, timeZone)).then((done) => done && onDone());
  };
  return (
    <form
      class="correction-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Times draft={draft} onChange={change} />
      <Choices draft={draft} onChange={change} />
      <Why draft={draft} onChange={change} />
      <button type="submit" class="button button-primary" disabled={sending}>
        Add it
      </button>
      {problem !== '' && (
        <p class="form-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

interface PartProps {
  draft: CorrectionDraft;
  onChange: (part: Partial<CorrectionDraft>) => void;
}

function Why({ draft, onChange }: PartProps) {
  return (
    <>
      <Field name="Reason" wide>
        <input
          value={draft.reason}
          maxLength={1_000}
          placeholder="Database upgrade, announced on Monday"
          onInput={(event) => onChange({ reason: event.currentTarget.value })}
        />
      </Field>
      <label class="correction-scope">
        <input
          type="checkbox"
          checked={draft.everywhere}
          onChange={(event) => onChange({ everywhere: event.currentTarget.checked })}
        />
        for all SLOs
      </label>
    </>
  );
}

function Times({ draft, onChange }: PartProps) {
  return (
    <>
      <Field name="From (local time)">
        <input
          type="datetime-local"
          value={draft.from}
          onInput={(event) => onChange({ from: event.currentTarget.value })}
        />
      </Field>
      <Field name="To (local time)">
        <input
          type="datetime-local"
          value={draft.to}
          onInput={(event) => onChange({ to: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}

function Choices({ draft, onChange }: PartProps) {
  return (
    <>
      <Choice
        name="Happens"
        words={REPEAT_WORDS}
        value={draft.repeat}
        onChange={(repeat) => onChange({ repeat })}
      />
      <Choice
        name="Category"
        words={CATEGORY_WORDS}
        value={draft.category}
        onChange={(category) => onChange({ category })}
      />
      <Choice
        name="Events"
        words={EFFECT_WORDS}
        value={draft.effect}
        onChange={(effect) => onChange({ effect })}
      />
    </>
  );
}

function Choice<T extends string>(props: {
  name: string;
  words: Readonly<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <Field name={props.name}>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value as T)}>
        {(Object.entries(props.words) as [T, string][]).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}
