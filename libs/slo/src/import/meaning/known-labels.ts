import { attributeKeysOf } from '@tidewatch/core';
import { selectorsOf, type Indicator } from './indicator.js';

/**
 * Notes on labels that Tidewatch reads from attributes of another name: series that carry the label itself, as they may in
 * Prometheus, are not found by it.
 */
export function knownLabelNotes({ sli, groupBy }: Indicator): string[] {
  const asked = selectorsOf(sli).flatMap(({ match }) => match.map(({ label }) => label));
  return [...new Set([...asked, ...groupBy])].flatMap((label) => {
    const attributes = attributeKeysOf(label);
    return attributes.includes(label)
      ? []
      : [
          `the label ${label} is read from the attribute ${attributes.join(', ')}, not from a label ${label} of the series themselves`,
        ];
  });
}
