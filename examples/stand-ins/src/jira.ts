import { z } from 'zod';
import type { StandInEffect } from './event.js';
import { adfSchema, adfText } from './jira-adf.js';
import { readJql, type JqlIssue } from './jira-jql.js';
import { parsed } from './parsed-body.js';
import type { Judgement, Service, ServiceRequest } from './service.js';

export interface JiraServiceOptions {
  readonly user?: string;
  readonly token?: string;
  readonly project?: string;
  /** The service's clock, ms. */
  readonly now?: () => number;
  /** How long a new or changed issue stays unknown to the search, ms. */
  readonly searchLagMs?: number;
}

/** One issue. Times in milliseconds since the epoch. */
export interface JiraIssue extends JqlIssue {
  readonly key: string;
  readonly summary: string;
  readonly description: unknown;
  readonly priority: string | null;
  readonly createdAt: number;
  status: 'To Do' | 'Done';
  done: boolean;
  resolution: string | null;
  resolvedAt: number | null;
  readonly comments: { readonly body: unknown; readonly at: number }[];
}

/** A stand-in whose issues can be looked at and changed, as people would do it. */
export interface JiraService extends Service {
  readonly issues: readonly JiraIssue[];
  /** A person closes an issue. */
  closeByHand(key: string, resolution: string): void;
  remove(key: string): void;
}

const PATH = '/jira';
const LONGEST_FIELD = 32_767;

const document = adfSchema.refine(
  (doc) => JSON.stringify(doc).length <= LONGEST_FIELD,
  'The entered text is too long. It exceeds the allowed limit of 32,767 characters.',
);
const label = z.string().max(255).regex(/^\S+$/, "The label can't contain spaces.");
const newIssue = z.strictObject({
  fields: z.strictObject({
    project: z.strictObject({ key: z.string() }),
    issuetype: z.strictObject({ name: z.enum(['Task', 'Bug']) }),
    summary: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\n\r]*$/, 'The summary must not contain newlines.'),
    description: document.optional(),
    labels: z.array(label).optional(),
    priority: z.strictObject({ name: z.enum(['Highest', 'High', 'Medium', 'Low']) }).optional(),
  }),
});
const newComment = z.strictObject({ body: document });
const search = z.strictObject({
  jql: z.string().min(1),
  // Without them the real answer holds ids only.
  fields: z.array(z.string()).min(1),
  maxResults: z.number().int().min(1).max(5_000).optional(),
  nextPageToken: z.string().optional(),
});
const transition = z.strictObject({ transition: z.strictObject({ id: z.enum(['31', '41']) }) });

/** The issues of one project as the REST API v3 of Jira Cloud keeps them. */
export function jiraService(options: JiraServiceOptions = {}): JiraService {
  return new Project(options);
}

class Project implements JiraService {
  readonly title = 'Jira';
  readonly path = PATH;
  readonly largestBody = 1_048_576;
  issues: JiraIssue[] = [];
  private readonly options: JiraServiceOptions;
  private readonly project: string;
  private readonly now: () => number;
  private made = 0;

  constructor(options: JiraServiceOptions) {
    this.options = options;
    this.project = options.project ?? 'OPS';
    this.now = options.now ?? Date.now;
  }

  closeByHand(key: string, resolution: string): void {
    this.move(
      this.issues.find((issue) => issue.key === key),
      'Done',
      resolution,
    );
  }

  remove(key: string): void {
    this.issues = this.issues.filter((issue) => issue.key !== key);
  }

  objects(): ReturnType<Service['objects']> {
    return this.issues.map(({ key, done, summary, description, comments }) => {
      const texts = [summary, adfText(description), ...comments.map(({ body }) => adfText(body))];
      const acknowledged = texts.some((text) => text.includes('ACKNOWLEDGED'));
      return { key, state: done ? 'closed' : acknowledged ? 'acknowledged' : 'open', texts };
    });
  }

  handle(request: ServiceRequest): Judgement {
    const { user = 'bot@example.com', token = 'ATATT3standinstandin' } = this.options;
    const wanted = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) {
      return answer(401, { errorMessages: ['You are not authenticated.'] }, 'failed');
    }
    if (request.method !== 'GET' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return refusal(415, 'the content type must be application/json');
    }
    const route = request.path.startsWith(`${PATH}/rest/api/3/`)
      ? request.path.slice(`${PATH}/rest/api/3/`.length)
      : '';
    const [first = '', key = '', what = ''] = route.split('/');
    if (route === 'issue' && request.method === 'POST') {
      return this.create(request);
    }
    if (route === 'search/jql' && request.method === 'POST') {
      return this.search(request);
    }
    const issue = this.issues.find((each) => each.key === key);
    if (first !== 'issue' || issue === undefined) {
      const message = 'Issue does not exist or you do not have permission to see it.';
      return answer(404, { errorMessages: [message], errors: {} }, 'failed');
    }
    switch (`${request.method} ${what}`) {
      case 'GET ':
        return answer(200, issueJson(issue), 'read', issue);
      case 'GET transitions':
        return answer(200, { transitions: transitionsOf(issue) }, 'read', issue);
      case 'POST transitions':
        return this.transition(issue, request);
      case 'GET comment':
        return answer(200, { comments: commentsOf(issue, request.query) }, 'read', issue);
      case 'POST comment':
        return this.comment(issue, request);
      default:
        return refusal(405, `there is no ${request.method} ${request.path}`);
    }
  }

  private create(request: ServiceRequest): Judgement {
    const body = parsed(newIssue, request);
    if ('problem' in body) {
      return refusal(400, body.problem);
    }
    const { project, summary, description, labels = [], priority } = body.value.fields;
    if (project.key !== this.project) {
      return answer(400, { errorMessages: [], errors: { project: 'valid project is required' } }, 'failed');
    }
    this.made += 1;
    const issue: JiraIssue = {
      key: `${this.project}-${this.made}`,
      project: this.project,
      summary,
      description: description ?? { type: 'doc', version: 1, content: [] },
      labels,
      priority: priority?.name ?? null,
      createdAt: this.now(),
      status: 'To Do',
      done: false,
      resolution: null,
      resolvedAt: null,
      comments: [],
    };
    this.issues.push(issue);
    const self = `https://jira.example.com/rest/api/3/issue/${issue.key}`;
    return answer(201, { id: String(10_000 + this.made), key: issue.key, self }, 'opened', issue, request);
  }

  private search(request: ServiceRequest): Judgement {
    const body = parsed(search, request);
    if ('problem' in body) {
      return refusal(400, body.problem);
    }
    const test = readJql(body.value.jql);
    if (test === null) {
      return refusal(400, `the query is not understood: ${body.value.jql}`);
    }
    const known = this.now() - (this.options.searchLagMs ?? 0);
    const found = this.issues
      .filter((issue) => issue.createdAt <= known && test(issue, this.now()))
      .reverse();
    const issues = found.slice(0, body.value.maxResults ?? 50).map(issueJson);
    return answer(200, { issues, isLast: true }, 'read');
  }

  private transition(issue: JiraIssue, request: ServiceRequest): Judgement {
    const body = parsed(transition, request);
    if ('problem' in body) {
      return refusal(400, body.problem);
    }
    const { id } = body.value.transition;
    if (!transitionsOf(issue).some((each) => each.id === id)) {
      return refusal(400, 'the transition is not there for the status of the issue');
    }
    this.move(issue, id === '31' ? 'Done' : 'To Do', 'Done');
    return { ...answer(204, null, id === '31' ? 'resolved' : 'reopened', issue, request), body: '' };
  }

  private move(issue: JiraIssue | undefined, status: JiraIssue['status'], resolution: string): void {
    if (issue !== undefined) {
      const done = status === 'Done';
      Object.assign(issue, {
        status,
        done,
        resolution: done ? resolution : null,
        resolvedAt: done ? this.now() : null,
      });
    }
  }

  private comment(issue: JiraIssue, request: ServiceRequest): Judgement {
    const body = parsed(newComment, request);
    if ('problem' in body) {
      return refusal(400, body.problem);
    }
    issue.comments.push({ body: body.value.body, at: this.now() });
    return answer(
      201,
      { id: String(issue.comments.length), body: body.value.body },
      'commented',
      issue,
      request,
    );
  }
}

function issueJson(issue: JiraIssue): Readonly<Record<string, unknown>> {
  return {
    id: issue.key,
    key: issue.key,
    fields: {
      created: timeText(issue.createdAt),
      status: { name: issue.status, statusCategory: { key: issue.done ? 'done' : 'new' } },
      resolution: issue.resolution === null ? null : { name: issue.resolution },
      resolutiondate: issue.resolvedAt === null ? null : timeText(issue.resolvedAt),
    },
  };
}

function transitionsOf({ done }: JiraIssue): { id: string; name: string; to: { name: string } }[] {
  return done
    ? [{ id: '41', name: 'Reopen', to: { name: 'To Do' } }]
    : [{ id: '31', name: 'Close Issue', to: { name: 'Done' } }];
}

function commentsOf({ comments }: JiraIssue, query: URLSearchParams): unknown[] {
  const shown = comments.map(({ body, at }, index) => ({
    id: String(index + 1),
    body,
    created: timeText(at),
  }));
  const ordered = query.get('orderBy') === '-created' ? shown.reverse() : shown;
  return ordered.slice(0, Number(query.get('maxResults') ?? 100));
}

/** Jira writes the zone without a colon. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

const NOTHING = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;

function answer(
  status: number,
  content: unknown,
  effect: StandInEffect,
  issue?: JiraIssue,
  request?: ServiceRequest,
): Judgement {
  return {
    status,
    contentType: 'application/json;charset=UTF-8',
    body: JSON.stringify(content),
    event: {
      ...NOTHING,
      effect,
      action: effect,
      summary: issue?.summary ?? '',
      dedupKey: issue?.key ?? '',
      problems: [],
      payload: request === undefined ? null : JSON.parse(request.body),
    },
  };
}

function refusal(status: number, problem: string): Judgement {
  return {
    status,
    contentType: 'application/json;charset=UTF-8',
    body: JSON.stringify({ errorMessages: [problem], errors: {} }),
    event: { ...NOTHING, effect: 'refused', problems: [problem] },
  };
}
