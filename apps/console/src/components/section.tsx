import type { ComponentChildren } from 'preact';

/** One part of the page with its heading, beside it what is shown of how much, and how to read its drawings. */
export function Section(props: {
  id: string;
  title: string;
  note: string;
  hint?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="section" aria-labelledby={`${props.id}-title`}>
      <div class="section-head">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        {props.note !== '' && <p class="section-note">{props.note}</p>}
        {props.hint !== undefined && <p class="section-hint">{props.hint}</p>}
      </div>
      {props.children}
    </section>
  );
}
