import type { DeliveryResult } from '../channel.js';
import { classifyFailure } from '../classify.js';
import type { Answer } from '../post-json.js';
import { plainText } from '../text-limit.js';

/** What GitHub asks clients to wait after a limit that says nothing of its end. */
const LIMIT_PAUSE_MS = 60_000;

/** What to check, by status: GitHub answers 404 also for what the token may not see. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'The token is wrong or has expired',
  403: 'The token may not do this: it needs write access to issues of the repository',
  404: 'There is no such repository or issue, or the token may not see it',
  410: 'The issue was deleted, or issues are turned off for the repository',
  422: 'Check the labels and assignees of the receiver',
};

/**
 * What an answer means that is not the expected one. GitHub answers 403 both to those who may not and to those who ask
 * too often.
 *
 * @param redact takes secrets out of a text
 */
export function githubFailure(answer: Answer, redact: (text: string) => string): DeliveryResult {
  if ('failure' in answer) {
    return classifyFailure('GitHub', answer, '');
  }
  const { message, limited } = readError(answer.text);
  const said = redact(plainText(message));
  const { status, retryAfterMs } = answer;
  if ((status === 403 || status === 429) && (retryAfterMs !== null || limited || status === 429)) {
    return {
      outcome: 'retry',
      // A 429 that says nothing at all may come from something in between; the usual backoff fits it better.
      afterMs: retryAfterMs ?? (limited ? LIMIT_PAUSE_MS : null),
      reason: `GitHub asks for fewer requests (${status})${said === '' ? '' : `: ${said.slice(0, 300)}`}.`,
      httpStatus: status,
    };
  }
  const hint = HINTS[status];
  const detail = [said, hint].filter((text) => text !== undefined && text !== '').join('. ');
  return classifyFailure('GitHub', answer, detail);
}

/** `{"message": "…", "errors": [{"resource", "field", "code"}], "documentation_url": "…"}`. */
function readError(text: string): { readonly message: string; readonly limited: boolean } {
  try {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const errors: unknown[] = Array.isArray(body?.['errors']) ? body['errors'] : [];
    const said = [body?.['message'], ...errors.map(errorText)].filter(
      (part): part is string => typeof part === 'string' && part !== '',
    );
    // The pages about limits are the only sign in a body that is made for programs; the sentence is for people.
    const page = body?.['documentation_url'];
    return {
      message: said.join('; ').replace(/\.+$/, ''),
      limited: typeof page === 'string' && page.includes('rate-limit'),
    };
  } catch {
    return { message: '', limited: false };
  }
}

function errorText(error: unknown): string {
  const { resource, field, code, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [resource, field, code, message].filter((part) => typeof part === 'string').join(' ');
}
