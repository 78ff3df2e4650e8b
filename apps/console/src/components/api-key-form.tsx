import { useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** Asks for the API key of a server that requires one. */
export function ApiKeyForm({ refused, onSubmit }: { refused: boolean; onSubmit: (key: string) => void }) {
  const [key, setKey] = useState('');
  return (
    <form
      class="panel key-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(key.trim());
      }}
    >
      <Icon name="key" />
      <div class="key-form-body">
        <label for="api-key">This server asks for an API key</label>
        <p class="quiet">It is kept for this browser tab only and sent to this server only.</p>
        {refused && (
          <p class="key-form-refused" role="alert">
            The server did not accept this key.
          </p>
        )}
        <div class="key-form-row">
          <input
            id="api-key"
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
          <button type="submit" class="button button-primary">
            Open the console
          </button>
        </div>
      </div>
    </form>
  );
}
