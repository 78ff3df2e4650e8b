import { actorName } from '../actor-name.js';
import type { IncidentView } from '../incident-view.js';
import { useSending } from '../use-sending.js';
import { Icon } from './icon.js';

/** Takes an open incident on, or gives it back. */
export function AcknowledgeButton({ incident, onDone }: { incident: IncidentView; onDone: () => void }) {
  const { sending, problem, send } = useSending();
  const taken = incident.acknowledged !== null;
  const press = async (): Promise<void> => {
    const by = actorName();
    const command = taken ? 'unacknowledge' : 'acknowledge';
    if (await send('POST', `incidents/${incident.id}/${command}`, by === '' ? {} : { by })) {
      onDone();
    }
  };
  return (
    <>
      <button
        type="button"
        class={`button${taken ? '' : ' button-primary'}`}
        disabled={sending}
        onClick={() => void press()}
      >
        <Icon name="person" />
        {taken ? 'Unacknowledge' : 'Acknowledge'}
      </button>
      {problem !== '' && (
        <span class="form-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
