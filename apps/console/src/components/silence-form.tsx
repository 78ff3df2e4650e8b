import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useMoment } from '../clock.js';
import type { IncidentView } from '../incident-view.js';
import {
  SILENCE_LABELS,
  SILENCE_LENGTHS,
  silenceDraft,
  silenceEnd,
  silenceProblem,
  silenceRequest,
} from '../silence-draft.js';
import type { SilenceDraft } from '../silence-draft.js';
import { useSending } from '../use-sending.js';
import { Field } from './field.js';

const LABEL_WORDS: Readonly<Record<(typeof SILENCE_LABELS)[number], string>> = {
  service: 'Service',
  region: 'Region',
  model: 'Model',
  rule: 'Rule',
  severity: 'Severity',
};

interface SilenceFormProps {
  /** What it is about at first; `null` for nothing. */
  incident: IncidentView | null;
  onDone: () => void;
  onCancel: () => void;
}

/** Makes a silence. What is left empty matches everything. */
export function SilenceForm({ incident, onDone, onCancel }: SilenceFormProps) {
  const [draft, setDraft] = useState<SilenceDraft>(() => silenceDraft(incident));
  const { sending, problem, refuse, send } = useSending();
  const { server } = useMoment();
  const comment = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => comment.current?.focus(), []);
  const change = (part: Partial<SilenceDraft>): void => {
    setDraft({ ...draft, ...part });
    refuse('');
  };
  const submit = async (): Promise<void> => {
    const wrong = silenceProblem(draft);
    if (wrong !== null) {
      refuse(wrong);
      return;
    }
    if (await send('POST', 'silences', silenceRequest(draft, server))) {
      onDone();
    }
  };
  return (
    <form
      class="silence-form"
      noValidate
      data-testid="silence-form"
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Labels draft={draft} onChange={change} />
      <Length hours={draft.hours} onChange={(hours) => change({ hours })} />
      <Field name="Why" wide>
        <input
          ref={comment}
          value={draft.comment}
          maxLength={1_000}
          placeholder="Load test, announced on Monday"
          onInput={(event) => change({ comment: event.currentTarget.value })}
        />
      </Field>
      <p class="form-buttons">
        <button type="submit" class="button button-primary" disabled={sending}>
          Keep it quiet
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <span class="quiet">{silenceEnd(draft, server)}; what was opened is still closed</span>
      </p>
      {problem !== '' && (
        <p class="form-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

function Length({ hours: chosen, onChange }: { hours: string; onChange: (hours: string) => void }) {
  return (
    <Field name="Lasts">
      <select value={chosen} onChange={(event) => onChange(event.currentTarget.value)}>
        {SILENCE_LENGTHS.map(([hours, words]) => (
          <option key={hours} value={hours}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Labels(props: { draft: SilenceDraft; onChange: (part: Partial<SilenceDraft>) => void }) {
  const { labels } = props.draft;
  return (
    <>
      {SILENCE_LABELS.map((label) => (
        <Field key={label} name={LABEL_WORDS[label]}>
          {label === 'severity' ? (
            <select
              value={labels.severity}
              onChange={(event) =>
                props.onChange({ labels: { ...labels, severity: event.currentTarget.value } })
              }
            >
              <option value="">any</option>
              <option value="page">page</option>
              <option value="ticket">ticket</option>
            </select>
          ) : (
            <input
              value={labels[label]}
              placeholder="any"
              onInput={(event) =>
                props.onChange({ labels: { ...labels, [label]: event.currentTarget.value } })
              }
            />
          )}
        </Field>
      ))}
    </>
  );
}
