import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { actorName } from '../actor-name.js';
import { useSending } from '../use-sending.js';
import { Field } from './field.js';

interface CommandFormProps {
  incidentId: string;
  command: 'assign' | 'comment' | 'resolve';
  /** What the text is called, and whether there must be one. */
  field: { name: string; multiline: boolean; required: boolean; placeholder: string };
  /** What to know before sending; empty for nothing. */
  warning: string;
  button: string;
  onDone: () => void;
  onCancel: () => void;
}

/** Asks for what belongs to a command to an incident, and sends it. Escape takes it back. */
export function CommandForm(props: CommandFormProps) {
  const { incidentId, command, field, warning, button, onDone, onCancel } = props;
  const [text, setText] = useState('');
  const { sending, problem, send } = useSending();
  const input = useRef<HTMLElement>(null);
  useLayoutEffect(() => input.current?.focus(), [command]);
  const submit = async (): Promise<void> => {
    const by = actorName();
    const body = { text: text.trim(), ...(by === '' ? {} : { by }) };
    if (await send('POST', `incidents/${incidentId}/${command}`, body)) {
      onDone();
    }
  };
  const attributes = {
    value: text,
    maxLength: command === 'assign' ? 200 : 2_000,
    placeholder: field.placeholder,
    onInput: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
  };
  return (
    <form
      class="command-form"
      data-testid={`${command}-form`}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {warning !== '' && <p>{warning}</p>}
      <Field name={field.name} wide>
        {field.multiline ? (
          <textarea ref={input as { current: HTMLTextAreaElement | null }} {...attributes} />
        ) : (
          <input ref={input as { current: HTMLInputElement | null }} {...attributes} />
        )}
      </Field>
      <p class="form-buttons">
        <button
          type="submit"
          class="button button-primary"
          disabled={sending || (field.required && text.trim() === '')}
        >
          {button}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      </p>
      {problem !== '' && (
        <p class="form-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
