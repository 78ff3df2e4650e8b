import type { Notification } from '../channel.js';
import type { Answer, AnyJsonRequest } from '../post-json.js';
import { durationMs } from '../ticket/spec-fields.js';
import type { Send, Step, TicketDesk, TicketState } from '../ticket/ticket-desk.js';
import type { TicketRef } from '../ticket/ticket-ref.js';
import { githubFailure } from './github-answer.js';
import type { GithubSpec } from './github-spec.js';
import { searchPages } from './issue-pages.js';
import { commentMarker, commentText, issueMarker, issueText } from './issue-text.js';

/** The label that all issues of Tidewatch carry, and by which they are found again. */
export const GITHUB_LABEL = 'tidewatch';
const API_VERSION = '2022-11-28';
/** Clocks of two machines differ. */
const CLOCK_SLACK_MS = 600_000;
/** Reasons for closing that say that nothing will be done. */
const DECLINED = new Set(['not_planned', 'duplicate']);

/** The issues of one repository; REST API 2022-11-28. */
export class GithubDesk implements TicketDesk {
  readonly closes: boolean;
  readonly reopenWithinMs: number;
  private readonly spec: GithubSpec;
  private readonly token: string;
  private readonly redact: (text: string) => string;

  constructor(spec: GithubSpec, token: string, redact: (text: string) => string) {
    this.closes = spec.closeOnResolve;
    this.reopenWithinMs = durationMs(spec.reopenWithin);
    this.spec = spec;
    this.token = token;
    this.redact = redact;
  }

  /** The list of issues knows a new one at once; the search of GitHub learns of it later. */
  async find(notification: Notification, send: Send): Promise<Step<string | null>> {
    const marker = issueMarker(notification);
    const since = notification.incident.openedAt - CLOCK_SLACK_MS;
    return searchPages(
      (perPage, page) =>
        send(
          this.request('GET', '', {
            query: {
              labels: GITHUB_LABEL,
              state: 'all',
              since: new Date(since).toISOString(),
              sort: 'created',
              direction: 'desc',
              per_page: String(perPage),
              page: String(page),
            },
          }),
        ),
      (item) => {
        const { number, body, createdAt } = readListed(item);
        if (number !== null && body.includes(marker)) {
          return { found: number };
        }
        // The list is by time of the last change: older issues that somebody has touched are in it too.
        return createdAt !== null && createdAt < since ? 'end' : 'next';
      },
      (answer) => this.failed(answer),
    );
  }

  async open(notification: Notification, previous: TicketRef | null, send: Send): Promise<Step<string>> {
    const { labels, assignees } = this.spec;
    const answer = await send(
      this.request('POST', '', {
        body: {
          ...issueText(notification, previous),
          labels: [...new Set([GITHUB_LABEL, ...labels])],
          ...(assignees.length === 0 ? {} : { assignees }),
        },
      }),
    );
    const number = answer.status === 201 && 'text' in answer ? numberIn(answer.text) : null;
    return number === null ? this.failed(answer) : { value: number, httpStatus: answer.status };
  }

  async look(issue: string, send: Send): Promise<Step<TicketState>> {
    const answer = await send(this.request('GET', `/${issue}`));
    // 301: moved to another repository; 410: deleted.
    if (answer.status === 301 || answer.status === 410) {
      return { value: { kind: 'gone', doubt: null }, httpStatus: answer.status };
    }
    const state = answer.status === 200 && 'text' in answer ? stateIn(answer.text) : null;
    return state === null ? this.failed(answer) : { value: state, httpStatus: answer.status };
  }

  async reopen(issue: string, send: Send): Promise<Step<boolean>> {
    const answer = await send(
      this.request('PATCH', `/${issue}`, { body: { state: 'open', state_reason: 'reopened' } }),
    );
    return answer.status === 200 ? { value: true, httpStatus: 200 } : this.failed(answer);
  }

  async close(issue: string, send: Send): Promise<Step<null>> {
    const answer = await send(
      this.request('PATCH', `/${issue}`, { body: { state: 'closed', state_reason: 'completed' } }),
    );
    return answer.status === 200 ? { value: null, httpStatus: 200 } : this.failed(answer);
  }

  async comment(issue: string, notification: Notification, send: Send): Promise<Step<null>> {
    const answer = await send(
      this.request('POST', `/${issue}/comments`, { body: { body: commentText(notification) } }),
    );
    return answer.status === 201 ? { value: null, httpStatus: 201 } : this.failed(answer);
  }

  async hasComment(issue: string, notification: Notification, send: Send): Promise<Step<boolean>> {
    const marker = commentMarker(notification);
    const since = new Date(notification.intent.notBefore - CLOCK_SLACK_MS).toISOString();
    const found = await searchPages(
      (perPage, page) =>
        send(
          this.request('GET', `/${issue}/comments`, {
            query: { since, per_page: String(perPage), page: String(page) },
          }),
        ),
      (item) => (bodyOf(item).includes(marker) ? { found: true } : 'next'),
      (answer) => this.failed(answer),
    );
    return 'failure' in found ? found : { value: found.value ?? false, httpStatus: found.httpStatus };
  }

  private request(
    method: AnyJsonRequest['method'],
    path: string,
    more: { readonly query?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ): AnyJsonRequest {
    const { api, repository } = this.spec;
    const query = more.query === undefined ? '' : `?${new URLSearchParams(more.query).toString()}`;
    return {
      method,
      url: `${api.replace(/\/+$/, '')}/repos/${repository}/issues${path}${query}`,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': API_VERSION,
      },
      ...(more.body !== undefined && { body: more.body }),
    };
  }

  private failed(answer: Answer): { readonly failure: ReturnType<typeof githubFailure> } {
    return { failure: githubFailure(answer, this.redact) };
  }
}

/** One issue of a list: as JSON, or the beginning of its text when it is too large. Pull requests are listed too. */
function readListed(item: unknown): {
  readonly number: string | null;
  readonly body: string;
  readonly createdAt: number | null;
} {
  if (typeof item === 'string') {
    return { number: numberIn(item), body: item, createdAt: null };
  }
  const issue = (item ?? {}) as Readonly<Record<string, unknown>>;
  const created = typeof issue['created_at'] === 'string' ? Date.parse(issue['created_at']) : NaN;
  return {
    number:
      typeof issue['number'] === 'number' && !('pull_request' in issue) ? String(issue['number']) : null,
    body: bodyOf(item),
    createdAt: Number.isNaN(created) ? null : created,
  };
}

function bodyOf(item: unknown): string {
  if (typeof item === 'string') {
    return item;
  }
  const { body } = (item ?? {}) as { readonly body?: unknown };
  return typeof body === 'string' ? body : '';
}

/** The number of an issue, also when the text of it was cut. Inside of texts quotes are escaped, so this is no text. */
function numberIn(text: string): string | null {
  return /"number": ?(\d{1,12})[,}]/.exec(text)?.[1] ?? null;
}

function stateIn(text: string): TicketState | null {
  let issue: Readonly<Record<string, unknown>> | null;
  try {
    issue = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  } catch {
    // People can write more than is read of an answer. The state stands before what they write, the reason after it.
    issue = {
      state: /"state": ?"(open|closed)"/.exec(text)?.[1],
      closed_at: /"closed_at": ?"([^"]{10,40})"/.exec(text)?.[1],
    };
  }
  if (issue?.['state'] === 'open') {
    return { kind: 'open' };
  }
  const closed = typeof issue?.['closed_at'] === 'string' ? Date.parse(issue['closed_at']) : NaN;
  return issue?.['state'] === 'closed'
    ? {
        kind: 'closed',
        at: Number.isNaN(closed) ? null : closed,
        declined: DECLINED.has(String(issue['state_reason'])),
      }
    : null;
}
