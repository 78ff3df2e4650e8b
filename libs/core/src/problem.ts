/** One thing wrong with something a person wrote: a rule file, an environment variable, a request. */
export interface Problem {
  /** File name, when the text came from a file. */
  readonly file?: string;
  /** 1-based line, when known. */
  readonly line?: number;
  /** Where inside the document, such as `spec.objectives[0].target`. Empty for the document itself. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** `rules/slo.yaml:12 spec.target: must be below 1` */
export function formatProblem(problem: Problem): string {
  const place =
    problem.file === undefined
      ? ''
      : `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`} `;
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** A value that somebody wrote, for a message: scalars as written and cut at 60 characters, anything larger by its kind. */
export function describeValue(value: unknown): string {
  if (value === null) {
    return 'empty';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  }
  if (typeof value === 'object') {
    return 'a map';
  }
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
