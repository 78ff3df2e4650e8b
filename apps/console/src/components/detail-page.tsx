import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Readings } from '../read-often.js';
import { EmptyNote } from './empty-note.js';
import { Icon } from './icon.js';

interface DetailPageProps<T> {
  /** Name of the thing, for notes. */
  name: string;
  /** Name of the page for assistive technology: `SLO ranker`. */
  label: string;
  testId: string;
  back: { href: string; text: string };
  readings: Readings<T>;
  children: (view: T) => ComponentChildren;
}

/** A page about one thing: a way back, and what is known of it, or why nothing is. It takes the focus when it opens. */
export function DetailPage<T>({ name, label, testId, back, readings, children }: DetailPageProps<T>) {
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    page.current?.focus({ preventScroll: true });
  }, [label]);
  const { view, problem } = readings;
  return (
    <article class="detail-page" ref={page} tabIndex={-1} aria-label={label} data-testid={testId}>
      <p>
        <a class="back-link" href={back.href}>
          <Icon name="chevron" />
          {back.text}
        </a>
      </p>
      {view === null ? (
        <EmptyNote icon={problem === null ? 'pending' : 'error'}>
          {problem === null ? `Reading ${name}` : `${name} cannot be shown: ${problem}`}
        </EmptyNote>
      ) : (
        <>
          {problem !== null && (
            <p class="stale-note tone-warning" role="status">
              This is what was received last: {problem}
            </p>
          )}
          {children(view)}
        </>
      )}
    </article>
  );
}
