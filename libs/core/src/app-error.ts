/** What an {@link AppError} is made of. */
export interface AppErrorOptions {
  /** Stable, machine-readable identity such as `store.unreachable`. Callers classify by this, never by text. */
  readonly code: string;
  /** What was attempted, and what is wrong. Never contains a secret. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** Whether the same call may succeed later without anybody changing anything. Default `false`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The error every Tidewatch library throws for a failure it understands.
 *
 * Expected outcomes (a rejected point, a window without enough data) are return values, not errors.
 */
export class AppError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }

  /** The message and, when there is one, the hint: what to print for a person. */
  get explanation(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}

/**
 * Whether `error` is an {@link AppError}, optionally with one of `codes`.
 *
 * Checks the shape and not the class, so that it also holds for errors made in another realm.
 */
export function isAppError(error: unknown, ...codes: string[]): error is AppError {
  if (typeof error !== 'object' || error === null || (error as { name?: unknown }).name !== 'AppError') {
    return false;
  }
  return codes.length === 0 || codes.includes((error as AppError).code);
}

/** The `code` of a Node.js system error (`ENOENT`, `EADDRINUSE`), of an AppError, or `undefined`. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The text of anything thrown. */
export function errorMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && typeof (error as Error).message === 'string') {
    return (error as Error).message;
  }
  return String(error);
}
