import type { ComponentChildren } from 'preact';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

/** What a part of the page says instead of a list. */
export function EmptyNote(props: { icon: IconName; calm?: boolean; children: ComponentChildren }) {
  return (
    <div class={`panel empty-note${props.calm === true ? ' is-calm' : ''}`}>
      <Icon name={props.icon} />
      <p>{props.children}</p>
    </div>
  );
}
