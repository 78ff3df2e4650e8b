import { beginningOf, providerName } from '../encoder-text.js';
import type { RejectedProvider } from '../encoder-view.js';
import { Icon } from './icon.js';

/** Better providers and why each is not used; the text of a long reason opens. */
export function RejectedProviders({ rejected }: { rejected: readonly RejectedProvider[] }) {
  return (
    <div class="rejected">
      <h4>Better providers, not used</h4>
      <ul>
        {rejected.map(({ provider, reason }) => (
          <li key={provider}>
            <Rejected name={providerName(provider)} reason={reason} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Rejected({ name, reason }: { name: string; reason: string }) {
  const beginning = beginningOf(reason);
  if (beginning === null) {
    return (
      <p class="rejected-line">
        <b>{name}</b> <span>{reason}</span>
      </p>
    );
  }
  return (
    <details class="rejected-long">
      <summary class="rejected-line">
        <b>{name}</b> <span class="rejected-beginning">{beginning}</span>
        <Icon name="chevron" />
      </summary>
      <p class="rejected-text">{reason}</p>
    </details>
  );
}
