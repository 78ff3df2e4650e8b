/** What of a specification has no equivalent in Tidewatch, as a value: the import goes on with the next SLO. */
export class Refusal {
  /** What cannot be translated and, where there is one, the way around it; completes the place it is reported at. */
  readonly message: string;
  /** Keys from the specification to the place, joined by dots, such as `sli.events.error_query`; `''` for all of it. */
  readonly path: string;

  constructor(message: string, path = '') {
    this.message = message;
    this.path = path;
  }

  /** The same refusal seen from one level further out. */
  under(path: string): Refusal {
    return new Refusal(this.message, [path, this.path].filter((part) => part !== '').join('.'));
  }
}

/** Whether a translation failed. */
export function isRefusal<T>(value: T | Refusal): value is Refusal {
  return value instanceof Refusal;
}
