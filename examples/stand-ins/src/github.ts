import {
  changedIssueSchema,
  commentJson,
  commentSchema,
  issueJson,
  newIssueSchema,
  readable,
} from './github-issue.js';
import type { GithubIssue } from './github-issue.js';
import type { StandInEffect } from './event.js';
import { parsed } from './parsed-body.js';
import type { Judgement, Service, ServiceRequest } from './service.js';

export interface GithubServiceOptions {
  readonly token?: string;
  readonly repository?: string;
  /** The service's clock, ms. */
  readonly now?: () => number;
}

/** A stand-in whose issues can be looked at and changed, as people would do it. */
export interface GithubService extends Service {
  readonly issues: readonly GithubIssue[];
  /** A person closes an issue. */
  closeByHand(number: number, reason: 'completed' | 'not_planned' | 'duplicate'): void;
  /** An issue is deleted; the API answers 410 for it. */
  remove(number: number): void;
  /** The next requests that make or change something meet the secondary limit: 403, with or without a time to wait. */
  limitNext(requests: number, retryAfterS: number | null): void;
}

const PATH = '/api/v3';
const LARGEST_BODY = 1_048_576;
const LIST_PARAMETERS = [
  'labels',
  'state',
  'since',
  'sort',
  'direction',
  'per_page',
  'page',
  'creator',
  'assignee',
];

/** The issues of one repository as GitHub's REST API 2022-11-28 keeps them. */
export function githubService(options: GithubServiceOptions = {}): GithubService {
  return new Issues(options);
}

class Issues implements GithubService {
  readonly title = 'GitHub';
  readonly path = PATH;
  readonly largestBody = LARGEST_BODY;
  readonly issues: GithubIssue[] = [];
  private readonly token: string;
  private readonly repository: string;
  private readonly now: () => number;
  private readonly removed = new Set<number>();
  private limited: { left: number; retryAfterS: number | null } = { left: 0, retryAfterS: null };

  constructor(options: GithubServiceOptions) {
    this.token = options.token ?? 'github_pat_standinstandinstandin';
    this.repository = options.repository ?? 'acme/ranker';
    this.now = options.now ?? Date.now;
  }

  closeByHand(number: number, reason: 'completed' | 'not_planned' | 'duplicate'): void {
    const issue = this.issues.find((each) => each.number === number);
    if (issue !== undefined) {
      Object.assign(issue, {
        state: 'closed',
        stateReason: reason,
        closedAt: this.now(),
        updatedAt: this.now(),
      });
    }
  }

  remove(number: number): void {
    this.removed.add(number);
  }

  limitNext(requests: number, retryAfterS: number | null): void {
    this.limited = { left: requests, retryAfterS };
  }

  objects(): ReturnType<Service['objects']> {
    return this.issues.map(({ number, state, title, body, comments }) => {
      const texts = [title, body, ...comments.map((comment) => comment.body)].map(readable);
      const acknowledged = texts.some((text) => text.includes('ACKNOWLEDGED'));
      return {
        key: `#${number}`,
        state: state === 'closed' ? 'closed' : acknowledged ? 'acknowledged' : 'open',
        texts,
      };
    });
  }

  handle(request: ServiceRequest): Judgement {
    const problem = headerProblem(request);
    if (problem !== null) {
      return refusal(request, problem.status, problem.text);
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return answer(401, { message: 'Bad credentials', status: '401' }, 'failed');
    }
    const prefix = `${PATH}/repos/${this.repository}/issues`;
    const rest = request.path.startsWith(prefix) ? request.path.slice(prefix.length) : null;
    const [, numberText, list] = /^(?:\/(\d+)(\/comments)?)?$/.exec(rest ?? 'none') ?? [];
    if (rest === null || (rest !== '' && numberText === undefined)) {
      return answer(404, { message: 'Not Found', status: '404' }, 'failed');
    }
    if (request.method !== 'GET' && this.limited.left > 0) {
      this.limited.left -= 1;
      return limitAnswer(this.limited.retryAfterS);
    }
    if (numberText === undefined) {
      return request.method === 'POST' ? this.create(request) : this.list(request);
    }
    const issue = this.issues.find(({ number }) => number === Number(numberText));
    if (issue === undefined || this.removed.has(issue.number)) {
      const status = issue === undefined ? 404 : 410;
      return answer(status, { message: status === 404 ? 'Not Found' : 'This issue was deleted' }, 'failed');
    }
    return list === undefined ? this.one(issue, request) : this.comments(issue, request);
  }

  private create(request: ServiceRequest): Judgement {
    const body = parsed(newIssueSchema, request);
    if ('problem' in body) {
      return refusal(request, 422, body.problem);
    }
    const { title, body: text = '', labels = [], assignees = [] } = body.value;
    const now = this.now();
    const issue: GithubIssue = {
      number: this.issues.length + 1,
      title,
      body: text,
      labels: [...labels],
      assignees: [...assignees],
      state: 'open',
      stateReason: null,
      createdAt: now,
      updatedAt: now,
      closedAt: null,
      comments: [],
    };
    this.issues.push(issue);
    return answer(201, issueJson(issue, this.base()), 'opened', issue, request.body);
  }

  private list({ query, method }: ServiceRequest): Judgement {
    const unknown = [...query.keys()].filter((name) => !LIST_PARAMETERS.includes(name));
    const perPage = Number(query.get('per_page') ?? 30);
    if (method !== 'GET' || unknown.length > 0 || !(perPage >= 1 && perPage <= 100)) {
      return refusal(null, 422, `the list of issues does not know ${unknown.join(', ') || 'this request'}`);
    }
    const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
    const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
    const state = query.get('state') ?? 'open';
    const found = this.issues
      .filter(
        (issue) =>
          !this.removed.has(issue.number) &&
          labels.every((label) => issue.labels.includes(label)) &&
          issue.updatedAt >= since &&
          (state === 'all' || issue.state === state),
      )
      .sort((left, right) => (query.get('direction') === 'asc' ? 1 : -1) * (left.number - right.number));
    return answer(
      200,
      page(found, query, perPage).map((issue) => issueJson(issue, this.base())),
      'read',
    );
  }

  private one(issue: GithubIssue, request: ServiceRequest): Judgement {
    if (request.method === 'GET') {
      return answer(200, issueJson(issue, this.base()), 'read', issue);
    }
    const change = parsed(changedIssueSchema, request);
    if (request.method !== 'PATCH' || 'problem' in change) {
      return refusal(request, 422, 'problem' in change ? change.problem : 'the method must be PATCH');
    }
    const { state, state_reason: reason, ...texts } = change.value;
    const now = this.now();
    Object.assign(issue, texts, { updatedAt: now });
    if (state !== undefined) {
      const closed = state === 'closed';
      Object.assign(issue, {
        state,
        stateReason: reason ?? (closed ? 'completed' : 'reopened'),
        closedAt: closed ? (issue.closedAt ?? now) : null,
      });
    }
    const effect = state === undefined ? 'updated' : state === 'closed' ? 'resolved' : 'reopened';
    return answer(200, issueJson(issue, this.base()), effect, issue, request.body);
  }

  private comments(issue: GithubIssue, request: ServiceRequest): Judgement {
    if (request.method === 'GET') {
      const since = Date.parse(request.query.get('since') ?? '1970-01-01T00:00:00Z');
      const all = issue.comments.filter(({ at }) => at >= since);
      const shown = page(all, request.query, Number(request.query.get('per_page') ?? 30));
      return answer(
        200,
        shown.map((comment) => commentJson(issue, comment, this.base())),
        'read',
        issue,
      );
    }
    const body = parsed(commentSchema, request);
    if ('problem' in body) {
      return refusal(request, 422, body.problem);
    }
    const comment = {
      id: issue.number * 1_000 + issue.comments.length,
      body: body.value.body,
      at: this.now(),
    };
    issue.comments.push(comment);
    issue.updatedAt = comment.at;
    return answer(201, commentJson(issue, comment, this.base()), 'commented', issue, request.body);
  }

  private base(): string {
    return `https://github.example.com${PATH}/repos/${this.repository}`;
  }
}

function page<Item>(items: readonly Item[], query: URLSearchParams, perPage: number): Item[] {
  const start = (Number(query.get('page') ?? 1) - 1) * perPage;
  return items.slice(start, start + perPage);
}

function headerProblem(request: ServiceRequest): { readonly status: number; readonly text: string } | null {
  const { headers, method } = request;
  if ((headers['user-agent'] ?? '') === '') {
    return { status: 403, text: 'the header user-agent is missing' };
  }
  if (headers.accept !== 'application/vnd.github+json') {
    return { status: 415, text: 'the header accept must be application/vnd.github+json' };
  }
  if (headers['x-github-api-version'] !== '2022-11-28') {
    return { status: 400, text: 'the header x-github-api-version must name a version' };
  }
  return method === 'GET' || /^application\/json\b/i.test(headers['content-type'] ?? '')
    ? null
    : { status: 415, text: 'the content type must be application/json' };
}

const NOTHING = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;

function answer(
  status: number,
  content: unknown,
  effect: StandInEffect,
  issue?: GithubIssue,
  body?: string,
): Judgement {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(content),
    event: {
      ...NOTHING,
      effect,
      action: effect,
      summary: issue?.title ?? '',
      dedupKey: issue === undefined ? '' : `#${issue.number}`,
      problems: [],
      payload: body === undefined ? null : JSON.parse(body),
    },
  };
}

function refusal(request: ServiceRequest | null, status: number, problem: string): Judgement {
  const body = JSON.stringify({
    message: 'Validation Failed',
    errors: [{ message: problem }],
    status: String(status),
  });
  const event = {
    ...NOTHING,
    effect: 'refused' as const,
    problems: [problem],
    payload: request?.body ?? null,
  };
  return { status, contentType: 'application/json; charset=utf-8', body, event };
}

function limitAnswer(retryAfterS: number | null): Judgement {
  const judgement = answer(
    403,
    {
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url:
        'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      status: '403',
    },
    'failed',
  );
  return { ...judgement, headers: retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) } };
}
