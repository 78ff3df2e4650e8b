/** What the stand-in's queries are about. Times in milliseconds since the epoch. */
export interface JqlIssue {
  readonly project: string;
  readonly labels: readonly string[];
  readonly done: boolean;
  readonly resolution: string | null;
  readonly resolvedAt: number | null;
}

type Test = (issue: JqlIssue, now: number) => boolean;

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/** The clauses that are understood; real JQL knows more, and refuses what it does not know just as this does. */
const CLAUSES: readonly (readonly [RegExp, (value: string) => Test])[] = [
  [
    new RegExp(`^project = ${QUOTED}$`),
    (value) =>
      ({ project }) =>
        project === value,
  ],
  [
    new RegExp(`^labels = ${QUOTED}$`),
    (value) =>
      ({ labels }) =>
        labels.includes(value),
  ],
  [
    /^statusCategory != (Done)$/,
    () =>
      ({ done }) =>
        !done,
  ],
  [
    /^resolutiondate >= "-(\d+)m"$/,
    (value) =>
      ({ resolvedAt }, now) =>
        resolvedAt !== null && resolvedAt >= now - Number(value) * 60_000,
  ],
  [
    /^resolution is (EMPTY)$/,
    () =>
      ({ resolution }) =>
        resolution === null,
  ],
  [
    // As in Jira: a comparison leaves out what has no value.
    new RegExp(`^resolution != ${QUOTED}$`),
    (value) =>
      ({ resolution }) =>
        resolution !== null && resolution !== value,
  ],
];

/**
 * Reads a query of clauses joined by AND, where a clause in brackets is alternatives joined by OR.
 *
 * @returns `null` for what it does not understand
 */
export function readJql(jql: string): Test | null {
  // Words inside of texts join nothing: the texts are put aside until the clauses are apart.
  const texts: string[] = [];
  const query = jql
    .replace(/"(?:[^"\\]|\\.)*"/g, (text) => `"${texts.push(text) - 1}"`)
    .replace(/ ORDER BY created DESC$/, '');
  const restored = (clause: string): string =>
    clause.replace(/"(\d+)"/g, (_all, index: string) => texts[Number(index)] ?? '');
  const parts = query.split(' AND ').map((part) => {
    const alternatives = /^\((.*)\)$/.exec(part)?.[1]?.split(' OR ') ?? [part];
    const tests = alternatives.map((clause) => readClause(restored(clause)));
    return tests.every((test) => test !== null)
      ? (issue: JqlIssue, now: number) => tests.some((test) => test(issue, now))
      : null;
  });
  return parts.every((part) => part !== null)
    ? (issue, now) => parts.every((part) => part(issue, now))
    : null;
}

function readClause(clause: string): Test | null {
  for (const [pattern, test] of CLAUSES) {
    const found = pattern.exec(clause);
    if (found !== null) {
      return test((found[1] ?? '').replace(/\\(.)/g, '$1'));
    }
  }
  return null;
}
