import { CopyButton } from './copy-button.js';

/** Ids shown; the button copies all of them. */
const SHOWN = 3;

interface ExampleIdsProps {
  ids: readonly string[];
  /** What introduces them. */
  lead: string;
  /** What is copied; it completes "Copy …". */
  what: string;
}

/** Predictions to look at. */
export function ExampleIds({ ids, lead, what }: ExampleIdsProps) {
  const more = ids.length - SHOWN;
  return (
    <span class="examples">
      <span class="quiet">{lead}</span>
      {ids.slice(0, SHOWN).map((id) => (
        <code key={id}>{id}</code>
      ))}
      {more > 0 && <span class="quiet">and {more} more</span>}
      <CopyButton text={ids.join('\n')} what={what} />
    </span>
  );
}
