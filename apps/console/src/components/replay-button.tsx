import { useSending } from '../use-sending.js';
import { Icon } from './icon.js';

/** Sends a message again that was given up. */
export function ReplayButton({ id, receiver, onDone }: { id: string; receiver: string; onDone: () => void }) {
  const { sending, problem, send } = useSending();
  const press = async (): Promise<void> => {
    if (await send('POST', 'notifications/replay', { id })) {
      onDone();
    }
  };
  return (
    <>
      <button
        type="button"
        class="button button-small"
        disabled={sending}
        aria-label={`Replay the message to ${receiver}`}
        onClick={() => void press()}
      >
        <Icon name="retry" />
        Replay
      </button>
      {problem !== '' && (
        <span class="form-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
