import { useRef, useState } from 'preact/hooks';
import { actorName, keepActorName } from '../actor-name.js';
import type { IncidentView } from '../incident-view.js';
import { AcknowledgeButton } from './acknowledge-button.js';
import { CommandForm } from './command-form.js';
import { Icon } from './icon.js';
import { SilenceForm } from './silence-form.js';

type Asked = 'assign' | 'comment' | 'silence' | 'resolve';

const WORDS: Readonly<Record<Asked, string>> = {
  assign: 'Assign to…',
  comment: 'Comment',
  silence: 'Silence…',
  resolve: 'Resolve',
};

const FORMS = {
  assign: {
    field: {
      name: 'Who works on it (empty: nobody)',
      multiline: false,
      required: false,
      placeholder: 'A name or an address',
    },
    warning: '',
    button: 'Assign',
  },
  comment: {
    field: {
      name: 'Comment',
      multiline: true,
      required: true,
      placeholder: 'What you found, or what you did',
    },
    warning: '',
    button: 'Add the comment',
  },
  resolve: {
    field: { name: 'Remark (optional)', multiline: false, required: false, placeholder: 'Why it is over' },
    warning:
      'Everything that was opened is closed. The incident stays closed until its rules have been well, or for an hour: what still fires then opens it again.',
    button: 'Resolve it',
  },
} as const;

/** What people can do to an incident. A resolved one can only be commented on. */
export function IncidentActions({ incident, onChange }: { incident: IncidentView; onChange: () => void }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const buttons = useRef(new Map<Asked, HTMLButtonElement | null>());
  const open = incident.status !== 'resolved';
  const close = (): void => {
    buttons.current.get(asked ?? 'comment')?.focus();
    setAsked(null);
  };
  const done = (): void => {
    close();
    onChange();
  };
  const choices: readonly Asked[] = open ? ['assign', 'comment', 'silence', 'resolve'] : ['comment'];
  return (
    <div class="incident-actions" role="group" aria-label="What to do with this incident">
      <div class="form-buttons">
        {open && <AcknowledgeButton incident={incident} onDone={onChange} />}
        {choices.map((choice) => (
          <button
            key={choice}
            type="button"
            class="button"
            ref={(element) => void buttons.current.set(choice, element)}
            aria-expanded={asked === choice}
            onClick={() => setAsked(asked === choice ? null : choice)}
          >
            {choice === 'silence' && <Icon name="quiet" />}
            {choice === 'resolve' && <Icon name="ok" />}
            {WORDS[choice]}
          </button>
        ))}
        <ActorField />
      </div>
      {asked === 'silence' ? (
        <SilenceForm incident={incident} onDone={done} onCancel={close} />
      ) : (
        asked !== null && (
          <CommandForm
            key={asked}
            incidentId={incident.id}
            command={asked}
            {...FORMS[asked]}
            onDone={done}
            onCancel={close}
          />
        )
      )}
    </div>
  );
}

/** Under which name this tab acts. */
function ActorField() {
  const [name, setName] = useState(actorName);
  return (
    <label class="actor">
      <span>as</span>
      <input
        value={name}
        maxLength={200}
        placeholder="your name"
        aria-label="Your name, for what you do here"
        autocomplete="nickname"
        onInput={(event) => {
          setName(event.currentTarget.value);
          keepActorName(event.currentTarget.value.trim());
        }}
      />
    </label>
  );
}
