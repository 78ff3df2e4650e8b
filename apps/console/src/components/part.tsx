import type { ComponentChildren } from 'preact';

/** One part of a page about one thing, with its heading. */
export function Part(props: { title: string; note?: string; testId?: string; children: ComponentChildren }) {
  const { title, note = '', testId, children } = props;
  return (
    <section class="panel part" aria-label={title} data-testid={testId}>
      <h3>
        {title} {note !== '' && <span class="part-note">{note}</span>}
      </h3>
      {children}
    </section>
  );
}

/** What was read, or what it waits for or ran into. */
export function Answer<T>(props: {
  readings: { view: T | null; problem: string | null };
  what: string;
  children: (view: T) => ComponentChildren;
}) {
  const { view, problem } = props.readings;
  if (view !== null) {
    return <>{props.children(view)}</>;
  }
  return (
    <p class="note" role="status">
      {problem === null ? 'Reading' : `${props.what} cannot be shown: ${problem}`}
    </p>
  );
}
