/** A text in JQL, quoted so that it can be nothing but a text. */
export function jqlText(text: string): string {
  return `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
}

/**
 * The query that finds the issue of an incident: one that is not done, or was resolved lately, and that nobody has
 * declined. Unresolved issues have no resolution, and a comparison with `!=` alone would leave all of them out.
 *
 * @param reopenWithinMs ms; whole minutes count
 */
export function incidentQuery(
  project: string,
  label: string,
  reopenWithinMs: number,
  declined: string | undefined,
): string {
  const minutes = Math.ceil(reopenWithinMs / 60_000);
  const clauses = [
    `project = ${jqlText(project)}`,
    `labels = ${jqlText(label)}`,
    `(statusCategory != Done OR resolutiondate >= "-${minutes}m")`,
    ...(declined === undefined ? [] : [`(resolution is EMPTY OR resolution != ${jqlText(declined)})`]),
  ];
  return `${clauses.join(' AND ')} ORDER BY created DESC`;
}
