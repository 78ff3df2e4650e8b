import type { DeliveryResult } from '../channel.js';
import { classifyFailure } from '../classify.js';
import type { Answer } from '../post-json.js';
import { plainText } from '../text-limit.js';

/** What to check, by status: Jira answers 404 also for what the account may not see. */
const HINTS: Readonly<Record<number, string>> = {
  400: 'Check project, issueType, priority and labels of the receiver, and which fields the project requires',
  401: 'Check the account and its token',
  403: 'The account may not do this in the project',
  404: 'There is no such project or issue, or the account may not see it',
  410: 'This version of the API is gone',
};

/** What an answer means that is not the expected one. @param redact takes secrets out of a text */
export function jiraFailure(answer: Answer, redact: (text: string) => string): DeliveryResult {
  if ('failure' in answer) {
    return classifyFailure('Jira', answer, '');
  }
  const said = redact(plainText(errorsIn(answer.text)));
  const detail = [said, HINTS[answer.status]].filter((text) => text !== undefined && text !== '').join('. ');
  return classifyFailure('Jira', answer, detail);
}

/** `{"errorMessages": ["…"], "errors": {"priority": "…"}}` as one text. */
function errorsIn(text: string): string {
  try {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const messages: unknown[] = Array.isArray(body?.['errorMessages']) ? body['errorMessages'] : [];
    const fields = typeof body?.['errors'] === 'object' && body['errors'] !== null ? body['errors'] : {};
    return [
      ...messages.filter((message) => typeof message === 'string'),
      ...Object.entries(fields).flatMap(([field, message]) =>
        typeof message === 'string' ? [`${field}: ${message}`] : [],
      ),
    ]
      .join('; ')
      .replace(/\.+$/, '');
  } catch {
    return '';
  }
}
