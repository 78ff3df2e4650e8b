import { safeHref } from '../links.js';
import { Icon } from './icon.js';

/** A link to a rule's runbook; nothing when the rule names none that a browser may open. */
export function RunbookLink({ address, subject }: { address: string; subject: string }) {
  const href = safeHref(address);
  if (href === null) {
    return null;
  }
  return (
    <a
      class="runbook"
      href={href}
      target="_blank"
      rel="noreferrer"
      aria-label={`Runbook of ${subject} (opens in a new tab)`}
    >
      <Icon name="book" />
      Runbook
    </a>
  );
}
