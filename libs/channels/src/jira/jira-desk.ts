import { setTimeout } from 'node:timers/promises';
import type { DeliveryResult, Notification } from '../channel.js';
import type { Answer, AnyJsonRequest } from '../post-json.js';
import { durationMs } from '../ticket/spec-fields.js';
import type { Send, Step, TicketDesk, TicketState } from '../ticket/ticket-desk.js';
import type { TicketRef } from '../ticket/ticket-ref.js';
import { commentField, descriptionField, incidentLabel, messageLine, summaryField } from './issue-fields.js';
import { jiraFailure } from './jira-answer.js';
import type { JiraSpec } from './jira-spec.js';
import { incidentQuery } from './jql.js';
import { foundIssue, issueState, issueKey, transitionTo } from './read-answer.js';

/** Comments looked through for one that may have been added already: the newest, because it was just now. */
const NEWEST_COMMENTS = 5;

/** How long Jira's search is given to learn of a new issue, ms. */
const SEARCH_SETTLES_MS = 2_000;

/** The issues of one Jira project; REST API v3 of Jira Cloud. */
export class JiraDesk implements TicketDesk {
  readonly closes: boolean;
  readonly reopenWithinMs: number;
  private readonly spec: JiraSpec;
  private readonly authorization: string;
  private readonly redact: (text: string) => string;

  /** @param authorization value of the header */
  constructor(spec: JiraSpec, authorization: string, redact: (text: string) => string) {
    this.closes = spec.resolveTransition !== undefined;
    this.reopenWithinMs = durationMs(spec.reopenWithin);
    this.spec = spec;
    this.authorization = authorization;
    this.redact = redact;
  }

  async find(notification: Notification, send: Send, justNow: boolean): Promise<Step<string | null>> {
    const found = await this.search(notification, send);
    if ('failure' in found || found.value !== null || !justNow) {
      return found;
    }
    // The search learns of an issue a moment after it was made. Not to be found yet is not the same as not to be there.
    await setTimeout(SEARCH_SETTLES_MS);
    return this.search(notification, send);
  }

  private async search(notification: Notification, send: Send): Promise<Step<string | null>> {
    const { project, wontFixResolution } = this.spec;
    const jql = incidentQuery(project, incidentLabel(notification), this.reopenWithinMs, wontFixResolution);
    const answer = await send(
      this.request('POST', 'search/jql', { jql, fields: ['created'], maxResults: 1 }),
    );
    const found = answer.status === 200 && 'text' in answer ? foundIssue(answer.text) : undefined;
    return found === undefined ? this.failed(answer) : { value: found, httpStatus: answer.status };
  }

  async open(notification: Notification, previous: TicketRef | null, send: Send): Promise<Step<string>> {
    const { project, issueType, labels, priority } = this.spec;
    const priorityName = priority?.[notification.intent.severity];
    const answer = await send(
      this.request('POST', 'issue', {
        fields: {
          project: { key: project },
          issuetype: { name: issueType },
          summary: summaryField(notification),
          description: descriptionField(notification, previous),
          labels: [...new Set(['tidewatch', incidentLabel(notification), ...labels])],
          ...(priorityName !== undefined && { priority: { name: priorityName } }),
        },
      }),
    );
    const key = answer.status === 201 && 'text' in answer ? issueKey(answer.text) : null;
    return key === null ? this.failed(answer) : { value: key, httpStatus: answer.status };
  }

  async look(issue: string, send: Send): Promise<Step<TicketState>> {
    const fields = 'status,resolution,resolutiondate,statuscategorychangedate';
    const answer = await send(this.request('GET', `issue/${issue}?fields=${fields}`));
    if (answer.status === 404) {
      return { value: { kind: 'gone', doubt: this.failed(answer).failure }, httpStatus: 404 };
    }
    const state =
      answer.status === 200 && 'text' in answer ? issueState(answer.text, this.spec.wontFixResolution) : null;
    return state === null ? this.failed(answer) : { value: state, httpStatus: answer.status };
  }

  async reopen(issue: string, send: Send): Promise<Step<boolean>> {
    const { reopenTransition } = this.spec;
    if (reopenTransition === undefined) {
      return { value: false, httpStatus: 0 };
    }
    const moved = await this.move(issue, reopenTransition, send);
    return 'failure' in moved ? moved : { value: true, httpStatus: moved.httpStatus };
  }

  async close(issue: string, send: Send): Promise<Step<null>> {
    return this.move(issue, this.spec.resolveTransition ?? '', send);
  }

  async comment(issue: string, notification: Notification, send: Send): Promise<Step<null>> {
    const answer = await send(
      this.request('POST', `issue/${issue}/comment`, { body: commentField(notification) }),
    );
    return answer.status === 201 ? { value: null, httpStatus: 201 } : this.failed(answer);
  }

  async hasComment(issue: string, notification: Notification, send: Send): Promise<Step<boolean>> {
    const answer = await send(
      this.request('GET', `issue/${issue}/comment?orderBy=-created&maxResults=${NEWEST_COMMENTS}`),
    );
    return answer.status === 200 && 'text' in answer
      ? // An answer may be cut where it is too long to be read; the newest comment comes first.
        { value: answer.text.includes(messageLine(notification)), httpStatus: 200 }
      : this.failed(answer);
  }

  /** Which transitions there are depends on where the issue is, and their numbers on the project. */
  private async move(issue: string, transition: string, send: Send): Promise<Step<null>> {
    const path = `issue/${issue}/transitions`;
    const listed = await send(this.request('GET', path));
    const choice = listed.status === 200 && 'text' in listed ? transitionTo(listed.text, transition) : null;
    if (choice === null) {
      return this.failed(listed);
    }
    if (choice.id === null) {
      const there = choice.names.map((name) => `"${name}"`).join(', ');
      const reason =
        `Jira offers no transition "${transition}" for ${issue} from where it is` +
        `${there === '' ? '' : `, only ${there}`}. Check resolveTransition and reopenTransition of the receiver.`;
      return { failure: { outcome: 'rejected', reason: this.redact(reason), httpStatus: listed.status } };
    }
    const moved = await send(this.request('POST', path, { transition: { id: choice.id } }));
    return moved.status === 204 ? { value: null, httpStatus: 204 } : this.failed(moved);
  }

  private request(method: AnyJsonRequest['method'], path: string, body?: unknown): AnyJsonRequest {
    return {
      method,
      url: `${this.spec.url.replace(/\/+$/, '')}/rest/api/3/${path}`,
      headers: { authorization: this.authorization, accept: 'application/json' },
      ...(body !== undefined && { body }),
    };
  }

  private failed(answer: Answer): { readonly failure: DeliveryResult } {
    return { failure: jiraFailure(answer, this.redact) };
  }
}
