import type { ComponentChildren } from 'preact';

// On a phone each row becomes a small card and the cells show their names: the roles keep it a table for readers.

/** The head of a column. */
export function ColumnHead({
  name,
  number = false,
  title,
}: {
  name: string;
  number?: boolean;
  title?: string;
}) {
  return (
    <th role="columnheader" scope="col" class={number ? 'cell-number' : undefined} title={title}>
      {name}
    </th>
  );
}

/** A figure, with the name of its column for cards. */
export function NumberCell({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <td role="cell" class="cell-number" data-label={name}>
      {children}
    </td>
  );
}
