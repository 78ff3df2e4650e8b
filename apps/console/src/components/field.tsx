import type { ComponentChildren } from 'preact';

/** One input of a form below its name. `wide` ones take a line of their own. */
export function Field(props: { name: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <label class={`field${props.wide === true ? ' field-wide' : ''}`}>
      <span>{props.name}</span>
      {props.children}
    </label>
  );
}
