/**
 * The name of a group of series, as it is stored and shown: `region="eu-1",tenant="a"`; `''` for an SLO without groups.
 *
 * @param values in the order of `labels`; `''` where a series has no such label
 */
export function groupText(labels: readonly string[], values: readonly string[]): string {
  return labels.map((label, index) => `${label}=${JSON.stringify(values[index] ?? '')}`).join(',');
}

/** The labels of a {@link groupText}, by name; empty for the group of everything and for the overflow group. */
export function groupLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [, label = '', value = '""'] of text.matchAll(/([^=,"]+)=("(?:[^"\\]|\\.)*")/g)) {
    labels[label] = JSON.parse(value) as string;
  }
  return labels;
}
