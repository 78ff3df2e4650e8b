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
