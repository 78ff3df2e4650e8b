import type { ComponentChildren } from 'preact';

/** One figure of a list of facts: what it is called, and below it what it is. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What else there is to say about a fact, in small print; `warn` when somebody should look at it. */
export function FactNote({ warn = false, children }: { warn?: boolean; children: ComponentChildren }) {
  return <span class={`fact-note${warn ? ' fact-warning' : ''}`}>{children}</span>;
}
